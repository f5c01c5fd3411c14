"""Rules of agencies' queues: names, and how far a queue was filled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

FULL_SECONDS = 5.0  # until a full queue is tried again
_OTHER = re.compile(r"[^a-z0-9-]+")

Row = Mapping[str, Any]


class Progress(NamedTuple):
    """How far a queue was filled, since when it is full, and when to go on."""

    position: int
    full_since: datetime | None
    due: datetime


def queue_name(subscription: Row) -> str:
    """The name of the queue and of its reader. An account without agency subscribes as "member"."""
    agency = _OTHER.sub("-", (subscription["agency"] or "member").lower())
    return f"sub.{agency}.{subscription['_id']}"


def progress(queue: Row, end: int, sent: Sequence[int], accepted: Sequence[bool], now: datetime) -> Progress:
    """After the numbers up to `end` were looked through and those of `sent` published. The first one that the queue did
    not take comes again, with all after it: their order stays, and some may come twice."""
    refused = next((seq for seq, ok in zip(sent, accepted, strict=True) if not ok), None)
    if refused is None:
        return Progress(end, None, now)
    return Progress(refused - 1, queue["full_since"] or now, now + timedelta(seconds=FULL_SECONDS))
