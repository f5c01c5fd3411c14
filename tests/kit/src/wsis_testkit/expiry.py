"""The store deletes what has expired, now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from wsis_shared.mongo_connection import connect

_SLEEP = "ttlMonitorSleepSecs"


@contextmanager
def quick_expiry(uri: str) -> Iterator[None]:
    """The store looks each second for what has expired, the first time after its usual pause of up to a minute."""
    with connect(uri, stable=False) as client:
        usual = client.admin.command({"setParameter": 1, _SLEEP: 1})["was"]
        try:
            yield
        finally:
            client.admin.command({"setParameter": 1, _SLEEP: usual})
