"""Documents and indexes of readers."""

from wsis_notifications.subscribers.store.subscribers import COLLECTIONS

__all__ = ["COLLECTIONS"]
