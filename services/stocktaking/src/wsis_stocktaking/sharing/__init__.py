"""Entries that an owner shares: co-editors, and the hand-over to another account."""
