"""Erasing a person from all subjects."""
