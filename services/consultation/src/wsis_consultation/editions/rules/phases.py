"""Phases of a consultation: wall dates in, UTC moments out, and which one is current.

A phase is a milestone with a start and an end: a meeting, a deadline, an opening. It is current from its start until
the next one starts. Their number differs between editions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time
from operator import itemgetter
from typing import NotRequired, TypedDict
from zoneinfo import ZoneInfo

from wsis_shared import clock
from wsis_shared.errors import Conflict, Invalid, NotFound
from wsis_shared.json_types import Input
from wsis_shared.reference.loading import Titles


class Phase(TypedDict):
    """Moments are in UTC. `sequence` grows with each change, as calendars need it (RFC 5545). `venue_names` are those
    in other languages."""

    number: int
    roman: str
    code: str
    kind: str
    title: Titles
    start: datetime
    end: datetime
    venue: str | None
    venue_names: NotRequired[dict[str, str]]
    remote: bool
    sequence: int


Fact = list[str] | Titles | str | None
"""Of a Forum: days, or a text by language; see `forum.Forum`."""


class Change(TypedDict):
    """A phase, a deadline or a fact of the Forum that differs, as `what` says; None for times that there are none of.
    A fact of the Forum has values in place of a title."""

    what: str
    code: str
    title: NotRequired[Titles]
    start: datetime | None
    end: datetime | None
    former_start: datetime | None
    former_end: datetime | None
    value: NotRequired[Fact]
    former_value: NotRequired[Fact]


Conflicting = TypedDict("Conflicting", {"phase": str, "with": str, "kind": str})
"""Two phases, or a phase and the Forum, at which an officer should look."""


OPENING, MEETING, DEADLINE, FINAL_BRIEF = "opening", "physical_meeting", "deadline", "final_brief"
KINDS = (OPENING, MEETING, DEADLINE, FINAL_BRIEF)
_ROMAN = (("X", 10), ("IX", 9), ("V", 5), ("IV", 4), ("I", 1))
_ANNOUNCED = ("title", "kind", "start", "end", "venue", "venue_names", "remote")


def from_wall(row: Input, time_zone: str) -> Phase:
    """A phase as announced: {date, from, to} are wall times of its zone. Without times it lasts the whole day."""
    zone, day = ZoneInfo(time_zone), date.fromisoformat(row["date"])
    start = datetime.combine(day, time.fromisoformat(row.get("from", "00:00")), zone)
    end = datetime.combine(day, time.fromisoformat(row.get("to", "23:59:59")), zone)
    phase: Phase = {
        "number": row["number"],
        "roman": row["roman"],
        "code": row["code"],
        "kind": row["kind"],
        "venue": row.get("venue"),
        "title": dict(row["title"]),
        "remote": bool(row.get("remote", False)),
        "sequence": 0,
        "start": start.astimezone(UTC),
        "end": end.astimezone(UTC),
    }
    if "venue_names" in row:
        phase["venue_names"] = dict(row["venue_names"])
    return phase


def current(phases: Sequence[Phase], moment: datetime) -> Phase | None:
    """The phase that started last; None before the first starts and after the last has ended."""
    started = [phase for phase in phases if phase["start"] <= moment]
    if not started or moment >= phases[-1]["end"]:
        return None
    return started[-1]


def state(phases: Sequence[Phase], phase: Phase, moment: datetime) -> str:
    """past, current or upcoming."""
    if phase is current(phases, moment):
        return "current"
    return "upcoming" if phase["start"] > moment else "past"


def of_kind(phases: Sequence[Phase], kind: str) -> list[Phase]:
    """The phases of one kind, in order."""
    return [phase for phase in phases if phase["kind"] == kind]


def find(phases: Sequence[Phase], code: str) -> Phase:
    """The phase of that code. Raises NotFound."""
    for phase in phases:
        if phase["code"] == code:
            return phase
    raise NotFound("consultation.phase_unknown", phase=code)


class Held(TypedDict):
    """What has a venue, and its names in other languages."""

    venue: str | None
    venue_names: NotRequired[dict[str, str]]


def venue_in(held: Held, locale: str) -> str | None:
    """The venue for a reader: in their language where it has a name in it."""
    return held.get("venue_names", {}).get(locale) or held["venue"]


def shifted(phase: Phase, years: int, time_zone: str) -> Phase:
    """The same wall dates and times `years` later (29 February becomes the 28th), in UTC again."""
    zone = ZoneInfo(time_zone)
    return {
        **phase,
        "start": clock.years_later(phase["start"], years, zone),
        "end": clock.years_later(phase["end"], years, zone),
        "sequence": 0,
    }


def counted(phase: Phase) -> Phase:
    """The phase with one more change."""
    return {**phase, "sequence": phase["sequence"] + 1}


def move(phases: Sequence[Phase], code: str, given: Input) -> list[Phase]:
    """The phases with other times or texts of one; raises as `check`. Another venue has the names that come with it."""
    former = find(phases, code)
    moved = {**former, **{name: given[name] for name in _ANNOUNCED if name in given}}
    if moved["venue"] != former["venue"] and "venue_names" not in given:
        moved["venue_names"] = {}
    return replace(phases, [moved if phase is former else phase for phase in phases])


def added(phases: Sequence[Phase], row: Input, removed: Sequence[Phase]) -> list[Phase]:
    """The phases with another one, in the place of its start; raises as `check`, and Invalid for a code that is
    taken."""
    if any(phase["code"] == row["code"] for phase in phases):
        raise Invalid("consultation.phase_exists", fields={"code": ["Another phase has this code."]})
    return replace(phases, sorted([*phases, row], key=itemgetter("start")), removed)


def without(phases: Sequence[Phase], code: str) -> list[Phase]:
    """The phases but one. Raises NotFound, and as `check`."""
    gone = find(phases, code)
    return replace(phases, [phase for phase in phases if phase is not gone])


def replace(former: Sequence[Phase], rows: Sequence[Input], removed: Sequence[Phase] = ()) -> list[Phase]:
    """`rows` as the phases of an edition, numbered in their order; raises as `check`. What differs from the phase of
    the same code counts as changed; so does one that was removed once and comes back."""
    known = {phase["code"]: phase for phase in former}
    returning = {phase["code"]: phase["sequence"] + 1 for phase in removed}
    phases = []
    for number, row in enumerate(rows, 1):
        phase: Phase = {
            "number": number,
            "roman": roman(number),
            "code": row["code"],
            "kind": row["kind"],
            "title": row["title"],
            "start": row["start"],
            "end": row["end"],
            "venue": row.get("venue"),
            "remote": row.get("remote", False),
            "sequence": returning.get(row["code"], 0),
        }
        if row.get("venue_names"):
            phase["venue_names"] = row["venue_names"]
        if old := known.get(row["code"]):
            phase["sequence"] = old["sequence"] + (_announced(old) != _announced(phase))
        phases.append(phase)
    check(phases)
    return phases


def _announced(phase: Mapping[str, object]) -> list[object]:
    return [phase.get(name) for name in _ANNOUNCED]


def check(phases: Sequence[Phase]) -> None:
    """Each phase ends after it starts, none starts before the one that precedes it, and one is a deadline. Raises
    Invalid or Conflict. Overlaps are allowed."""
    for phase in phases:
        if phase["end"] <= phase["start"]:
            raise Invalid(
                "consultation.phase_ends_before_start",
                phase=phase["code"],
                fields={"end": ["The end must come after the start."]},
            )
    for former, later in zip(phases, phases[1:], strict=False):
        if later["start"] < former["start"]:
            raise Conflict("consultation.phase_out_of_order", phase=later["code"], former=former["code"])
    if not of_kind(phases, DEADLINE):
        raise Invalid(
            "consultation.deadline_missing", fields={"phases": ["One phase must be the deadline of the submissions."]}
        )


def conflicts(phases: Sequence[Phase], forum_opens: datetime) -> list[Conflicting]:
    """What an officer should look at: [{phase, with, kind}]. A phase overlaps the one before, ends before that one
    ends, or ends after the Forum opens (`with` is "forum")."""
    found: list[Conflicting] = []
    for former, later in zip(phases, phases[1:], strict=False):
        if later["end"] <= former["end"]:
            found.append({"phase": later["code"], "with": former["code"], "kind": "ends_first"})
        elif later["start"] < former["end"]:
            found.append({"phase": later["code"], "with": former["code"], "kind": "overlaps"})
    found += [
        {"phase": phase["code"], "with": "forum", "kind": "after_opening"}
        for phase in phases
        if phase["end"] > forum_opens
    ]
    return found


def changes(former: Sequence[Phase], phases: Sequence[Phase]) -> list[Change]:
    """The phases whose times differ, or that are new or gone."""
    before, after = ({phase["code"]: phase for phase in rows} for rows in (former, phases))
    gone = {code: phase for code, phase in before.items() if code not in after}
    found: list[Change] = []
    for code, phase in {**after, **gone}.items():
        start, end = _times(after.get(code))
        former_start, former_end = _times(before.get(code))
        if (start, end) != (former_start, former_end):
            found.append(
                {
                    "what": "phase",
                    "code": code,
                    "title": phase["title"],
                    "start": start,
                    "end": end,
                    "former_start": former_start,
                    "former_end": former_end,
                }
            )
    return found


def _times(phase: Phase | None) -> tuple[datetime | None, datetime | None]:
    return (phase["start"], phase["end"]) if phase else (None, None)


def roman(number: int) -> str:
    """4 -> "IV"; below 40."""
    digits = ""
    for digit, value in _ROMAN:
        while number >= value:
            digits, number = digits + digit, number - value
    return digits
