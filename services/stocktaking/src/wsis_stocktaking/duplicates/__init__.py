"""Pairs of entries that may be one activity."""
