"""Rules of agencies' queues: names, and how far a queue was filled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from wsis_agencies.deliveries.rules.policy import Policy

FULL_SECONDS = 5.0  # until a full queue is tried again
_OTHER = re.compile(r"[^a-z0-9-]+")

Row = Mapping[str, Any]


class Progress(NamedTuple):
    """How far a queue was filled, the last event in it, since when it is full, and when to go on."""

    position: int
    previous: int | None
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
    previous = next((seq for seq in reversed(sent) if refused is None or seq < refused), queue.get("previous"))
    if refused is None:
        return Progress(end, previous, None, now)
    return Progress(refused - 1, previous, queue["full_since"] or now, now + timedelta(seconds=FULL_SECONDS))


def from_oldest(queue: Row, first: int) -> Row:
    """The queue, at the earliest before the oldest event `first` that is kept. Where others were deleted before they
    came into it, the last of them is `previous`: its reader never got it, and so learns of the gap."""
    return queue if queue["position"] >= first - 1 else {**queue, "position": first - 1, "previous": first - 1}


def is_abandoned(full_since: datetime | None, now: datetime) -> bool:
    """Whether nobody has read the queue for so long that its subscription ends, as that of a silent webhook does."""
    return full_since is not None and (now - full_since).total_seconds() >= Policy().disable_after
