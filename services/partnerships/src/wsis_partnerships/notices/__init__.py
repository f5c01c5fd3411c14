"""Texts to people."""
