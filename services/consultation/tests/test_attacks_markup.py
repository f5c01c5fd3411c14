"""Texts that want to be markup, a line of a calendar or a formula, wherever everybody reads them."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from lxml import etree, html
from wsis_testkit import wait_for
from wsis_testkit.tokens import TokenSigner

BASE = "/v1/consultations/2017"
SCRIPT = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
LINES = "Opening; DTSTART:20000101, \\n BEGIN:VEVENT"
MARKUP = '{{ 7*7 }} {% raw %} #eval("1") ]]> <!-- <![CDATA['
BIDI = "\u202egnp.exe\u2066"
SIGNER = TokenSigner()
OFFICER, MEMBER = SIGNER.headers("officer", sub="olga"), SIGNER.headers(sub=uuid.uuid4().hex)


@pytest.fixture(scope="module")
def http(fake_service: Any, serve: Any, open_gateway: Any) -> httpx.Client:
    profile = {"names": f"Eve {SCRIPT}", "organization": "=1+1", "country": "RW", "stakeholder_type": "civil_society"}
    fake_service(
        "accounts",
        jwks=SIGNER.jwks,
        profile=lambda account: {"account": account, **profile},
        contacts=lambda ids: [
            {"account": id, "email": "eve@ngo.example", "names": f"=Eve {SCRIPT}", "locale": "en"} for id in ids
        ],
    )
    serve("consultation", seed=True, wait=False)
    return open_gateway("consultation")


def ask(http: httpx.Client, method: str, path: str, body: Any) -> Any:
    response = http.request(method, BASE + path, json=body, headers=OFFICER)
    assert response.status_code < 300, response.text
    return response.json()


@pytest.fixture(scope="module")
def session(http: httpx.Client) -> str:
    """The code of a session whose texts are hostile; in the programme."""
    new = {
        "type": "tedx_geneva",
        "title": {"en": f"{LINES} {SCRIPT}"},
        "abstract": f"{MARKUP}\nATTENDEE:mailto:x\n{SCRIPT}",
        "language": "en",
        "action_lines": ["C1"],
        "sdgs": [9],
        "duration": 60,
        "organizers": [{"name": SCRIPT}],
        "speakers": [
            {
                "name": f"=cmd|' /C calc'!A0 {SCRIPT}",
                "organization": MARKUP,
                "email": "secret@ngo.example",
                "remote": True,
                "time_zone": "Africa/Kigali",
            }
        ],
    }
    made = ask(http, "POST", "/sessions", new)
    ask(http, "POST", f"/sessions/{made['id']}/status", {"status": "accepted"})
    room = {"code": "A", "name": f"A,B;C {SCRIPT}", "capacity": 400}
    ask(http, "PUT", "/agenda/setup", {"revision": 0, "rooms": [room], "slots": []})
    place = {"session": made["id"], "room": "A", "start": "2017-06-12T07:00:00Z"}
    ask(http, "PUT", "/agenda/placements", {"revision": 1, "changes": [place]})
    publication = {"kind": "draft_agenda", "note": {"en": SCRIPT}}
    started = http.post(f"{BASE}/agenda/publications", json=publication, headers=OFFICER)
    assert started.status_code == 202, started.text
    wait_for(lambda: http.get(started.headers["Location"], headers=OFFICER).json()["state"] == "succeeded")
    return str(made["code"])


def is_inert(page: html.HtmlElement) -> bool:
    """Whether nothing on the page runs or is loaded."""
    attributes = [(name, value.strip().lower()) for each in page.iter("*") for name, value in each.attrib.items()]
    return (
        not page.xpath(".//script|.//img|.//iframe|.//object|.//embed|.//form|.//base|.//link")
        and not any(name.startswith("on") for name, _ in attributes)
        and not any(value.startswith(("javascript:", "data:", "vbscript:")) for _, value in attributes)
    )


def test_page_of_the_programme_is_inert(http: httpx.Client, session: str) -> None:
    for address in ("/en{}", "/en{}?text=" + SCRIPT + "&room=A", "/ar{}", "/en{}/sessions/" + session):
        page = http.get(address.format("/consultations/2017/programme"))
        assert page.status_code == 200, page.text
        main = html.fromstring(page.content).get_element_by_id("main")
        for filters in main.findall(".//form"):
            filters.drop_tree()
        assert is_inert(main), address
        assert "secret@ngo.example" not in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "text" in address or SCRIPT in main.text_content()


def test_text_of_a_calendar_is_no_line_of_it(http: httpx.Client, session: str) -> None:
    text = http.get(f"{BASE}/programme/calendar").text
    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert event["SUMMARY"].startswith("Opening; DTSTART:20000101, ")
    assert (event.decoded("DTSTART").isoformat(), event["LOCATION"]) == ("2017-06-12T09:00:00+02:00", f"A,B;C {SCRIPT}")
    assert "ATTENDEE" not in event
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert text.endswith("END:VEVENT\r\nEND:VCALENDAR\r\n")


def test_nothing_public_of_the_programme_has_an_address(http: httpx.Client, session: str) -> None:
    paths = ("", "/calendar", "/schedule", f"/sessions/{session}", "/versions", "/versions/0.1")
    for path in paths:
        read = http.get(f"{BASE}/programme{path}")
        assert read.status_code == 200, path
        assert "secret@ngo.example" not in read.text
    [listed] = http.get(f"{BASE}/sessions?limit=100", headers=OFFICER).json()["items"]
    assert "secret@ngo.example" in http.get(f"{BASE}/sessions/{listed['id']}", headers=OFFICER).text


def test_comment_and_its_feed_are_inert(http: httpx.Client) -> None:
    ask(http, "POST", "/communities", {"code": "youth", "title": {"en": f"Youth {SCRIPT}"}})
    opened = ask(
        http,
        "POST",
        "/discussions",
        {
            "community": "youth",
            "language": "en",
            "title": f"{MARKUP} {SCRIPT} {BIDI}",
            "text": SCRIPT,
        },
    )
    path = f"{BASE}/discussions/{opened['id']}"
    text = (
        f"{SCRIPT}\n\n[x](javascript:alert(1)) [y](//evil.example) ![z](https://evil.example/z.png)\n\n{MARKUP}{BIDI}"
    )
    posted = http.post(f"{path}/comments", json={"text": text}, headers=MEMBER)
    assert posted.status_code == 201, posted.text
    [comment] = http.get(f"{path}/comments").json()["items"]
    assert is_inert(html.fromstring(f"<div>{comment['html']}</div>"))
    assert not any(each in comment["html"] for each in ("\u202e", "\u2066"))
    feed = etree.fromstring(http.get(f"{path}/feed").content)
    names = {"a": "http://www.w3.org/2005/Atom"}
    assert [len(feed.xpath(f"//a:{name}", namespaces=names)) for name in ("entry", "author")] == [1, 1]
    [content] = feed.xpath("//a:content/text()", namespaces=names)
    assert is_inert(html.fromstring(f"<div>{content}</div>"))
    assert "eve@ngo.example" not in etree.tostring(feed).decode()
