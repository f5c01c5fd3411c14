"""What operators are alerted of: how long mails wait."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
from wsis_shared import clock
from wsis_testkit import wait_for
from wsis_testkit.process import free_port


def test_how_long_mails_wait_is_measured(accounts: Any, serve: Any, database: Any) -> None:
    port = free_port()
    serve("notifications", WSIS_METRICS_PORT=str(port))
    db, now = database("notifications"), clock.now()
    later = now + timedelta(days=1)  # nobody sends it meanwhile
    batch = {"_id": "b", "priority": "high", "size": 1, "claim": None, "at": now - timedelta(minutes=5), "due": later}
    db.delivery_batches.insert_one(batch)

    def measured() -> bool:
        text = httpx.get(f"http://127.0.0.1:{port}/metrics").text
        found = dict(re.findall(r"^(wsis_[a-z_]+(?:\{.*?\})?) (\S+)$", text, re.MULTILINE))
        return (
            float(found.get('wsis_mails_oldest_seconds{priority="high"}', 0)) >= 300
            and float(found.get('wsis_mails_oldest_seconds{priority="low"}', 1)) == 0
        )

    wait_for(measured, 60, "the measures")
