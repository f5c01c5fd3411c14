"""Indexes, with how long things are kept."""

from __future__ import annotations

from pymongo import ASCENDING, DESCENDING, IndexModel
from wsis_shared.mongo import outbox_index

# An edition from its first call to its report. A repeat of an older event is no longer noticed.
KEPT = 400 * 24 * 3600

INDEXES = {
    "deliveries": [
        IndexModel([("parcel", ASCENDING)], name="parcel"),
        IndexModel([("at", ASCENDING)], name="at", expireAfterSeconds=KEPT),
        IndexModel([("event", ASCENDING), ("at", DESCENDING)], name="event"),
        IndexModel([("account", ASCENDING), ("at", DESCENDING)], name="account"),
        # Only what did not arrive is in it: a mail on its ordinary way changes no index.
        IndexModel([("trouble", ASCENDING)], name="trouble", sparse=True),
        outbox_index(),
    ],
    "parcels": [IndexModel([("lane", ASCENDING), ("due", ASCENDING)], name="due")],
    "notices": [
        IndexModel([("state", ASCENDING), ("due", ASCENDING)], name="due"),
        IndexModel([("at", ASCENDING)], name="at", expireAfterSeconds=KEPT),
    ],
}
