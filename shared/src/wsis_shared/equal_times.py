"""Responses that take as long for an address that is known as for another, so that their time tells nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta


@contextmanager
def evenly(least: timedelta) -> Iterator[None]:
    """Take the same time for every address: a store writes a new document a little faster than it replaces one, and a
    few thousand answers would show it. No transaction is open meanwhile (`at_least` of `operations.rpc`)."""
    started = time.monotonic()
    try:
        yield
    finally:
        time.sleep(max(0.0, least.total_seconds() - (time.monotonic() - started)))
