"""Waiting for a condition, in place of sleeping."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from wsis_local.patience import Deadline, load

T = TypeVar("T")


def wait_for(condition: Callable[[], T], seconds: float = 15.0, what: str = "") -> T:
    """Poll until `condition()` is true and return what it returned; AssertionError when the time is up.
    `seconds` are those of a quiet machine. A condition may cost a request: who waits long asks less often."""
    deadline, pause = Deadline(seconds), 0.02
    while True:
        value = condition()
        if value:
            return value
        if deadline.passed:
            raise AssertionError(f"not within {seconds} s: {what or condition} ({load()})")
        time.sleep(pause)
        pause = min(pause * 1.2, 0.1)
