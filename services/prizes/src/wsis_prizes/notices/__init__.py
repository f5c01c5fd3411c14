"""Texts to people: titles of errors, standard reasons, mails."""
