"""Readers of the newsletter."""
