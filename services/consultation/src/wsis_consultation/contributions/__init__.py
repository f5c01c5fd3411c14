"""Contributions: submissions that everybody may read, since their authors consent, and who endorses them."""
