"""Entries, their revisions and the sequence."""
