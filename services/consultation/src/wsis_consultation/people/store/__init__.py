"""Contacts, and keys of mailed links."""
