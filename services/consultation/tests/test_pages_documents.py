"""How officers build documents, write their texts and publish them on pages, without a broker."""

import pytest
from wsis_shared.errors import PreconditionFailed

from .page_answers import DOCUMENT
from .page_kit import in_each_language, site, sound
from .test_pages_board import JOB

DESK = "/en/desk/consultations/2017/documents"
PUBLISHED = {
    **DOCUMENT,
    "status": "published",
    "built_at": "2017-03-01T09:00:00Z",
    "prose": {"conclusions": {"en": "Thanks to all."}},
    "outdated": [],
    "missing_characters": [],
}
DRAFT = {
    **PUBLISHED,
    "id": "draft",
    "version": "1.1",
    "status": "draft",
    "published_at": None,
    "total": 131,
    "prose": {"conclusions": {"en": "Thanks to all of you.", "ar": "شكراً لكم"}},
    "revision": 3,
}


@pytest.fixture
def pages():
    pages = site(
        list_document_versions={"items": [DRAFT, PUBLISHED]},
        read_document_version=DRAFT,
        write_document_prose=DRAFT,
        publish_document={**DRAFT, "status": "published"},
        remove_document=None,
        start_document=JOB,
        render_document_files=JOB,
        read_job=JOB,
    )
    return pages.sign_in("officer")


@pytest.mark.parametrize("path", ["", "/new", "/draft"])
def test_a_page_shows_in_each_language(pages, path):
    in_each_language(pages, f"/desk/consultations/2017/documents{path}")
    pages.cookies.clear()
    assert pages.sign_in("member").get(f"{DESK}{path}").status == 403


def test_a_version_is_built_by_a_job(pages):
    [link] = pages.get(DESK).all("//a[contains(@href, '/new')]/@href")
    shown = pages.get(str(link)).send(kind="outcomes", languages=["en", "fr"])
    assert shown.address == f"{DESK}?job=consultation.j1"
    assert "running" in shown.text("//*[@role='status']")
    [started] = pages.sent("start_document")
    body = started["body"]
    assert (body["kind"], body["languages"], body["merge_academia_technical"]) == ("outcomes", ["en", "fr"], True)


def test_texts_stand_side_by_side_in_their_languages_and_are_saved_on_what_was_read(pages):
    shown = pages.get(f"{DESK}/draft")
    [arabic] = shown.all("//textarea[@name='conclusions.ar']")
    assert (arabic.value, arabic.get("lang")) == ("شكراً لكم", "ar")
    pages.bus.answers |= {
        "consultation.read_document_version": {**DRAFT, "revision": 4},
        "consultation.write_document_prose": PreconditionFailed("suite.changed_since_read", ""),
    }
    refused = shown.send(shown.form("Save"), **{"conclusions.fr": "Merci à tous."})
    assert refused.status == 412
    assert refused.all("//textarea[@name='conclusions.fr']")[0].value == "Merci à tous."
    [box] = refused.all("//input[@type='checkbox'][@name='_revision']/@value")
    pages.bus.answers["consultation.write_document_prose"] = DRAFT
    refused.send(refused.form("Save"), _revision=str(box))
    assert [each["if_match"] for each in pages.sent("write_document_prose")] == [[3], [4]]
    assert pages.sent("write_document_prose")[-1]["body"]["conclusions"]["fr"] == "Merci à tous."


def test_a_publication_is_checked_with_what_differs(pages):
    shown = pages.get(f"{DESK}/draft")
    check = shown.send(shown.form("Publish this version"))
    sound(check)
    assert pages.sent("publish_document") == []
    assert [cell.text_content() for cell in check.all("//table//td")] == ["120", "131"]
    assert "Conclusions: English, Arabic" in check.text()
    check.send()
    assert pages.sent("publish_document")[0]["document"] == "draft"


def test_a_draft_whose_files_are_older_is_rendered_and_not_published(pages):
    pages.bus.answers["consultation.read_document_version"] = {**DRAFT, "outdated": ["ar"], "missing_characters": ["ჟ"]}
    shown = pages.get(f"{DESK}/draft")
    assert "Publish this version" not in shown.all("//button/text()")
    assert shown.send(shown.form("Render them again")).address == f"{DESK}/draft?job=consultation.j1"
    shown.send(shown.form("Delete this draft")).send()
    assert pages.sent("remove_document")[0]["document"] == "draft"


def test_the_outcome_document_says_who_came(pages):
    counted = {"participants": 212, "participant_countries": 12, "ministers": 47, "outcomes": 12, "total": 14}
    rows = [{"codes": ["minister"], "count": 47, "percent": 22}, {"codes": ["delegate"], "count": 165, "percent": 78}]
    found = {**DOCUMENT, "kind": "outcome_document", "title": "Outcome Document", "total": 14}
    pages.bus.answers["consultation.read_document"] = {
        **found,
        "statistics": {**counted, "participants_by_rank": rows},
    }
    pages.bus.answers["consultation.list_documents"] = {"items": []}
    in_each_language(pages, "/consultations/2017/documents/doc")
    shown = pages.get("/en/consultations/2017/documents/doc").text("//main")
    assert all(said in shown for said in ("Ministers and deputy ministers", "47", "Participants by rank", "Delegate"))
    choices = pages.get(f"{DESK}/new").text("//main")
    assert "Outcome Document" in choices
