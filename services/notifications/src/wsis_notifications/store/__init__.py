"""Deliveries, and the announcements whose deliveries are still being stored."""

from wsis_notifications.store.collections import COLLECTIONS
from wsis_notifications.store.deliveries import DeliveryRepository, NamedRecipient
from wsis_notifications.store.send_log import SendLog

__all__ = ["COLLECTIONS", "DeliveryRepository", "NamedRecipient", "SendLog"]
