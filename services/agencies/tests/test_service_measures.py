"""What operators are alerted of: receivers that take nothing."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import httpx
from wsis_shared import clock
from wsis_testkit import wait_for
from wsis_testkit.process import free_port

from wsis_agencies.deliveries.rules.lane import Cursor
from wsis_agencies.deliveries.store.lanes import REPLAY


def test_who_takes_nothing_is_measured(serve: Any, database: Any) -> None:
    port = free_port()
    serve("agencies", WSIS_METRICS_PORT=str(port))
    db, now = database("agencies"), clock.now()
    later = now + timedelta(days=1)  # nobody sends it meanwhile
    for channel, state in (("webhook", "active"), ("webhook", "paused"), ("queue", "active"), ("queue", "disabled")):
        id_ = f"{channel}-{state}"
        db.event_subscriptions.insert_one({"_id": id_, "channel": channel, "state": state, "filters": {}})
        failing = Cursor(0, failing_since=1.0, rest_until=later.timestamp())
        replaying = replace(failing, until=1)
        lanes = {id_: Cursor(0), id_ + REPLAY: replaying} if channel == "queue" else {id_: failing}
        for lane, cursor in lanes.items():
            db.webhook_lanes.insert_one({"_id": lane, "subscription": id_, "token": 0, **asdict(cursor)})

    def measured() -> bool:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        found = dict(re.findall(r"^(wsis_[a-z_]+(?:\{.*?\})?) (\S+)$", text, re.MULTILINE))
        return float(found.get("wsis_webhooks_failing", 0)) == 1 and float(found.get("wsis_agency_queues_full", 0)) == 1

    wait_for(measured, 60, "the measures")
