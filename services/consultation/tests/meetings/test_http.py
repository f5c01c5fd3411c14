"""Meetings and nominations through the real gateway: uploads, streams, exports, permissions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_testkit import wait_for
from wsis_testkit.event_stream import EventClient
from wsis_testkit.tokens import TokenSigner

LINK = "https://meet.example/only-for-the-registered"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
SIGNER = TokenSigner()
OFFICER, MEMBER = SIGNER.headers("officer", sub="olga"), SIGNER.headers(sub="ada")


@pytest.fixture(scope="module")
def http(consultation: Any, fake_service: Any, open_gateway: Any) -> Any:
    """A client of the gateway."""
    fake_service(
        "accounts",
        jwks=SIGNER.jwks,
        contacts=lambda ids: [
            {"account": id, "email": f"{id}@ngo.example", "names": "Ada =Umutoni", "locale": "en"} for id in ids
        ],
        profile=lambda account: {"organization": "NGO", "country": "RW", "stakeholder_type": "civil_society"},
    )
    return open_gateway("consultation")


@pytest.fixture(scope="module")
def meeting(http: Any) -> str:
    """The address of a meeting that begins in an hour."""
    start = datetime.now(UTC) + timedelta(hours=1)
    end = start + timedelta(hours=2)
    body = {
        "title": {"en": "Regional meeting"},
        "start": start.isoformat(),
        "end": end.isoformat(),
        "join_url": LINK,
        "reason": "Asked for",
    }
    made = http.post("/v1/consultations/2017/meetings", json=body, headers=OFFICER)
    assert made.status_code == 201, made.text
    return f"/v1/consultations/2017/meetings/{made.json()['id']}"


def test_cached_minutes_follow_a_publication_at_once(http: Any, meeting: str) -> None:
    path = f"{meeting}/minutes"

    def publish(text: str) -> None:
        body = {"text": {"en": text}, "publish": True, "reason": "Agreed"}
        read = http.get(f"{path}/versions", headers=OFFICER).headers["ETag"]
        written = http.post(path, json=body, headers={**OFFICER, "If-Match": read})
        assert written.status_code == 201, written.text

    publish("First.")
    assert http.get(path).json()["text"] == "First."
    publish("Second.")
    wait_for(lambda: http.get(path).json()["text"] == "Second.", 10, "the minutes")
    draft = {"text": {"en": "Third."}, "reason": "Proposed"}
    read = http.get(f"{path}/versions", headers=OFFICER).headers["ETag"]
    assert http.post(path, json=draft, headers={**OFFICER, "If-Match": read}).status_code == 201
    approved = {"reason": "Approved"}
    assert http.put(f"{path}/3/publication", json=approved, headers=OFFICER).status_code == 200
    wait_for(lambda: http.get(path).json()["text"] == "Third.", 10, "the minutes")


def test_document_is_uploaded_by_officers_and_downloaded_by_everybody(http: Any, meeting: str) -> None:
    parts = {
        "body": (None, '{"title": {"en": "Agenda"}, "language": "en"}', "application/json"),
        "file": ("agenda.pdf", PDF, "application/pdf"),
    }
    assert http.post(f"{meeting}/documents", files=parts, headers=MEMBER).status_code == 403
    made = http.post(f"{meeting}/documents", files=parts, headers=OFFICER)
    assert made.status_code == 201, made.text
    found = http.get(f"{meeting}/documents/{made.json()['id']}")
    assert (found.content, found.headers["content-type"]) == (PDF, "application/pdf")
    assert found.headers["content-disposition"].startswith("attachment")
    text = {**parts, "file": ("agenda.pdf", b"not a PDF", "application/pdf")}
    assert http.post(f"{meeting}/documents", files=text, headers=OFFICER).status_code == 415


def test_list_of_speakers_is_followed_live_and_the_link_stays_private(
    http: Any, meeting: str, consultation: Any
) -> None:
    follower = EventClient(f"{http.base_url}{meeting}/floor")
    wait_for(lambda: follower.events)
    assert follower.events[0]["data"]["waiting"] == http.get(f"{meeting}/floor").json()["waiting"] == []
    registration = http.put(f"{meeting}/registration", json={"mode": "remote", "public_name": True}, headers=MEMBER)
    assert (registration.status_code, registration.json()["join_url"]) == (200, LINK)
    asked = http.post(f"{meeting}/interventions", json={"language": "fr", "topic": "Skills"}, headers=MEMBER)
    assert asked.status_code == 201, asked.text
    wait_for(lambda: [row["topic"] for row in follower.events[-1]["data"]["waiting"]] == ["Skills"])
    wait_for(lambda: http.get(f"{meeting}/floor").json()["waiting"] == follower.events[-1]["data"]["waiting"], 10)
    started = http.put(f"{meeting}/interventions/{asked.json()['id']}/start", headers=OFFICER)
    assert started.status_code == 200, started.text
    speaking = wait_for(lambda: follower.events[-1]["data"]["speaking"])
    assert (speaking["name"], speaking["mode"]) == ("Ada =Umutoni", "remote")
    follower.close()
    assert LINK not in http.get(meeting).text + str(follower.events)
    assert LINK not in consultation.served.log.read_text("utf-8")
    assert http.get(f"{meeting}/management", headers=MEMBER).status_code == 403


def test_badge_and_calendar_are_files_and_a_wrong_zone_names_the_field(http: Any, meeting: str) -> None:
    http.put(f"{meeting}/registration", json={"mode": "on_site"}, headers=MEMBER)
    badge = http.get(f"{meeting}/registration/badge", headers=MEMBER)
    assert badge.headers["content-type"].startswith("image/svg+xml")
    assert badge.headers["content-disposition"].startswith("attachment")
    assert http.get(f"{meeting}/calendar").headers["content-type"].startswith("text/calendar")
    wrong = http.get(f"{meeting}?time_zone=Europe/Nowhere", headers={"Accept-Language": "fr"})
    assert wrong.status_code == 422
    [error] = wrong.json()["errors"]
    assert (error["field"], error["codes"]) == ("time_zone", ["consultation.time_zone_unknown"])
    assert "Fuseau horaire inconnu" in str(error)
    assert http.get(f"{meeting}?time_zone=Africa/Kigali").json()["reader_start"].endswith("+02:00")


def test_only_coordinators_nominate_and_a_wrong_key_is_not_found(http: Any) -> None:
    body = {
        "mechanism": "plenary",
        "constituency": "civil_society",
        "full_name": "Ada",
        "bio": "Teaches.",
        "language": "en",
        "email": "ada@ngo.example",
    }
    assert http.post("/v1/consultations/2017/nominations", json=body, headers=MEMBER).status_code == 403
    coordinator = SIGNER.headers("coordinator", sub="carla")
    closed = http.post("/v1/consultations/2017/nominations", json=body, headers=coordinator)
    assert (closed.status_code, closed.json()["code"]) == (404, "consultation.mechanism_unknown")
    wrong = http.post("/v1/consultations/2017/candidates/none/consent/details", json={"key": "x"})
    assert (wrong.status_code, wrong.json()["code"]) == (404, "consultation.candidate_unknown")
    assert http.get("/v1/consultations/2017/facilitators").json() == {"items": []}
