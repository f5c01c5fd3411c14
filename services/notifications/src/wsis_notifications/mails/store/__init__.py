"""Documents and indexes of mails."""

from wsis_notifications.mails.store import announced, deliveries, preferences

COLLECTIONS = (*deliveries.COLLECTIONS, *preferences.COLLECTIONS, *announced.COLLECTIONS)
