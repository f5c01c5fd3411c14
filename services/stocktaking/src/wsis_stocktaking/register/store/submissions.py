"""Which entries were submitted or updated in a period: those of which an organization said something in it. Corrections
by officers and marks of the Prizes say nothing of their own: they have the date of what they are about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from wsis_shared.collection import Filter

from wsis_stocktaking.register.rules.entries import IMPORT, PRIZES, SUBMISSION, Entry, Revision
from wsis_stocktaking.register.store.register import Register

STEP = 1000  # sequences of the register that are read at once


def submitted(register: Register, first: date | None, last: date | None, sequence: int) -> Iterator[set[str]]:
    """The entries whose organization said something from the first to the last day (UTC), whenever the register got it,
    up to a sequence; in parts of some 10 ms. No first or no last day: from the beginning, or to the end."""
    within = {
        **({"$gt": _midnight(first)} if first else {}),
        **({"$lte": _midnight(last, days=1)} if last else {}),
    }
    dated: Filter = within or {"$ne": None}
    said: Filter = {"source": {"$ne": PRIZES}, "last_updated_at": dated}
    # Of before the date was stored with each revision: a submission was public at once when it was approved.
    undated: Filter = {
        "source": SUBMISSION,
        "last_updated_at": {"$exists": False},
        **({"published_from": within} if within else {}),
    }
    for start in range(0, sequence, STEP):
        of_part = {"sequence": {"$gt": start, "$lte": min(start + STEP, sequence)}}
        query = {**of_part, "$or": [said, undated]}
        found = {row["entry"] for row in register.collection("revisions", Revision).find(query, {"entry": 1})}
        # Revisions of before, of imports: the date stands with the entry, as long as it has not changed since.
        imported = {**of_part, "source": IMPORT, "last_updated_at": dated}
        yield found | {row["_id"] for row in register.collection("entries", Entry).find(imported, {"_id": 1})}


def _midnight(day: date, days: int = 0) -> datetime:
    """The last millisecond before the day, or before the one so many days later."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=days, milliseconds=-1)
