"""Collections with their indexes, and how long things are kept."""

from __future__ import annotations

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, expires, index, present

from wsis_notifications.store import (
    campaigns,
    event_log,
    event_subscriptions,
    issues,
    preferences,
    subscribers,
)

# An edition from its first call to its report. A repeat of an older event is no longer noticed.
KEPT = 400 * clock.DAY

SUBJECTS = (
    preferences, subscribers, issues, campaigns, event_log, event_subscriptions,
)  # fmt: skip

DELIVERIES = (
    CollectionSpec("deliveries", indexes=(
        index("batch", "batch"),
        expires("at", KEPT),
        index("newest", "-at", "-_id"),
        index("newest_of_event", "event", "-at", "-_id"),
        index("newest_of_account", "account", "-at", "-_id"),
        # Only what did not arrive is in it: a mail on its ordinary way changes no index.
        present("newest_of_failures", "failure_state", "-at", "-_id"),
    ), few={"batch": "up to 100 in a batch, of which some have an outcome already",
            "newest": "mails that wait are the newest; while none does, who asks for them reads all"}),
    CollectionSpec("delivery_batches", indexes=(index("due", "priority", "due"), index("oldest", "priority", "at"))),
    CollectionSpec("notices", indexes=(index("due", "state", "due"), expires("at", KEPT))),
)  # fmt: skip

COLLECTIONS = (*DELIVERIES, *(spec for subject in SUBJECTS for spec in subject.COLLECTIONS))
