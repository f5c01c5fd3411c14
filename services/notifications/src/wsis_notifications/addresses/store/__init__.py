"""Documents and indexes of addresses."""

from wsis_notifications.addresses.store.suppressions import COLLECTIONS, Suppressions

__all__ = ["COLLECTIONS", "Suppressions"]
