"""Speakers and documents of a meeting on the desk, without a broker."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit.pages import Pages

from ..page_answers import MEETING
from ..page_kit import in_each_language, site

DESK = "/desk/consultations/2017/meetings/m1"
SAID: dict[str, Any] = {
    "id": "i9",
    "number": 9,
    "name": None,
    "organization": "Digital NGO",
    "stakeholder_type": None,
    "mode": "on_site",
    "kind": "statement",
    "language": "fr",
    "topic": None,
    "agenda_item": None,
    "state": "done",
    "started_at": "2016-10-12T14:35:00Z",
    "ended_at": "2016-10-12T14:38:00Z",
    "seconds": 180,
    "over_limit": False,
    "participant": "p9",
    "full_name": "Amina Diallo",
    "country": "SN",
    "requested_at": "2016-10-12T14:30:00Z",
    "summary": None,
}
PERSON = {
    "id": "p7",
    "number": 7,
    "mode": "on_site",
    "state": "registered",
    "full_name": "Kofi Osei",
    "email": "kofi@gov.example",
    "locale": "en",
    "region": "africa",
    "time_zone": "Africa/Accra",
    "public_name": True,
    "registered_at": "2016-10-01T08:00:00Z",
}
PAPER = {
    "id": "d1",
    "title": "Concept note",
    "language": "en",
    "filename": "concept.pdf",
    "media_type": "application/pdf",
    "size": 20_480,
    "sha256": "ab" * 32,
    "at": "2016-10-01T08:00:00Z",
}


@pytest.fixture
def pages() -> Pages:
    return site(
        read_meeting={**MEETING, "phase": None, "documents": [PAPER]},
        list_participants={"items": [PERSON], "next": None},
        list_interventions={"items": [SAID], "next": None},
        request_floor_for=SAID,
        summarize_intervention=SAID,
        remove_meeting_document=None,
        record_page=None,
    ).sign_in("officer")


def test_the_pages_show_in_each_language(pages: Pages) -> None:
    in_each_language(pages, f"{DESK}/speakers")
    in_each_language(pages, f"{DESK}/documents")
    pages.cookies.clear()
    for part in ("speakers", "documents"):
        assert pages.sign_in("member").get(f"/en{DESK}/{part}").status == 403


def test_a_participant_gets_on_the_list_by_name_and_badge(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/speakers")
    assert pages.sent("list_participants")[-1]["state"] == "registered"
    assert "Kofi Osei · 7" in shown.text("//select[@name='participant']")
    form = shown.form_named("request")
    back = shown.send(form, topic="Access")
    assert back.all("//div[@role='alert']//a/@href") == ["#request-participant"]
    back.send(back.form_named("request"), participant="p7")
    [sent] = pages.bodies("request_floor_for")
    assert (sent["participant"], sent["kind"], sent["topic"], sent["language"]) == ("p7", "statement", "Access", "en")


def test_who_may_not_read_the_participants_still_writes_what_was_said(pages: Pages) -> None:
    pages.cookies.clear()
    shown = pages.sign_in("member", "chair").get(f"/en{DESK}/speakers")
    assert (shown.status, pages.sent("list_participants")) == (200, [])
    assert "You see nobody here" in shown.text()
    shown.send(shown.form_named("summarize"), summary="Access is first.")
    [sent] = pages.sent("summarize_intervention")
    assert (sent["intervention"], sent["body"]) == ("i9", {"summary": "Access is first.", "reason": None})


def test_a_summary_that_is_empty_comes_back_at_its_speech(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/speakers")
    back = shown.send(shown.form_named("summarize"), reason="For the minutes")
    assert back.all("//div[@role='alert']//a/@href") == ["#summarize-i9-summary"]
    assert back.text("//textarea[@id='summarize-i9-reason']") == "For the minutes"


def test_a_document_is_removed_after_a_check(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/documents")
    assert "Concept note" in shown.text()
    check = shown.send(shown.form_named("remove"))
    assert "the file is deleted" in check.text("//*[@role='status']")
    assert pages.sent("remove_meeting_document") == [], "nothing has happened yet"
    assert check.send().address == f"/en{DESK}/documents?done=yes"
    assert pages.sent("remove_meeting_document")[0]["document"] == "d1"


def test_a_document_without_a_file_or_a_title_names_both(pages: Pages) -> None:
    shown = pages.get(f"/en{DESK}/documents")
    assert shown.all("//form[@enctype='multipart/form-data']//input[@type='file']/@accept") == [".pdf,.docx"]
    back = shown.send(shown.form_named("add"), language="fr")
    assert "#add-file" in back.all("//div[@role='alert']//a/@href")
    assert back.all("//select[@name='language']/option[@selected]/@value") == ["fr"]
