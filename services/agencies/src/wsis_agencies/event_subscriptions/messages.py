"""Events for one receiver that are not in the log: challenges and tests."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wsis_shared import clock

from wsis_agencies.event_subscriptions.store.subscriptions import Subscription

SOURCE = "/wsis/notifications"


def message(kind: str, subject: str, data: Mapping[str, Any], at: datetime, id: str = "") -> dict[str, Any]:
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


def test_event(subscription: Subscription) -> dict[str, Any]:
    """The test event that was asked for. Of a queue it has the type that clients know from webhooks."""
    data, id_ = {"name": subscription["name"]}, subscription["test"]["id"]
    return message("webhook_tested", subscription["_id"], data, clock.now(), id_)
