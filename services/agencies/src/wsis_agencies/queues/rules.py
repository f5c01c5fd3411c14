"""Rules of agencies' queues: how far a lane is whose receiver is the broker."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wsis_agencies.deliveries.rules.lane import Cursor
from wsis_agencies.deliveries.rules.policy import Policy

FULL_SECONDS = 5.0  # until a full queue is tried again


def progress(cursor: Cursor, end: int, sent: Sequence[int], accepted: Sequence[bool], now: float) -> Cursor:
    """After the numbers up to `end` were looked through and those of `sent` published. The first one that the queue did
    not take comes again, with all after it: their order stays, and some may come twice."""
    refused = next((seq for seq, ok in zip(sent, accepted, strict=True) if not ok), None)
    matched = next((seq for seq in reversed(sent) if refused is None or seq < refused), cursor.matched)
    if refused is None:
        return replace(cursor, position=end, matched=matched, failures=0, failing_since=None, rest_until=0.0)
    return replace(
        cursor,
        position=refused - 1,
        matched=matched,
        failures=cursor.failures + 1,
        failing_since=cursor.failing_since or now,
        rest_until=now + FULL_SECONDS,
    )


def from_oldest(cursor: Cursor, first: int) -> Cursor:
    """At the earliest before the oldest event `first` that is kept. Where others were deleted before they came into the
    queue, the last of them is `matched`: its reader never got it, and so learns of the gap."""
    return cursor if cursor.position >= first - 1 else replace(cursor, position=first - 1, matched=first - 1)


def is_abandoned(cursor: Cursor, now: float) -> bool:
    """Whether nobody has read the queue for so long that its subscription ends, as that of a silent webhook does."""
    return cursor.failing_since is not None and now - cursor.failing_since >= Policy().disable_after
