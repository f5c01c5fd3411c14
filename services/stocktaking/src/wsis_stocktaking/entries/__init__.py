"""Entries as owners, officers and the public work with them, and the call for updates."""
