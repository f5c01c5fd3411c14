"""Events for one receiver that are not in the log: challenges and tests."""

from __future__ import annotations

import uuid
from datetime import datetime

from wsis_shared import clock
from wsis_shared.json_types import JsonObject

from wsis_agencies.event_subscriptions.rules.subscriptions import Subscription, Test

SOURCE = "/wsis/notifications"


def message(kind: str, subject: str, data: JsonObject, at: datetime, id: str = "") -> dict[str, object]:
    """The CloudEvent."""
    return {
        "specversion": "1.0",
        "id": id or uuid.uuid4().hex,
        "source": SOURCE,
        "type": f"wsis.notifications.{kind}.v1",
        "time": clock.iso(at),
        "subject": subject,
        "datacontenttype": "application/json",
        "data": dict(data),
    }


def test_event(subscription: Subscription, test: Test) -> dict[str, object]:
    """The test event that was asked for. Of a queue it has the type that clients know from webhooks."""
    return message("webhook_tested", subscription["_id"], {"name": subscription["name"]}, clock.now(), test["id"])
