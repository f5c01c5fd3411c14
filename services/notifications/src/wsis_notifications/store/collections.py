"""Collections with their indexes, and how long things are kept."""

from __future__ import annotations

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, expires, index

# An edition from its first call to its report. A repeat of an older event is no longer noticed.
KEPT = 400 * clock.DAY

COLLECTIONS = (
    CollectionSpec("deliveries", outbox=True, indexes=(
        index("parcel", "parcel"),
        expires("at", KEPT),
        index("event", "event", "-at"),
        index("account", "account", "-at"),
        # Only what did not arrive is in it: a mail on its ordinary way changes no index.
        index("trouble", "trouble", sparse=True),
    )),
    CollectionSpec("parcels", indexes=(index("due", "lane", "due"),)),
    CollectionSpec("notices", indexes=(index("due", "state", "due"), expires("at", KEPT))),
)  # fmt: skip
