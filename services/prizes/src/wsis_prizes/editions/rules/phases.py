"""Phases of an edition: Geneva wall dates in, UTC moments out, their order, and which one is on.

A phase is a half-open span [start, end): what is received at the very second of the end is late.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import TypedDict
from zoneinfo import ZoneInfo

from wsis_shared import clock
from wsis_shared.errors import Invalid, NotFound
from wsis_shared.json_types import Input


class Phase(TypedDict):
    """Moments in UTC; titles by language."""

    number: int
    roman: str
    code: str
    title: dict[str, str]
    start: datetime
    end: datetime


SUBMISSION = "submission"
NOMINATION = "nomination"
VOTING = "public_voting"
SELECTION = "winner_selection"
ANNOUNCEMENT = "announcement"


def from_wall(row: Input, timezone: str, cutoff: str) -> Phase:
    """A phase as announced: it begins with its first day and ends on its last at the cut-off.

    The zone gives the offset of each day: 23:00 is 22:00 UTC in February and 21:00 UTC in April.
    """
    zone = ZoneInfo(timezone)
    begin = datetime.combine(date.fromisoformat(row["start"]), time(), zone)
    close = datetime.combine(date.fromisoformat(row["end"]), time.fromisoformat(cutoff), zone)
    return {
        "number": row["number"],
        "roman": row["roman"],
        "code": row["code"],
        "title": dict(row["title"]),
        "start": begin.astimezone(UTC),
        "end": close.astimezone(UTC),
    }


def shifted(phase: Phase, years: int) -> Phase:
    """The same wall dates and times `years` later (29 February becomes the 28th), in UTC again."""
    return {**phase, "start": clock.years_later(phase["start"], years), "end": clock.years_later(phase["end"], years)}


def find(phases: Sequence[Phase], code: str) -> Phase:
    """The phase of that code. Raises NotFound."""
    for phase in phases:
        if phase["code"] == code:
            return phase
    raise NotFound("prizes.phase_unknown", phase=code)


def open_at(phase: Phase, moment: datetime) -> bool:
    """Is the phase on at that moment?"""
    return phase["start"] <= moment < phase["end"]


def current(phases: Sequence[Phase], moment: datetime) -> list[str]:
    """Codes of the phases that are on: none in a pause, several where phases overlap."""
    return [phase["code"] for phase in phases if open_at(phase, moment)]


def move(phases: Sequence[Phase], code: str, start: datetime | None, end: datetime | None) -> list[Phase]:
    """The phases with one moved. Raises where it would end before it starts, or start out of its order."""
    moved: Phase = {**find(phases, code)}
    moved["start"], moved["end"] = start or moved["start"], end or moved["end"]
    changed = [moved if phase["code"] == code else phase for phase in phases]
    check(changed)
    return changed


def check(phases: Sequence[Phase]) -> None:
    """Each phase ends after it starts, and none starts before one of a lower number. Overlaps are allowed:
    the Expert Group may begin before the last vote is in."""
    for phase in phases:
        if phase["end"] <= phase["start"]:
            raise Invalid(
                "prizes.phase_ends_before_start", phase=phase["code"], fields={"end": ["Must be after the start."]}
            )
    ordered = sorted(phases, key=lambda phase: phase["number"])
    for former, later in zip(ordered, ordered[1:], strict=False):
        if later["start"] < former["start"]:
            raise Invalid(
                "prizes.phase_out_of_order",
                phase=later["code"],
                before=former["code"],
                fields={"start": [f"Not in the order of the phases: see {former['code']}."]},
            )


def conflicts(phases: Sequence[Phase]) -> list[dict[str, str]]:
    """What an officer should look at: phases that overlap the one before, or end before it ends."""
    ordered = sorted(phases, key=lambda phase: phase["number"])
    found = []
    for former, later in zip(ordered, ordered[1:], strict=False):
        if later["end"] <= former["end"]:
            found.append({"phase": later["code"], "with": former["code"], "kind": "ends_first"})
        elif later["start"] < former["end"]:
            found.append({"phase": later["code"], "with": former["code"], "kind": "overlaps"})
    return found
