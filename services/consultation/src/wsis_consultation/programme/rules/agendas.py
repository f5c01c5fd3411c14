"""The agenda of an edition: rooms, slots and all placements in one document, so that a check needs nothing else and
two officers cannot overwrite each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import NotRequired, TypedDict
from zoneinfo import ZoneInfo

from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import Input

from wsis_consultation.editions.rules.stored import Stored
from wsis_consultation.programme import errors
from wsis_consultation.programme.rules.bookings import TURNAROUND, Interval, minute


class RoomOfVenue(TypedDict):
    """A room; `names` are those in other languages, `booths` is the number of languages that can be interpreted in
    it."""

    code: str
    name: str
    names: NotRequired[dict[str, str]]  # agendas of before lack it
    capacity: int
    booths: int
    equipment: list[str]
    remote: bool


class Slot(TypedDict):
    """When a session can be, in wall time."""

    date: str
    start: str
    end: str


class Change(TypedDict):
    """Where a session is wanted; room None takes it out."""

    session: str
    room: str | None
    start: datetime | None
    pinned: bool


class Placement(TypedDict):
    """Where a session is; `revision` is that of the save that changed it last."""

    session: str
    room: str
    start: datetime
    pinned: bool
    revision: int


class Agenda(Stored):
    """`interpreters` are numbers of teams by language, `organizers_in_parallel` numbers of sessions by key,
    `turnaround` is in minutes, `removed` the revision at which a session went, `published` the number of a version.
    `version` is the revision that a save must name."""

    rooms: list[RoomOfVenue]
    slots: list[Slot]
    interpreters: dict[str, int]
    organizers_in_parallel: dict[str, int]
    turnaround: int
    placements: list[Placement]
    removed: dict[str, int]
    published: str | None


class Named(TypedDict):
    """What has a name, and names in other languages."""

    name: str
    names: NotRequired[dict[str, str]]


def name_in(room: Named, locale: str) -> str:
    """The name of a room for a reader: in their language where it has one."""
    return room.get("names", {}).get(locale) or room["name"]


def empty(edition: str) -> Agenda:
    """An agenda without rooms."""
    return {
        "_id": edition,
        "rooms": [],
        "slots": [],
        "interpreters": {},
        "organizers_in_parallel": {},
        "turnaround": TURNAROUND,
        "placements": [],
        "removed": {},
        "published": None,
    }


def require_revision(agenda: Agenda, revision: int) -> None:
    """Raises Conflict with what others have changed since that revision."""
    current = agenda.get("version", 0)
    if revision != current:
        raise Conflict("consultation.agenda_changed", revision=current, difference=changed_since(agenda, revision))


def require_setup(agenda: Agenda, setup: Input) -> None:
    """Raises Invalid for a code of two rooms or a slot that ends before it starts, Conflict where a room with sessions
    would go."""
    codes = [room["code"] for room in setup["rooms"]]
    if twice := [number for number, code in enumerate(codes) if code in codes[:number]]:
        raise Invalid(
            "consultation.rooms_twice",
            fields={f"rooms.{number}.code": ["Another room has this code."] for number in twice},
        )
    if wrong := [number for number, slot in enumerate(setup["slots"]) if slot["end"] <= slot["start"]]:
        raise errors.span_invalid("slots", wrong)
    if used := sorted({row["room"] for row in agenda["placements"]} - set(codes)):
        raise Conflict("consultation.rooms_in_use", rooms=", ".join(used))


def changed_since(agenda: Agenda, revision: int) -> list[Change]:
    """The placements that were saved after `revision`; room None for those that were taken out."""
    saved = [brief(row) for row in agenda["placements"] if row["revision"] > revision]
    removed: list[Change] = [
        {"session": session, "room": None, "start": None, "pinned": False}
        for session, at in agenda["removed"].items()
        if at > revision
    ]
    return sorted([*saved, *removed], key=lambda row: row["session"])


def placed(agenda: Agenda, changes: Iterable[Change]) -> Agenda:
    """The agenda with these placements; a change with room None takes the session out."""
    revision = agenda.get("version", 0) + 1
    placements = {row["session"]: row for row in agenda["placements"]}
    removed = dict(agenda["removed"])
    for change in changes:
        session, room, start = change["session"], change["room"], change["start"]
        before = placements.get(session)
        removed.pop(session, None)
        if room is None or start is None:
            if placements.pop(session, None) is not None:
                removed[session] = revision
        elif before is None or brief(before) != brief(change):
            pinned = bool(change.get("pinned"))
            placements[session] = {
                "session": session,
                "room": room,
                "start": start,
                "pinned": pinned,
                "revision": revision,
            }
    ordered = sorted(placements.values(), key=lambda row: (row["start"], row["room"], row["session"]))
    return {**agenda, "placements": ordered, "removed": removed}


def placed_sessions(agenda: Agenda) -> dict[str, Placement]:
    """Placements by session."""
    return {row["session"]: row for row in agenda["placements"]}


def grid(slots: Sequence[Slot], time_zone: str) -> list[Interval]:
    """Slots in minutes since 1970, in their order."""
    zone = ZoneInfo(time_zone)

    def at(day: str, wall: str) -> int:
        return minute(datetime.combine(date.fromisoformat(day), time.fromisoformat(wall), zone))

    return sorted((at(row["date"], row["start"]), at(row["date"], row["end"])) for row in slots)


def brief(row: Placement | Change) -> Change:
    """Where a session is, or is wanted."""
    return {
        "session": row["session"],
        "room": row["room"],
        "start": row["start"],
        "pinned": bool(row.get("pinned")),
    }
