"""Calendars of the consultation and of the programme (RFC 5545, RFC 7986), in Geneva wall time.

The time zone is written as a constant. The one that icalendar makes lists single transitions (RDATE): vobject and
ical.js read it one hour wrong, and Outlook ignores it. These are the rules that Switzerland has followed since 1996.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TypedDict
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event, Timezone, vUri
from wsis_shared.clock import to_geneva

from wsis_consultation.editions.rules import xcal

MEDIA_TYPE = "text/calendar"  # of the route; the routes cannot import this module
PRODUCT = "-//WSIS//Open Consultation Process//EN"
REFRESH = timedelta(hours=1)

VTIMEZONE = """\
BEGIN:VTIMEZONE
TZID:Europe/Zurich
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19970330T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


@dataclass(frozen=True)
class Entry:
    """An event of a calendar. Moments are aware, in any zone.

    `uid` never changes; `sequence` grows with each change of the times or of the place. `changed_at` is when this
    version was made: the same data give the same text. `end` is None for a deadline. A whole-day entry lasts from the
    Geneva date of `start` to that of `end`, both included. What is cancelled stays in the calendar as CANCELLED:
    clients keep what merely disappears.
    """

    uid: str
    sequence: int
    changed_at: datetime
    start: datetime
    end: datetime | None
    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    categories: tuple[str, ...] = ()
    whole_day: bool = False
    cancelled: bool = False


def calendar(name: str, entries: Iterable[Entry], *, source: str) -> str:
    """The text of a calendar. `source` is the address at which clients read it again; its UID follows from it."""
    head, end, _ = _head(name, source).to_ical().decode("utf-8").rpartition("END:VCALENDAR")
    return "".join([head, *(_text(entry) for entry in entries), end, "\r\n"])


def calendar_xml(name: str, entries: Iterable[Entry], *, source: str) -> str:
    """The same calendar as xCal (RFC 6321)."""
    return xcal.document(_head(name, source), map(_xml, entries))


def _head(name: str, source: str) -> Calendar:
    made = Calendar.new(
        prodid=PRODUCT,
        name=name,
        uid=str(uuid5(NAMESPACE_URL, source)),
        subcomponents=[Timezone.from_ical(VTIMEZONE)],
    )
    # RFC 7986 gives these two no default type.
    made.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    made.add("SOURCE", vUri(source), parameters={"VALUE": "URI"})
    made.add("X-PUBLISHED-TTL", "PT1H")  # what Outlook knows instead of REFRESH-INTERVAL
    return made


@lru_cache(maxsize=2000)  # 250 sessions in seven languages: some 8 MB
def _text(entry: Entry) -> str:
    """The event of an entry. To write 250 of them takes 100 ms, and anybody may ask for any part of a calendar."""
    text: str = _event(entry).to_ical().decode("utf-8")
    return text


@lru_cache(maxsize=2000)
def _xml(entry: Entry) -> str:
    return xcal.component(_event(entry))


class Download(TypedDict):
    """A file as the handler of a route with `media` returns it."""

    text: str
    filename: str


def response(name: str, entries: Iterable[Entry], *, source: str, filename: str) -> Download:
    """What the handler of a route with `media=MEDIA_TYPE` returns; `filename` is "phases-2017", without suffix."""
    return {"text": calendar(name, entries, source=source), "filename": f"{filename}.ics"}


def _event(entry: Entry) -> Event:
    start, end = _times(entry)
    made = Event.new(
        uid=entry.uid,
        sequence=entry.sequence,
        start=start,
        end=end,
        stamp=entry.changed_at.astimezone(UTC),
        last_modified=entry.changed_at.astimezone(UTC),
        summary=entry.summary,
        description=entry.description or None,
        location=entry.location or None,
        url=entry.url or None,
        categories=entry.categories,
    )
    made.add("STATUS", "CANCELLED" if entry.cancelled else "CONFIRMED")
    return made


def _times(entry: Entry) -> tuple[date, date | None]:
    start, end = to_geneva(entry.start), entry.end and to_geneva(entry.end)
    if not entry.whole_day:
        return start, end
    last = (end - timedelta(seconds=1)) if end else start  # what ends at midnight ends the day before
    return start.date(), last.date() + timedelta(days=1)  # DTEND is exclusive
