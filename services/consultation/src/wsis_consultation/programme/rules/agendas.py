"""The agenda of an edition: rooms, slots and all placements in one document, so that a check needs nothing else and
two officers cannot overwrite each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from wsis_shared.errors import Conflict, Invalid

from wsis_consultation.programme import errors
from wsis_consultation.programme.rules.bookings import TURNAROUND, Interval, minute

Agenda = dict[str, Any]
"""{_id: edition, version, rooms: [{code, name, capacity, booths, equipment, remote}], slots: [{date, start, end}] in
wall time, interpreters: {language: teams}, organizers_in_parallel: {key: number}, turnaround: minutes, placements:
[{session, room, start, pinned, revision}], removed: {session: revision}, published: id of a version or None}.
`version` is the revision that a save must name; that of a placement is the save that changed it last."""

Placement = dict[str, Any]


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


def require_setup(agenda: Agenda, setup: Mapping[str, Any]) -> None:
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


def changed_since(agenda: Agenda, revision: int) -> list[dict[str, Any]]:
    """The placements that were saved after `revision`; room None for those that were taken out."""
    saved = [_brief(row) for row in agenda["placements"] if row["revision"] > revision]
    removed = [
        {"session": session, "room": None, "start": None, "pinned": False}
        for session, at in agenda["removed"].items()
        if at > revision
    ]
    return sorted([*saved, *removed], key=lambda row: str(row["session"]))


def placed(agenda: Agenda, changes: Iterable[Mapping[str, Any]]) -> Agenda:
    """The agenda with these placements; a change with room None takes the session out."""
    revision = agenda.get("version", 0) + 1
    placements = {row["session"]: row for row in agenda["placements"]}
    removed = dict(agenda["removed"])
    for change in changes:
        session = change["session"]
        removed.pop(session, None)
        if change["room"] is None:
            if placements.pop(session, None) is not None:
                removed[session] = revision
        else:
            new = {**_brief(change), "revision": revision}
            if _brief(placements.get(session, {})) != _brief(new):
                placements[session] = new
    ordered = sorted(placements.values(), key=lambda row: (row["start"], row["room"], row["session"]))
    return {**agenda, "placements": ordered, "removed": removed}


def placed_sessions(agenda: Agenda) -> dict[str, Placement]:
    """Placements by session."""
    return {row["session"]: row for row in agenda["placements"]}


def grid(slots: Sequence[Mapping[str, Any]], time_zone: str) -> list[Interval]:
    """Slots in minutes since 1970, in their order."""
    zone = ZoneInfo(time_zone)

    def at(day: str, wall: str) -> int:
        return minute(datetime.combine(date.fromisoformat(day), time.fromisoformat(wall), zone))

    return sorted((at(row["date"], row["start"]), at(row["date"], row["end"])) for row in slots)


def _brief(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "session": row.get("session"),
        "room": row.get("room"),
        "start": row.get("start"),
        "pinned": bool(row.get("pinned")),
    }
