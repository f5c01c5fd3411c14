"""The programme for other programs: iCalendar, and the exchange format of conference apps (c3voc schedule)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import NAMESPACE_URL, uuid5

from wsis_shared import languages
from wsis_shared.clock import GENEVA, to_geneva
from wsis_shared.json_types import JsonObject
from wsis_shared.sentences import Sentences

from wsis_consultation.editions.rules import calendars, forum
from wsis_consultation.editions.rules.editions import Edition
from wsis_consultation.programme.rules import selection, versions
from wsis_consultation.programme.rules.versions import Frozen, Version

_say = Sentences("wsis_consultation", "pages")
_SLUG = 60  # characters


def uid_of(edition: str, session: str) -> str:
    """The UID of a session in calendars and schedules: the same in all versions."""
    return str(uuid5(NAMESPACE_URL, f"wsis/consultations/{edition}/sessions/{session}"))


def calendar(version: Version, locale: str, chosen: Iterable[Frozen], *, source: str) -> calendars.Download:
    """An event for each of these sessions; cancelled ones are in it, where they were."""
    name, filename = _name(version, locale), f"programme-{version['edition']}"
    return calendars.response(name, entries(version, locale, chosen), source=source, filename=filename)


def calendar_xml(version: Version, locale: str, chosen: Iterable[Frozen], *, source: str) -> calendars.Download:
    """The same as xCal."""
    text = calendars.calendar_xml(_name(version, locale), entries(version, locale, chosen), source=source)
    return {"text": text, "filename": f"programme-{version['edition']}.xml"}


def entries(version: Version, locale: str, chosen: Iterable[Frozen]) -> list[calendars.Entry]:
    """An event for each of these sessions."""
    names = versions.names(version, locale)
    return [
        calendars.Entry(
            uid=uid_of(version["edition"], row["id"]),
            sequence=row["sequence"],
            changed_at=row["changed_at"],
            start=row["start"],
            end=row["end"],
            summary=languages.in_language(row["title"], locale),
            description=row["abstract"],
            location=names.room(row["room"]),
            categories=(names.type(row["type"]), *row["action_lines"]),
            cancelled=row["state"] != versions.CONFIRMED,
        )
        for row in chosen
    ]


def _name(version: Version, locale: str) -> str:
    return _say(f"{version['kind']}_of", locale, year=version["edition"])


def schedule(edition: Edition, version: Version, locale: str, public_url: str) -> JsonObject:
    """{"schedule": ...} with the confirmed sessions by day and room, in wall time with its offset. Its days are those
    of the Forum and those of sessions before or after it."""
    names = versions.names(version, locale)
    by_day: dict[date, list[JsonObject]] = defaultdict(list)
    for row in version["sessions"]:
        if row["state"] == versions.CONFIRMED:
            by_day[to_geneva(row["start"]).date()].append(_event(row, version, locale, public_url, names))
    days = sorted({*map(date.fromisoformat, forum.days(edition["forum"])), *by_day})
    return {
        "schedule": {
            "version": version["number"],
            "base_url": f"{public_url}/{locale}/consultations/{version['edition']}/programme/",
            "conference": {
                "acronym": f"wsis{version['edition']}",
                "title": _name(version, locale),
                "start": days[0].isoformat(),
                "end": days[-1].isoformat(),
                "daysCount": len(days),
                "timeslot_duration": "00:05",
                "time_zone_name": version["time_zone"],
                "rooms": [{"name": name} for name in names.rooms.values()],
                "tracks": [{"name": track} for track in sorted({row["track"] for row in version["sessions"]})],
                "days": [_day(number, day, by_day.get(day, ())) for number, day in enumerate(days, start=1)],
            },
        }
    }


def _day(number: int, day: date, events: Iterable[JsonObject]) -> JsonObject:
    rooms: dict[str, list[JsonObject]] = defaultdict(list)
    for event in events:
        rooms[str(event["room"])].append(event)
    midnight = datetime.combine(day, time(), GENEVA).isoformat()
    starts = [str(event["date"]) for of_room in rooms.values() for event in of_room]
    return {
        "index": number,
        "date": day.isoformat(),
        "day_start": min(starts, default=midnight),
        "day_end": datetime.combine(day, time(23, 59, 59), GENEVA).isoformat(),
        "rooms": dict(rooms),
    }


def _event(row: Frozen, version: Version, locale: str, public_url: str, names: versions.Names) -> JsonObject:
    start, (language, name) = to_geneva(row["start"]), languages.pick(row["title"], locale)
    hours, minutes = divmod(int((row["end"] - row["start"]).total_seconds()) // 60, 60)
    words = "".join(char if char.isalnum() else "-" for char in selection.plain(name)).strip("-")
    return {
        "id": row["number"],
        "guid": uid_of(version["edition"], row["id"]),
        "code": row["code"],
        "logo": None,
        "url": f"{public_url}/{locale}/consultations/{version['edition']}/programme/sessions/{row['code']}",
        "date": start.isoformat(),
        "start": start.strftime("%H:%M"),
        "duration": f"{hours:02}:{minutes:02}",
        "room": names.room(row["room"]),
        "slug": f"wsis{version['edition']}-{row['number']}-{words[:_SLUG]}".rstrip("-"),
        "title": name,
        "subtitle": "",
        "language": row["language"] or language,
        "track": row["track"],
        "type": names.type(row["type"]),
        "abstract": row["abstract"],
        "description": "",
        "recording_license": "",
        "do_not_record": False,
        "persons": [{"name": person["name"], "public_name": person["name"]} for person in row["speakers"]],
        "links": [],
        "attachments": [],
    }
