"""Documents and indexes of deliveries: lanes and attempts."""

from wsis_agencies.deliveries.store import attempts, lanes

COLLECTIONS = (*lanes.COLLECTIONS, *attempts.COLLECTIONS)
