"""The model of the final brief: what the Forum will be, from the published programme."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from wsis_shared import clock
from wsis_shared.json_types import Input
from wsis_shared.reference.loading import Titles
from wsis_shared.shares import shares

from wsis_consultation.documents.rules.models import Counted, Facilitator, FinalBrief, PlannedSession, Room
from wsis_consultation.documents.rules.outcomes import forum_of, named_types, phase_of
from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.editions.rules.reference import NamedType

SCHEMA = "wsis.consultation.final_brief.v1"


def build(
    edition: Edition,
    programme: Input,
    *,
    facilitators: Iterable[Input] = (),
    partners: Iterable[str] = (),
    as_of: datetime,
) -> FinalBrief:
    """The model as of a moment.

    `programme`: {number, sessions: [{code, type, track, title, start, end, room, organizers: [names], action_lines,
    sdgs}], rooms: [{name, capacity}], room_names, types} with moments in UTC or None; `facilitators`: {name,
    organization, country}; `partners`: names of organizations.
    """
    sessions = sorted((planned(one) for one in programme["sessions"]), key=order)
    zone = ZoneInfo(edition["time_zone"])
    days = [clock.parse(one["start"]).astimezone(zone).date().isoformat() for one in sessions if one["start"]]
    used = Counter(one["room"] for one in sessions if one["room"])
    rooms: list[Room] = [
        {"name": room["name"], "capacity": room.get("capacity"), "sessions": used[room["name"]]}
        for room in programme.get("rooms") or ()
    ]
    known = [facilitator(row) for row in facilitators]
    return {
        "schema": SCHEMA,
        "edition": str(edition["_id"]),
        "as_of": clock.iso(as_of),
        "time_zone": edition["time_zone"],
        "forum": forum_of(edition),
        "phases": [phase_of(phase) for phase in edition["phases"]],
        "programme": {"number": programme.get("number")},
        "inputs": [],
        "types": types_of(programme, edition),
        "room_names": programme.get("room_names") or {},
        "statistics": {
            "total": len(sessions),
            "by_type": counted(one["type"] for one in sessions),
            "by_track": counted(one["track"] for one in sessions),
            "by_day": sorted(counted(days), key=lambda row: row["codes"]),
        },
        "rooms": sorted(rooms, key=lambda row: row["name"]),
        "sessions": sessions,
        "facilitators": sorted(known, key=lambda row: (row["name"], row["organization"])),
        "partners": list(partners),
    }


def planned(one: Input) -> PlannedSession:
    """A session as the programme has it."""
    return {
        "code": one.get("code") or "",
        "type": one.get("type") or "",
        "track": one.get("track") or "",
        "room": one.get("room") or "",
        "title": dict(one["title"]),
        "start": clock.iso(one["start"]) if one.get("start") else None,
        "end": clock.iso(one["end"]) if one.get("end") else None,
        "organizers": list(one.get("organizers") or ()),
        "action_lines": list(one.get("action_lines") or ()),
        "sdgs": list(one.get("sdgs") or ()),
    }


def types_of(programme: Input, edition: Edition) -> list[NamedType]:
    """The types of sessions as the programme calls them, else the edition."""
    called: Mapping[str, Titles] | None = programme.get("types")
    return [{"code": code, "title": title} for code, title in called.items()] if called else named_types(edition)


def facilitator(row: Input) -> Facilitator:
    """A facilitator as documents name them."""
    return {
        "name": row.get("name") or "",
        "organization": row.get("organization") or "",
        "country": row.get("country") or "",
    }


def order(one: PlannedSession) -> tuple[str, str, str]:
    """By time, then by room."""
    return one["start"] or "9999", one["room"], one["code"]


def counted(values: Iterable[str]) -> list[Counted]:
    """How often each value is there, the most frequent first; the shares add up to 100."""
    found = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    percents = shares([count for _, count in found])
    return [
        {"codes": [code], "count": count, "percent": percent}
        for (code, count), percent in zip(found, percents, strict=True)
    ]
