"""Collections of the public events and of those who get them."""

from __future__ import annotations

from wsis_notifications.store import event_log, event_queues
from wsis_notifications.store.event_subscriptions import attempts, lanes, subscriptions

COLLECTIONS = tuple(
    spec for module in (event_log, event_queues, subscriptions, lanes, attempts) for spec in module.COLLECTIONS
)
