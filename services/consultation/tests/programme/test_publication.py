from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from dateutil.tz import tzical
from icalendar import Calendar
from wsis_shared.schemas import LOCALES
from wsis_shared.sentences import Sentences

from wsis_consultation.programme.publication import feeds
from wsis_consultation.programme.rules import clashes, selection

SOURCE = "https://wsis.example/v1/consultations/2017/programme/calendar"
START = datetime(2017, 6, 12, 7, tzinfo=UTC)


def frozen(number: int, start: datetime = START, hours: float = 1.5, **more: Any) -> dict[str, Any]:
    return {
        "id": f"s{number}",
        "number": number,
        "code": f"S{number:05}",
        "type": "thematic_workshop",
        "track": "forum",
        "title": {"en": f"Title {number}", "ar": "الصحة الإلكترونية"},
        "abstract": "<script>alert(1)</script> & more",
        "language": "en",
        "interpretation": ["fr"],
        "organizers": ["WHO", "منظمة"],
        "speakers": [{"name": "Ada <b>", "organization": "NGO", "role": "moderator", "remote": True}],
        "action_lines": ["C7.e-health"],
        "sdgs": [3],
        "theme": None,
        "receipts": ["OCP-2017-0001"],
        "room": "A",
        "start": start,
        "end": start + timedelta(hours=hours),
        "state": "confirmed",
        "sequence": 0,
        "changed_at": datetime(2017, 4, 1, tzinfo=UTC),
        **more,
    }


def version(*sessions: dict[str, Any]) -> dict[str, Any]:
    return {
        "_id": "2017-0.1",
        "edition": "2017",
        "number": "0.1",
        "kind": "draft_agenda",
        "note": {},
        "published_at": datetime(2017, 4, 1, tzinfo=UTC),
        "time_zone": "Europe/Zurich",
        "rooms": [{"code": "A", "name": "Room A, ITU"}, {"code": "K", "name": "Room K"}],
        "sessions": list(sessions),
    }


ALL = (
    frozen(1),
    frozen(2, START + timedelta(days=1), hours=80, type="exhibition", room="K"),
    frozen(3, START + timedelta(hours=3), state="cancelled", sequence=2),
)


def chosen(**filters: Any) -> list[Any]:
    return selection.select(ALL, filters, "Europe/Zurich", cancelled=True)  # type: ignore[arg-type]


def test_two_readers_see_the_right_times() -> None:
    text = feeds.calendar(version(*ALL), "en", ALL, source=SOURCE)["text"]
    first = {str(event["UID"]): event for event in Calendar.from_ical(text).walk("VEVENT")}
    zone = tzical(StringIO(text.replace("\r\n", "\n"))).get()  # the parser of dateutil
    second = {
        uid: [datetime.strptime(wall, "%Y%m%dT%H%M%S").replace(tzinfo=zone) for wall in (start, end)]
        for uid, start, end in (
            [re.search(rf"^{name}[^:]*:(\S+)", event, re.MULTILINE)[1] for name in ("UID", "DTSTART", "DTEND")]  # type: ignore[index]
            for event in text.split("BEGIN:VEVENT")[1:]
        )
    }
    for row in ALL:
        event = first[feeds.uid_of("2017", row["id"])]
        times = [row["start"], row["end"]]
        assert [event["DTSTART"].dt.astimezone(UTC), event["DTEND"].dt.astimezone(UTC)] == times
        assert second[str(event["UID"])] == times


def test_cancelled_session_stays_in_the_calendar() -> None:
    text = feeds.calendar(version(*ALL), "en", chosen(session="S00003"), source=SOURCE)["text"]
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"], event["LOCATION"]) == ("CANCELLED", 2, "Room A, ITU")


def test_calendar_has_a_part_of_the_programme() -> None:
    def found(**filters: Any) -> int:
        text = feeds.calendar(version(*ALL), "ar", chosen(**filters), source=SOURCE)["text"]
        return len(Calendar.from_ical(text).events)

    assert (found(), found(day="2017-06-12"), found(room="K"), found(session="S00001")) == (3, 2, 1, 1)
    assert found(day="2017-06-15") == 1  # the exhibition lasts until the 16th


def test_schedule_has_what_conference_apps_read(edition: dict[str, Any]) -> None:
    schedule = feeds.schedule(edition, version(*ALL), "fr", "https://wsis.example")["schedule"]
    conference = schedule["conference"]
    assert (conference["daysCount"], conference["time_zone_name"]) == (5, "Europe/Zurich")
    [event] = conference["days"][0]["rooms"]["Room A, ITU"]  # the cancelled one is not in it
    assert (event["date"], event["start"], event["duration"]) == ("2017-06-12T09:00:00+02:00", "09:00", "01:30")
    assert re.fullmatch(r"[0-9A-Z]{6}", event["code"])
    assert re.fullmatch(r"[a-z0-9]{4,}-\d{1,6}-[a-z0-9\-_]{4,255}", event["slug"])
    [exhibition] = conference["days"][1]["rooms"]["Room K"]
    assert exhibition["duration"] == "80:00"


def test_schedule_has_the_sessions_outside_the_days_of_the_forum(edition: dict[str, Any]) -> None:
    side_event = frozen(4, datetime(2017, 12, 4, 8, tzinfo=UTC))
    schedule = feeds.schedule(edition, version(*ALL, side_event), "en", "https://wsis.example")["schedule"]
    conference = schedule["conference"]
    assert (conference["daysCount"], conference["end"]) == (6, "2017-12-04")
    last = conference["days"][5]
    assert (last["index"], last["date"]) == (6, "2017-12-04")
    assert (last["day_end"], len(last["rooms"]["Room A, ITU"])) == ("2017-12-04T23:59:59+01:00", 1)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_of_clash_has_a_sentence(locale: str) -> None:
    say = Sentences("wsis_consultation", "programme")
    said = [say(f"clash_{kind}", locale, name="N", sessions="S00001") for kind in clashes.KINDS]
    assert len(set(said)) == len(clashes.KINDS)
    assert all("S00001" in sentence for sentence in said)


def test_rooms_and_types_are_called_as_in_the_version_and_in_the_language_of_the_reader() -> None:
    named = {
        **version(*ALL),
        "rooms": [{"code": "A", "name": "Room A", "names": {"ar": "القاعة أ"}}],
        "types": {"thematic_workshop": {"en": "Theme lab", "ar": "مختبر"}},
    }
    arabic, french = (feeds.calendar(named, locale, ALL, source=SOURCE)["text"] for locale in ("ar", "fr"))  # type: ignore[arg-type]
    assert "LOCATION:القاعة أ" in arabic
    assert "CATEGORIES:مختبر" in arabic
    assert "LOCATION:Room A" in french
    assert "CATEGORIES:Theme lab" in french
