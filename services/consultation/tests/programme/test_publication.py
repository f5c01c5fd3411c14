from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from io import StringIO
from typing import Any

import pytest
from dateutil.tz import tzical
from icalendar import Calendar
from wsis_shared.schemas import LOCALES

from wsis_consultation.programme.publication import feeds, page
from wsis_consultation.programme.publication.page import SAY
from wsis_consultation.programme.rules import clashes

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


def test_two_readers_see_the_right_times() -> None:
    text = feeds.calendar(version(*ALL), "en", {}, source=SOURCE)["text"]
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
    text = feeds.calendar(version(*ALL), "en", {"session": "S00003"}, source=SOURCE)["text"]
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert (event["STATUS"], event["SEQUENCE"], event["LOCATION"]) == ("CANCELLED", 2, "Room A, ITU")


def test_calendar_has_a_part_of_the_programme() -> None:
    def found(**filters: Any) -> int:
        return len(Calendar.from_ical(feeds.calendar(version(*ALL), "ar", filters, source=SOURCE)["text"]).events)

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


class Page(HTMLParser):
    """Elements with their attributes, and the text; counts what is not closed."""

    VOID = frozenset({"meta", "link", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each element of that name."""
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize("locale", LOCALES)
def test_page_is_whole_in_every_language(edition: dict[str, Any], locale: str) -> None:
    text = page.render(edition, version(*ALL), [ALL[0], ALL[1]], locale, {"room": "K"})
    read = Page(text)
    assert read.open == []
    assert read.all("html") == [{"lang": locale, "dir": "rtl" if locale == "ar" else "ltr"}]
    assert SAY("draft_agenda_title", locale, edition="2017") in read.text
    assert read.all("script") == []
    assert "<script>alert(1)</script> & more" in read.text  # as text
    assert "Ada <b>" in read.text
    assert len(read.all("article")) == 2
    assert len(read.all("h1")) == 1
    names = {attributes.get("id") for _, attributes in read.elements}
    assert {attributes["aria-labelledby"] for attributes in read.all("article")} <= names
    titles = read.all("h3")
    assert titles[0]["dir"] == ("rtl" if locale == "ar" else "ltr")
    links = [str(attributes["href"]) for attributes in read.all("a")]
    assert f"?room=K&day=2017-06-12&lang={locale}" in links
    assert all(not link.startswith(("http", "//", "javascript")) for link in links)
    assert "{" not in read.text.partition("</style>")[2]


def test_page_without_sessions_says_so(edition: dict[str, Any]) -> None:
    assert "No session fits." in Page(page.render(edition, version(*ALL), [], "en", {"room": "Z"})).text


@pytest.mark.parametrize("locale", LOCALES)
def test_every_kind_of_clash_has_a_sentence(locale: str) -> None:
    said = [SAY(f"clash_{kind}", locale, name="N", sessions="S00001") for kind in clashes.KINDS]
    assert len(set(said)) == len(clashes.KINDS)
    assert all("S00001" in sentence for sentence in said)
