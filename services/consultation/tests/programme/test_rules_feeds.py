"""The programme for other programs: schedule.xml as conference apps read it, and xCal."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from wsis_consultation.editions.rules import editions, reference
from wsis_consultation.programme.publication import feeds, schedule_xml

from .test_rules_versions import NOON, freeze, place, session

URL = "https://wsis.example"
NS = {"c": "urn:ietf:params:xml:ns:icalendar-2.0"}
# What the schema of voc/schedule says of an event: each element once, with these texts; those of None hold elements.
EVENT: dict[str, str | None] = {
    "room": ".+",
    "title": ".+",
    "type": ".*",
    "date": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0[12]:00",
    "start": r"[0-2]\d:[0-5]\d",
    "duration": r"\d{1,2}:\d\d",
    "language": "[a-z]{2}",
    "abstract": "(?s).*",
    "description": ".*",
    "slug": "[a-z0-9-]+",
    "subtitle": ".*",
    "url": "https://.+",
    "track": ".+",
    "recording": None,
    "persons": None,
    "links": None,
}


def version_of(frozen: list[dict[str, Any]]) -> Any:
    return {
        "edition": "2017",
        "number": "1.2",
        "kind": "programme",
        "time_zone": "Europe/Zurich",
        "rooms": [{"code": "A", "name": "Room A"}, {"code": "K", "name": "Room <K>"}],
        "sessions": frozen,
    }


def schedule(frozen: list[dict[str, Any]], locale: str = "en") -> Any:
    edition = editions.from_seed(reference.edition_seed(2017))
    text = schedule_xml.document(feeds.schedule(edition, version_of(frozen), locale, URL))
    return fromstring(text.encode())


def calendar(frozen: list[dict[str, Any]], locale: str = "en") -> Any:
    text = feeds.calendar_xml(version_of(frozen), locale, frozen, source=f"{URL}/x?a=1&b=2")["text"]  # type: ignore[arg-type]
    return fromstring(text.encode())


def test_schedule_has_the_structure_that_apps_expect() -> None:
    rows = [session("1", title={"en": "A & B", "fr": "Ça"}), session("2", 2), session("3", 3)]
    places = [place("1"), place("2", "K"), place("3", "A", NOON + timedelta(days=40))]
    root = schedule(freeze(rows, places))
    assert (root.tag, [each.tag for each in root][:2]) == ("schedule", ["version", "conference"])
    assert {each.tag for each in root[2:]} == {"day"}
    head = {each.tag: each.text for each in root[1]}
    assert set(head) == {"title", "acronym", "start", "end", "days", "timeslot_duration", "time_zone_name", "base_url"}
    days = root.findall("day")
    assert (int(head["days"]), head["end"]) == (len(days), "2017-07-22"), "a session after the Forum has its day"
    assert [day.get("index") for day in days] == [str(number) for number in range(1, len(days) + 1)]
    assert [date.fromisoformat(day.get("date")) for day in days] == sorted(
        {date(2017, 6, day) for day in range(12, 17)} | {date(2017, 7, 22)}
    )
    for event in root.iter("event"):
        assert sorted(each.tag for each in event) == sorted(EVENT)
        assert int(event.get("id")) > 0
        for name, pattern in EVENT.items():
            if pattern is not None:
                assert re.fullmatch(pattern, event.findtext(name)), name
        assert (event.findtext("recording/optout"), event.find("recording/license") is not None) == ("false", True)
    for unique in (
        lambda event: event.get("id"),
        lambda event: event.get("guid"),
        lambda event: event.findtext("slug"),
    ):
        assert len({unique(event) for event in root.iter("event")}) == 3


def test_schedule_says_when_where_who_and_where_to_read_more() -> None:
    [event] = schedule(freeze([session("1", title={"en": "A & B", "fr": "Ça"})], [place("1", "K")]), "fr").iter("event")
    assert [event.findtext(name) for name in ("title", "date", "start", "duration", "room")] == [
        "Ça",
        "2017-06-12T12:00:00+02:00",
        "12:00",
        "01:30",
        "Room <K>",
    ]
    assert event.findtext("type") == "Atelier thématique"
    assert [person.text for person in event.iter("person")] == ["Ada"]
    assert event.find("links/link").get("href") == f"{URL}/fr/consultations/2017/programme/sessions/S00001"


def test_cancelled_session_leaves_the_schedule_and_stays_in_the_calendar() -> None:
    first = freeze([session("1"), session("2", 2)], [place("1"), place("2", "K")])
    second = freeze([session("1"), session("2", 2)], [place("2", "K")], first, days=1)
    assert [event.get("id") for event in schedule(second).iter("event")] == ["2"]
    events = calendar(second).findall(".//c:vevent/c:properties", NS)
    states = [
        (row.findtext("c:status/c:text", None, NS), row.findtext("c:sequence/c:integer", None, NS)) for row in events
    ]
    assert states == [("CANCELLED", "1"), ("CONFIRMED", "0")]


def test_calendar_in_xml_is_that_of_rfc_6321() -> None:
    root = calendar(freeze([session("1", title={"en": "A & B\x0b"})], [place("1", "K")]))
    assert root.tag == f"{{{NS['c']}}}icalendar"
    assert [each.tag.partition("}")[2] for each in root[0]] == ["properties", "components"]
    assert root.findtext("c:vcalendar/c:properties/c:version/c:text", None, NS) == "2.0"
    assert root.findtext("c:vcalendar/c:properties/c:source/c:uri", None, NS) == f"{URL}/x?a=1&b=2"
    zone, event = root.find("c:vcalendar/c:components", NS)
    assert zone.findtext(".//c:daylight//c:rrule/c:recur/c:byday", None, NS) == "-1SU"
    text = {name: event.findtext(f"c:properties/c:{name}", None, NS) for name in ("summary/c:text", "location/c:text")}
    assert text == {"summary/c:text": "A & B\ufffd", "location/c:text": "Room <K>"}
    assert event.findtext("c:properties/c:dtstart/c:parameters/c:tzid/c:text", None, NS) == "Europe/Zurich"
    assert event.findtext("c:properties/c:dtstart/c:date-time", None, NS) == "2017-06-12T12:00:00"
    assert [each.text for each in event.findall("c:properties/c:categories/c:text", NS)] == ["Thematic Workshop", "C3"]


moments = st.datetimes(datetime(2017, 6, 11, 22), datetime(2017, 6, 16, 20), timezones=st.just(UTC))


@given(st.text(), moments)
def test_whatever_people_write_is_xml(title: str, start: datetime) -> None:
    frozen = freeze([session("1", title={"en": title or "?"}, abstract=title)], [place("1", start=start)])
    assert len(list(schedule(frozen).iter("event"))) == 1
    assert len(calendar(frozen).findall(".//c:vevent", NS)) == 1
