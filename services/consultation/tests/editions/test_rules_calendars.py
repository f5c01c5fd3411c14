from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from dateutil.tz import tzical
from hypothesis import assume, given
from hypothesis import strategies as st
from icalendar import Calendar, Event
from wsis_shared.clock import GENEVA

from wsis_consultation.dates.use_cases import presenters
from wsis_consultation.editions.rules import calendars
from wsis_consultation.editions.rules.calendars import Entry

MADE = datetime(2016, 8, 1, 9, tzinfo=UTC)
SOURCE = "https://wsis.example/v1/consultations/2017/phases/calendar"


def _entry(**more: Any) -> Entry:
    hour = datetime(2017, 2, 14, 15, tzinfo=UTC)
    default: dict[str, Any] = {
        "uid": "2017-opening@wsis",
        "sequence": 0,
        "changed_at": MADE,
        "start": hour,
        "end": hour + timedelta(hours=1),
        "summary": "Opening",
    }
    return Entry(**{**default, **more})


def _read(*entries: Entry) -> tuple[str, list[Event]]:
    text = calendars.calendar("Phases", entries, source=SOURCE)
    parsed = Calendar.from_ical(text)
    assert isinstance(parsed, Calendar)
    return text, parsed.events


@pytest.mark.parametrize(
    ("moment", "wall"),
    [
        (datetime(2017, 2, 14, 15, tzinfo=UTC), "20170214T160000"),  # CET
        (datetime(2017, 6, 13, 15, tzinfo=UTC), "20170613T170000"),  # CEST
        (datetime(2017, 3, 26, 0, 59, tzinfo=UTC), "20170326T015900"),  # the minute before summer time
        (datetime(2017, 3, 26, 1, tzinfo=UTC), "20170326T030000"),
        (datetime(2030, 10, 27, 2, tzinfo=UTC), "20301027T030000"),
    ],
)
def test_two_readers_see_the_same_moment(moment: datetime, wall: str) -> None:
    text, [event] = _read(_entry(start=moment, end=moment + timedelta(hours=1)))
    assert f"DTSTART;TZID=Europe/Zurich:{wall}" in text.replace("\r\n ", "")
    assert event.start.astimezone(UTC) == moment  # type: ignore[union-attr]
    zone = tzical(StringIO(text.replace("\r\n", "\n"))).get()
    assert datetime.strptime(wall, "%Y%m%dT%H%M%S").replace(tzinfo=zone).astimezone(UTC) == moment


@given(st.datetimes(datetime(1997, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC)))
def test_rules_of_the_time_zone_are_those_of_the_tz_database(moment: datetime) -> None:
    zone = tzical(StringIO(calendars.VTIMEZONE)).get()
    wall = moment.astimezone(GENEVA)
    assume((wall.month, wall.hour) != (10, 2))  # the hour that comes twice: its text does not say which it is
    assert wall.replace(tzinfo=zone).utcoffset() == wall.utcoffset()


def test_same_data_give_the_same_text() -> None:
    assert _read(_entry())[0] == _read(_entry())[0]


def test_change_keeps_the_uid_and_a_cancelled_event_stays() -> None:
    _, [event] = _read(_entry(sequence=2, cancelled=True))
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("2017-opening@wsis", 2, "CANCELLED")


def test_deadline_has_no_end_and_a_whole_day_no_time() -> None:
    deadline = datetime(2017, 2, 20, 22, tzinfo=UTC)
    day = _entry(
        start=datetime(2017, 2, 13, 23, tzinfo=UTC), end=datetime(2017, 2, 14, 22, 59, 59, tzinfo=UTC), whole_day=True
    )
    _, [first, second] = _read(_entry(start=deadline, end=None), day)
    assert "DTEND" not in first
    assert (second["DTSTART"].dt, second["DTEND"].dt) == (date(2017, 2, 14), date(2017, 2, 15))


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        ("2017-01-15T23:00:00", "2017-01-17T23:00:00", (date(2017, 1, 16), date(2017, 1, 18))),  # until midnight
        ("2017-03-25T23:00:00", "2017-03-26T21:59:59", (date(2017, 3, 26), date(2017, 3, 27))),  # a day of 23 hours
    ],
)
def test_phase_of_whole_days_has_the_days_that_it_lasts(
    edition: dict[str, Any], start: str, end: str, days: tuple[date, date]
) -> None:
    start_at, end_at = (datetime.fromisoformat(f"{moment}+00:00") for moment in (start, end))
    phases = [{**edition["phases"][0], "start": start_at, "end": end_at}]
    entry, *_ = presenters.calendar_entries({**edition, "phases": phases, "updated_at": MADE}, "en", SOURCE)
    _, [event] = _read(entry)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == days


def test_text_is_escaped_and_folded() -> None:
    hostile = "A; b, c\\d\nBEGIN:VEVENT 会议" + "é" * 100
    text, [event] = _read(_entry(summary=hostile, location="Room A"))
    assert str(event["SUMMARY"]) == hostile
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert text.count("\r\nBEGIN:VEVENT") == 1


def test_clients_know_where_and_how_often_to_read_again() -> None:
    lines = _read(_entry())[0].replace("\r\n ", "").split("\r\n")
    assert {"NAME:Phases", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", f"SOURCE;VALUE=URI:{SOURCE}"} <= set(lines)
