"""What a subscription sends of its own."""

from __future__ import annotations

from wsis_shared import clock

from wsis_agencies.event_log.rules.direct import TESTED
from wsis_agencies.event_subscriptions.rules.subscriptions import Subscription, Test


def test_event(subscription: Subscription, test: Test) -> dict[str, object]:
    """The test event that was asked for. Of a queue it has the type that clients know from webhooks."""
    return TESTED.message(subscription["_id"], subscription["name"], clock.now(), test["id"])
