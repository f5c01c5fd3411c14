"""Subscriptions of agencies to public events, and the deliveries of their webhooks."""

from __future__ import annotations

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, expires, index

from wsis_notifications.store.event_subscriptions.attempts import Attempts
from wsis_notifications.store.event_subscriptions.lanes import Lanes
from wsis_notifications.store.event_subscriptions.subscriptions import EventSubscriptions, Subscription

__all__ = ["COLLECTIONS", "Attempts", "EventSubscriptions", "Lanes", "Subscription"]

ATTEMPTS_KEPT = 30 * clock.DAY

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("event_subscriptions", indexes=(
        index("created_at", "created_at", "_id"),
        index("owner", "owner", "created_at", "_id"),
        index("channel", "channel", "state"),
    )),
    CollectionSpec("webhook_lanes", indexes=(index("subscription", "subscription"),)),
    CollectionSpec("pending_deliveries", indexes=(
        index("lane", "lane"),
        index("order", "subscription", "sequence", "_id"),
    )),
    CollectionSpec("webhook_attempts", indexes=(
        index("newest", "subscription", "-at", "-_id"),
        expires("at", ATTEMPTS_KEPT),
    )),
)  # fmt: skip
