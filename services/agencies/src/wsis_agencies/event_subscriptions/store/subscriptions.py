"""Subscriptions: who gets which events, where, and with which secrets."""

from __future__ import annotations

from collections.abc import Sequence

from wsis_shared import keyset
from wsis_shared.collection import Collection
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.keyset import Page
from wsis_shared.mongo import transactional
from wsis_shared.outbox import EventfulRepository

from wsis_agencies.event_subscriptions.rules.subscriptions import Subscription

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec(
        "event_subscriptions",
        indexes=(
            index("created_at", "created_at", "_id"),
            index("owner", "owner", "created_at", "_id"),
            index("channel", "channel", "state"),
            index("state", "state", "updated_at"),
        ),
    ),
)


class EventSubscriptions(EventfulRepository):
    """The subscriptions of all agencies."""

    @property
    def _rows(self) -> Collection[Subscription]:
        return self.collection("event_subscriptions", Subscription)

    def find(self, subscription: str) -> Subscription:
        """A subscription. Raises NotFound."""
        found = self._rows.find_one({"_id": subscription})
        if found is None:
            raise NotFound("notifications.event_subscription_unknown")
        return found

    def exists(self, subscription: str) -> bool:
        """Is there one of this id?"""
        return self._rows.find_one({"_id": subscription}, {"_id": 1}) is not None

    def is_current(self, subscription: Subscription) -> bool:
        """Is it active, and stored as it was read?"""
        same = {"_id": subscription["_id"], "version": subscription["version"], "state": "active"}
        return self._rows.find_one(same, {"_id": 1}) is not None

    def page(self, owner: str | None, after: str | None, limit: int) -> Page[Subscription]:
        """The subscriptions of an account, or of all, the first one first."""
        query = {} if owner is None else {"owner": owner}
        return keyset.find_page(self._rows, query, ("created_at", "_id"), after, limit)

    def of_owner(self, owner: str) -> list[Subscription]:
        """All of an account."""
        return list(self._rows.find({"owner": owner}))

    def count(self, owner: str) -> int:
        """How many an account has."""
        return int(self._rows.count_documents({"owner": owner}))

    def of_channel(self, channel: str, states: Sequence[str]) -> list[Subscription]:
        """All of a channel in these states, as a transaction sees them that follows."""
        return list(self._rows.of_majority().find({"channel": channel, "state": {"$in": list(states)}}))

    def put(self, subscription: Subscription, *events: PendingEvent) -> Subscription:
        """Store it. Raises Conflict where it changed since it was read."""
        return self.save("event_subscriptions", subscription, *events)

    @transactional
    def remove(self, subscription: Subscription, *events: PendingEvent) -> None:
        """Delete it, and all that is kept of it, with `events`."""
        self.remove_document("event_subscriptions", subscription["_id"])
        self.store_events(subscription["version"] + 1, *events)
        for name in ("webhook_lanes", "pending_deliveries", "webhook_attempts"):
            self.collection(name).delete_many({"subscription": subscription["_id"]})
