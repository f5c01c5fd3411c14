"""What the process does with whole subscriptions: handshakes and tests."""

from __future__ import annotations

import random
from datetime import timedelta
from urllib.parse import urlsplit

from wsis_shared import clock

from wsis_agencies.deliveries.rules.attempts import Attempt
from wsis_agencies.deliveries.rules.policy import Policy
from wsis_agencies.event_subscriptions.changes import Change, SubscriptionChanges
from wsis_agencies.event_subscriptions.messages import test_event
from wsis_agencies.event_subscriptions.rules.subscriptions import Handshake, Subscription, Test
from wsis_agencies.webhooks.handshake import Agreement
from wsis_agencies.webhooks.sending import Sender
from wsis_agencies.webhooks.worker import attempt_of

HANDSHAKES = 8  # tries, over 18 hours


class Agreements:
    """Writes what receivers reply to handshakes."""

    def __init__(self, changes: SubscriptionChanges, policy: Policy) -> None:
        self._changes, self._policy = changes, policy

    def agree(self, subscription: Subscription, handshake: Handshake, agreement: Agreement) -> None:
        """Store the outcome of a handshake: active, another try later, or disabled."""
        tries = handshake["tries"] + 1
        attempt = attempt_of(subscription, agreement.reply, kind="handshake", tries=tries)
        attempt["error"] = agreement.error
        if agreement.error is None:
            agreed: Change = {
                "state": "active",
                "reason": None,
                "interval": agreement.interval,
                "agreed": subscription["url"],
                "resumed_at": clock.now(),
            }
            return self._changes.write(subscription, agreed, attempt)
        if tries >= HANDSHAKES:
            return self._changes.disable(subscription, host_of(subscription), "handshake", attempt)
        pause = self._policy.delay(tries, random.random())  # noqa: S311 -- jitter
        due = clock.now() + timedelta(seconds=pause or 0.0)
        change: Change = {"handshake": {"tries": tries, "due": due}, "reason": agreement.error}
        self._changes.write(subscription, change, attempt)


async def send_test(sender: Sender, subscription: Subscription, test: Test) -> Attempt:
    """Send the test event that was asked for; returns the attempt."""
    event = test_event(subscription, test)
    reply = await sender.send(subscription, event)
    return attempt_of(subscription, reply, kind="test", event=test["id"])


def host_of(subscription: Subscription) -> str:
    """The host of its receiver."""
    return urlsplit(subscription["url"] or "").hostname or ""
