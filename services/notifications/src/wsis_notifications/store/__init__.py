"""The ledger of deliveries, and the announcements that are still being put on it."""

from wsis_notifications.store.collections import COLLECTIONS
from wsis_notifications.store.deliveries import DeliveryRepository, Recipient
from wsis_notifications.store.send_log import SendLog

__all__ = ["COLLECTIONS", "SendLog", "Recipient", "DeliveryRepository"]
