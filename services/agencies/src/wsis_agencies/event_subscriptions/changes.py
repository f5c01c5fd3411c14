"""What receivers do to their subscriptions: tests that were sent, and the end of those that take nothing."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import in_transaction

from wsis_agencies.deliveries.rules.attempts import Attempt
from wsis_agencies.deliveries.store.attempts import Attempts
from wsis_agencies.event_subscriptions.events import disabled
from wsis_agencies.event_subscriptions.rules.subscriptions import Handshake, Subscription, Test
from wsis_agencies.event_subscriptions.store.subscriptions import EventSubscriptions


class Change(TypedDict, total=False):
    """What of a subscription changes."""

    state: str
    reason: str | None
    test: Test | None
    interval: float
    agreed: str | None
    resumed_at: datetime
    handshake: Handshake


class SubscriptionChanges:
    """A subscription that its owner changes meanwhile stays as they want it: then nothing of ours is stored."""

    def __init__(self, subscriptions: EventSubscriptions, attempts: Attempts) -> None:
        self._subscriptions, self._attempts = subscriptions, attempts

    def tested(self, subscription: Subscription, attempt: Attempt) -> None:
        """A test event was sent."""
        self.write(subscription, {"test": None}, attempt)

    def disable(self, subscription: Subscription, receiver: str, reason: str, attempt: Attempt | None = None) -> None:
        """Nothing is sent any more, and its owner gets a mail: gone, silent, handshake. `receiver` is a host or a
        queue."""
        event = disabled(subscription["owner"], subscription["_id"], subscription["name"], receiver, reason)
        self.write(subscription, {"state": "disabled", "reason": reason}, attempt, event)

    def write(
        self,
        read: Subscription,
        change: Change,
        attempt: Attempt | None = None,
        *events: PendingEvent,
    ) -> None:
        """Store a change of a subscription with what was tried."""

        def work() -> None:
            current = self._subscriptions.find(read["_id"])
            if current["version"] != read["version"]:
                return
            if attempt is not None:
                self._attempts.add(attempt)
            self._subscriptions.put({**current, **change}, *events)

        try:
            in_transaction(work)
        except (NotFound, Conflict):  # removed or changed by its owner
            return
