"""Subscriptions that nothing is sent to any more wait for officers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wsis_testkit import actor

AT = datetime(2017, 3, 1, tzinfo=UTC)


def test_officers_see_which_subscriptions_are_disabled(serve: Any, database: Any) -> None:
    served, db = serve("agencies"), database("agencies")
    states = ("active", "disabled", "paused", "disabled", "pending")
    db["event_subscriptions"].insert_many(
        [{"_id": f"s{day}", "state": state, "updated_at": AT.replace(day=9 - day)} for day, state in enumerate(states)]
    )
    [told] = served.call("list_waiting", actor("officer"))["items"]
    assert told == {
        "code": "disabled",
        "title": "Disabled subscriptions",
        "count": 2,
        "oldest_at": "2017-03-06T00:00:00Z",
        "page": "/me/event-subscriptions/s3",
    }
    assert served.call("list_waiting", actor("agency"))["items"] == []
