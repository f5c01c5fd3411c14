"""Documents and indexes of webhooks: lanes, attempts, secrets."""

from wsis_notifications.webhooks.store import attempts, lanes

COLLECTIONS = (*lanes.COLLECTIONS, *attempts.COLLECTIONS)
