"""Documents and indexes of webhooks: lanes, attempts, secrets."""

from wsis_agencies.webhooks.store import attempts, lanes

COLLECTIONS = (*lanes.COLLECTIONS, *attempts.COLLECTIONS)
