"""Which entries were submitted or updated in a period: those with a revision that was published in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from wsis_stocktaking.store.register import Register

STEP = 1000  # sequences of the register that are read at once


def submitted(register: Register, first: date | None, last: date | None, sequence: int) -> Iterator[set[str]]:
    """The entries with a revision that was published from the first to the last day (UTC), up to a sequence; in parts
    of some 10 ms. No first or no last day: from the beginning, or to the sequence."""
    after = register.sequence_at(_midnight(first)) if first else 0
    until = min(register.sequence_at(_midnight(last, days=1)), sequence) if last else sequence
    for start in range(after, until, STEP):
        query = {"sequence": {"$gt": start, "$lte": min(start + STEP, until)}}
        yield {row["entry"] for row in register.collection("revisions").find(query, {"entry": 1})}


def _midnight(day: date, days: int = 0) -> datetime:
    """The last millisecond before the day, or before the one so many days later."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=days, milliseconds=-1)
