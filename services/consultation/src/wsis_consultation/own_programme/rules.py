"""Own programmes: the sessions that a member has chosen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from wsis_consultation.programme.rules.versions import CONFIRMED, Frozen


class OwnProgramme(TypedDict):
    """Ids of sessions. `_id` and `renewed`, how often the address of the calendar was replaced, make that address."""

    _id: str
    edition: str
    account: str
    sessions: list[str]
    renewed: int
    at: datetime


def overlaps(sessions: Iterable[Frozen]) -> dict[str, list[str]]:
    """Id -> ids of the other sessions that take place at the same time, in the order of time. What is cancelled takes
    no time; one may begin when another ends."""
    found: dict[str, list[str]] = defaultdict(list)
    rows = sorted((row for row in sessions if row["state"] == CONFIRMED), key=lambda row: (row["start"], row["id"]))
    for place, row in enumerate(rows):
        for later in rows[place + 1 :]:
            if later["start"] >= row["end"]:
                break
            found[row["id"]].append(later["id"])
            found[later["id"]].append(row["id"])
    return dict(found)
