"""The programme as clients use it: through the real gateway."""

from __future__ import annotations

import io
import uuid
from typing import Any

import httpx
import pytest
from defusedxml.ElementTree import fromstring
from PIL import Image
from wsis_testkit import wait_for
from wsis_testkit.tokens import TokenSigner

BASE = "/v1/consultations/2017"


@pytest.fixture(scope="module")
def http(fake_service: Any, serve: Any, open_gateway: Any) -> httpx.Client:
    """A client of the gateway; its calls are those of an officer unless they say otherwise."""
    signer = TokenSigner()
    fake_service("accounts", jwks=signer.jwks)
    serve("consultation", seed=True, wait=False)
    client = open_gateway("consultation")
    client.headers["Authorization"] = f"Bearer {signer.token('officer', sub=uuid.uuid4().hex)}"
    return client


def ask(http: httpx.Client, method: str, path: str, body: Any = None, expected: int = 200) -> Any:
    response = http.request(method, BASE + path, json=body)
    assert response.status_code == expected, response.text
    return response.json()


def publish(http: httpx.Client) -> None:
    """Publish, and wait for the job."""
    started = http.post(f"{BASE}/agenda/publications", json={"kind": "draft_agenda"})
    assert started.status_code == 202, started.text
    job = started.headers["Location"]
    wait_for(lambda: http.get(job).json()["state"] == "succeeded", what="the job")


@pytest.fixture(scope="module")
def session(http: httpx.Client) -> dict[str, Any]:
    """A session in the first version."""
    new = {
        "type": "tedx_geneva",
        "title": {"en": "Opening", "ar": "الافتتاح"},
        "action_lines": ["C1"],
        "sdgs": [9],
        "duration": 60,
        "speakers": [{"name": "Ada <i>", "remote": True}],
    }
    made: dict[str, Any] = ask(http, "POST", "/sessions", new)
    assert made["track"] == "special"
    ask(http, "POST", f"/sessions/{made['id']}/status", {"status": "accepted"})
    room = {"code": "A", "name": "Room A", "capacity": 400}
    ask(http, "PUT", "/agenda/setup", {"revision": 0, "rooms": [room], "slots": []})
    ask(http, "PUT", "/agenda/placements", {"revision": 1, "changes": [place(made)]})
    publish(http)
    return made


def place(session: dict[str, Any], hour: int = 7) -> dict[str, Any]:
    return {"session": session["id"], "room": "A", "start": f"2017-06-12T{hour:02}:00:00Z"}


def test_stale_save_is_a_conflict_with_the_difference(http: httpx.Client, session: dict[str, Any]) -> None:
    problem = ask(http, "PUT", "/agenda/placements", {"revision": 1, "changes": [place(session)]}, 409)
    assert problem["code"] == "consultation.agenda_changed"
    [changed] = problem["params"]["difference"]
    assert (changed["session"], changed["room"]) == (session["id"], "A")


def test_publication_reaches_readers_at_once(http: httpx.Client, session: dict[str, Any]) -> None:
    before = httpx.get(f"{http.base_url}{BASE}/programme").json()
    agenda = ask(http, "GET", "/agenda")
    ask(http, "PUT", "/agenda/placements", {"revision": agenda["revision"], "changes": [place(session, 12)]})
    assert httpx.get(f"{http.base_url}{BASE}/programme").json() == before
    publish(http)
    start = wait_for(
        lambda: (
            httpx.get(f"{http.base_url}{BASE}/programme").json()["sessions"][0]["start"]
            != before["sessions"][0]["start"]
        )
    )
    assert start
    [changed] = ask(http, "GET", "/programme/versions/0.2/difference?since=0.1")["changed"]
    assert ask(http, "GET", "/programme/versions/0.2/difference")["changed"] == [changed], "since the one before"
    first = ask(http, "GET", "/programme/versions/0.1/difference")
    assert (first["since"], first["changed"]) == (None, []), "nothing comes before the first"
    assert [change["field"] for change in changed["changes"]] == ["start", "end"]


def test_conference_apps_read_the_programme_as_xml(http: httpx.Client, session: dict[str, Any]) -> None:
    there = f"{http.base_url}{BASE}/programme"
    for name, media, part in (
        ("schedule.xml", "application/xml", "schedule"),
        ("calendar.xml", "application/calendar+xml", "icalendar"),
    ):
        read = httpx.get(f"{there}/{name}?lang=ar")
        assert (read.status_code, read.headers["Content-Type"]) == (200, f"{media}; charset=utf-8")
        assert fromstring(read.content).tag.rpartition("}")[2] == part
        assert ("الافتتاح" in read.text, "Ada &lt;i&gt;" in read.text) == (True, name == "schedule.xml")
        again = httpx.get(f"{there}/{name}?lang=ar", headers={"If-None-Match": read.headers["ETag"]})
        assert again.status_code == 304
    assert httpx.get(f"{there}/calendar.xml?day=2017-06-14").text.count("<vevent>") == 0


def test_logo_is_a_picture_by_its_content(http: httpx.Client, session: dict[str, Any]) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (20, 10), "navy").save(picture, "PNG")
    path = f"{BASE}/sessions/{session['id']}/logo"
    late = http.put(path, content=picture.getvalue(), headers={"Content-Type": "image/png"})
    assert (late.status_code, late.json()["code"]) == (409, "consultation.session_details_closed")
    ask(http, "POST", f"/sessions/{session['id']}/late-details", {"reason": "The logo has changed"})
    stored = http.put(path, content=picture.getvalue(), headers={"Content-Type": "image/png"})
    assert stored.status_code == 200, stored.text
    read = httpx.get(f"{http.base_url}{path}")
    assert read.content == picture.getvalue()
    assert read.headers["Content-Disposition"].startswith("attachment")
    text = http.put(path, content=b"<svg/>", headers={"Content-Type": "image/png"})
    assert text.status_code == 415
