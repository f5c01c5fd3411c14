"""Texts to people: mails by event and language, and the titles of errors."""
