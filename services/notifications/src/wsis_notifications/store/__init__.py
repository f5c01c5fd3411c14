"""The ledger of deliveries, and the announcements that are still being put on it."""

from wsis_notifications.store.collections import COLLECTIONS
from wsis_notifications.store.journal import Journal
from wsis_notifications.store.ledger import Recipient, Store

__all__ = ["COLLECTIONS", "Journal", "Recipient", "Store"]
