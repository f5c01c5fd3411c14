"""What the process does with whole subscriptions: handshakes, tests, and the end of those that do not answer."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from wsis_shared import clock
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import in_transaction

from wsis_agencies.deliveries.rules.policy import Policy
from wsis_agencies.deliveries.store.attempts import Attempts
from wsis_agencies.event_subscriptions.events import disabled
from wsis_agencies.event_subscriptions.store.subscriptions import EventSubscriptions, Subscription
from wsis_agencies.webhooks.handshake import Agreement
from wsis_agencies.webhooks.sending import Sender, message
from wsis_agencies.webhooks.worker import attempt_of

HANDSHAKES = 8  # tries, over 18 hours


class SubscriptionChanges:
    """Writes what a receiver did to its subscription. A subscription that its owner changes meanwhile stays as they
    want it: then nothing of ours is stored."""

    def __init__(self, db: Any, policy: Policy) -> None:
        self._subscriptions, self._attempts, self._policy = EventSubscriptions(db), Attempts(db), policy

    def agree(self, subscription: Subscription, agreement: Agreement) -> None:
        """Store the outcome of a handshake: active, another try later, or disabled."""
        tries = subscription["handshake"]["tries"] + 1
        kept = attempt_of(subscription, agreement.reply, kind="handshake", tries=tries)
        kept = {**kept, "error": agreement.error}
        if agreement.error is None:
            change = {
                "state": "active",
                "reason": None,
                "interval": agreement.interval,
                "agreed": subscription["url"],
                "resumed_at": clock.now(),
            }
            return self._write(subscription, change, kept)
        if tries >= HANDSHAKES:
            return self._write(subscription, {"state": "disabled", "reason": "handshake"}, kept, disables=True)
        pause = self._policy.delay(tries, random.random())  # noqa: S311 -- jitter
        due = clock.now() + timedelta(seconds=pause or 0.0)
        change = {"handshake": {"tries": tries, "due": due}, "reason": agreement.error}
        self._write(subscription, change, kept)

    def tested(self, subscription: Subscription, attempt: dict[str, Any]) -> None:
        """A test event was sent."""
        self._write(subscription, {"test": None}, attempt)

    def disable(self, subscription: Subscription, reason: str) -> None:
        """Nothing is sent any more: gone, silent."""
        self._write(subscription, {"state": "disabled", "reason": reason}, None, disables=True)

    def _write(
        self, read: Subscription, change: dict[str, Any], attempt: dict[str, Any] | None, *, disables: bool = False
    ) -> None:
        def work() -> None:
            current = self._subscriptions.find(read["_id"])
            if current["version"] != read["version"]:
                return
            if attempt is not None:
                self._attempts.add(dict(attempt))
            self._subscriptions.put({**current, **change}, *([_disabled(read, change["reason"])] if disables else []))

        try:
            in_transaction(work)
        except (NotFound, Conflict):  # removed or changed by its owner
            return


async def send_test(sender: Sender, subscription: Subscription) -> dict[str, Any]:
    """Send the test event that was asked for; returns the attempt."""
    event = message(
        "webhook_tested", subscription["_id"], {"name": subscription["name"]}, clock.now(), subscription["test"]["id"]
    )
    reply = await sender.send(subscription, event)
    return attempt_of(subscription, reply, kind="test", event=event["id"])


def _disabled(subscription: Subscription, reason: str) -> PendingEvent:
    return disabled(subscription, urlsplit(subscription["url"]).hostname or "", reason)
