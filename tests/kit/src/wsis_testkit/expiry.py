"""The store deletes what has expired, now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo import MongoClient

_SLEEP = "ttlMonitorSleepSecs"


@contextmanager
def quick_expiry(client: MongoClient[dict[str, Any]]) -> Iterator[None]:
    """The store looks each second for what has expired, the first time after its usual pause of up to a minute."""
    usual = client.admin.command({"setParameter": 1, _SLEEP: 1})["was"]
    try:
        yield
    finally:
        client.admin.command({"setParameter": 1, _SLEEP: usual})
