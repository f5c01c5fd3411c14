"""Kinds of mail that people decline, and suppressed addresses."""
