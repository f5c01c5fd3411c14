"""Entries, their revisions and the sequence."""

from wsis_stocktaking.register.store.register import COLLECTIONS

__all__ = ["COLLECTIONS"]
