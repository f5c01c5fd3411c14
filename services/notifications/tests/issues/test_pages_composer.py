"""The composer on its pages, without a broker; a store where a picture is sent."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from ..issue_kit import content

SECTIONS = [{"id": str(number), **each} for number, each in enumerate(content()["sections"], 1)]
DRAFT = {
    "id": "i1",
    "number": 51,
    "state": "draft",
    "version": 3,
    "created_at": "2017-07-01T08:00:00Z",
    "sent_at": None,
    "content": {**content(), "sections": SECTIONS},
    "images": [{"id": "p1", "media_type": "image/png", "size": 9, "width": 1200, "height": 500}],
}
LISTED = {
    **{name: DRAFT[name] for name in ("id", "number", "state", "version", "created_at", "sent_at")},
    **{"month": "2017-07", "title": "Outcomes", "summary": "", "topics": ["forum"], "languages": ["en", "fr"]},
}
FINDINGS = [
    {"level": "error", "code": "alt_missing", "message": "No alternative text.", "section": 2, "language": "en"},
    {"level": "warning", "code": "title_long", "message": "Long title.", "section": None, "language": None},
]
CHECK = {"ready": False, "findings": FINDINGS, "html_bytes": {}, "contrast": 5.0}
CAMPAIGN = {
    "id": "c1",
    "kind": "full",
    "issue": "i1",
    "name": "Outcomes",
    "state": "draft",
    "created_at": "2017-07-02T08:00:00Z",
    "scheduled_at": None,
    "started_at": None,
}
PAGE = "/desk/newsletter/i1"
PATHS = ["/desk/newsletter", PAGE, f"{PAGE}/head", f"{PAGE}/head?into=fr", f"{PAGE}/sections/2"]
PATHS += [f"{PAGE}/sections/2?into=ar", f"{PAGE}/sections/2/image", f"{PAGE}/send"]


@pytest.fixture
def pages() -> Any:
    """An officer's browser, and a service that answers as if all went well."""
    made = Pages(
        {
            "notifications.list_compositions": {"items": [LISTED], "next": "n2"},
            "notifications.read_composition": DRAFT,
            "notifications.create_issue": DRAFT,
            "notifications.change_issue": DRAFT,
            "notifications.change_issue_section": DRAFT,
            "notifications.add_issue_section": {"section": "9", "version": 4},
            "notifications.move_issue_section": DRAFT,
            "notifications.add_issue_image": {**DRAFT["images"][0], "id": "p2"},
            "notifications.delete_issue_section": None,
            "notifications.delete_issue": None,
            "notifications.copy_issue": {**DRAFT, "id": "i2"},
            "notifications.move_issue": DRAFT,
            "notifications.check_issue": CHECK,
            "notifications.test_campaign": {**CAMPAIGN, "kind": "test"},
            "notifications.create_campaign": CAMPAIGN,
            "notifications.list_campaigns": {"items": [CAMPAIGN], "next": None},
            "notifications.preview_issue_page": {"text": "<h1 style='x'>مرحبا</h1>", "filename": "i1.html"},
            "notifications.preview_issue_text": {"text": "Bonjour", "filename": "i1.txt"},
        },
        "notifications",
        "accounts",
    )
    return made.sign_in("officer")


@pytest.mark.parametrize("language", LOCALES)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_shows_in_each_language(pages: Any, path: str, language: str) -> None:
    shown = pages.get(f"/{language}{path}")
    assert (shown.status, shown.all("/html/@lang")) == (200, [language])
    assert len(shown.all("//h1")) == 1
    ids = shown.all("//*/@id")
    assert len(ids) == len(set(ids))
    assert "None" not in shown.text()


@pytest.mark.parametrize("path", [*PATHS, f"{PAGE}?file=mail", f"{PAGE}?file=text"])
def test_a_member_has_no_composer(pages: Any, path: str) -> None:
    pages.cookies.clear()
    assert pages.sign_in().get(f"/en{path}").status == 403


def test_an_issue_begins_and_goes_on_with_its_title(pages: Any) -> None:
    shown = pages.get("/fr/desk/newsletter").send(month="2017-08", language="fr", topics=["forum"])
    assert shown.address == f"/fr{PAGE}/head"
    [sent] = pages.sent("create_issue")
    assert (sent["body"]["month"], sent["body"]["language"], sent["body"]["topics"]) == ("2017-08", "fr", ["forum"])


def test_a_month_that_is_none_comes_back(pages: Any) -> None:
    shown = pages.get("/en/desk/newsletter").send(month="August", topics=["forum"])
    assert (shown.status, shown.all("//input[@name='month']/@value")) == (422, ["August"])
    assert shown.all("//div[@role='alert']//a/@href") == ["#begin-month"]


def test_contents_show_what_is_written_in_which_language_and_lead_there(pages: Any) -> None:
    shown = pages.get(f"/en{PAGE}")
    cells = {
        href: text for href, text in zip(shown.all("//td/a/@href"), shown.all("//td/a/text()"), strict=True) if text
    }
    assert cells[f"/en{PAGE}/sections/3?into=fr"] == "missing"
    assert cells[f"/en{PAGE}/sections/3?into=en"] == "written"
    assert cells[f"/en{PAGE}/sections/1?into=zh"] == "written"
    assert f"/ar{PAGE}?file=mail" in cells


def test_sections_are_added_and_moved(pages: Any) -> None:
    shown = pages.get(f"/en{PAGE}")
    shown.send(0, kind="calendar")
    assert pages.sent("add_issue_section") == [{"issue": "i1", "body": {"kind": "calendar"}}]
    assert pages.get(f"/en{PAGE}").send(3, position="1").address == f"/en{PAGE}"
    assert pages.sent("move_issue_section") == [{"issue": "i1", "section": "3", "body": {"position": 1}}]


def test_all_languages_of_a_section_stand_side_by_side(pages: Any) -> None:
    shown = pages.get(f"/en{PAGE}/sections/2")
    assert set(shown.all("//textarea/@name")) == {f"text.{code}" for code in LOCALES}
    done = shown.send(**{"text.fr": "Autre", "title.ar": ""})
    [sent] = pages.sent("change_issue_section")
    assert (sent["section"], sent["body"]["version"]) == ("2", 3)
    assert (sent["body"]["text"]["fr"], sent["body"]["title"]["ar"]) == ("Autre", None)
    assert (done.status, done.text("//*[@role='status']")) == (200, "Saved.")


def test_one_language_is_written_beside_its_source_and_sends_no_other(pages: Any) -> None:
    shown = pages.get(f"/en{PAGE}/sections/2?into=fr")
    assert "Report your activities" in shown.text()
    done = shown.send(**{"text.fr": "Autre"})
    [sent] = pages.sent("change_issue_section")
    assert (sent["body"]["text"], list(sent["body"]["title"])) == ({"fr": "Autre"}, ["fr"])
    assert done.all("//textarea/@name") == ["text.fr"]
    assert f"/en{PAGE}/sections/3?into=fr" in done.all("//main//a/@href")


def test_a_colleagues_text_stands_beside_ones_own_and_neither_is_lost(pages: Any) -> None:
    shown = pages.get(f"/en{PAGE}/sections/2?into=fr")
    theirs = {**SECTIONS[1], "text": {**SECTIONS[1]["text"], "fr": "Le leur"}}
    now = {**DRAFT, "version": 5, "content": {**DRAFT["content"], "sections": [SECTIONS[0], theirs]}}
    changed = "Changed by another officer meanwhile."
    pages.bus.answers["notifications.read_composition"] = now
    clash = Conflict("notifications.issue_changed", "", fields={"text.fr": [changed]}, version=5)
    pages.bus.answers["notifications.change_issue_section"] = clash
    back = shown.send(**{"text.fr": "Le mien"})
    assert (back.status, back.text("//textarea[@name='text.fr']")) == (409, "Le mien")
    assert "Le leur" in back.text("//div[contains(@class, 'notice')]")
    assert back.all("//input[@name='version']/@value") == ["3"]
    assert back.all("//input[@name='seen']/@value") == ["5"]
    pages.bus.answers["notifications.change_issue_section"] = now
    back.send(seen="5")
    assert pages.sent("change_issue_section")[-1]["body"] | {"title": {}, "link": {}} == {
        "version": 3,
        "seen": 5,
        "title": {},
        "text": {"fr": "Le mien"},
        "link": {},
    }


def test_an_image_is_sent_from_a_page_of_its_own_so_that_no_text_is_lost(pages: Any, environment: object) -> None:
    shown = pages.get(f"/en{PAGE}/sections/2")
    assert shown.all("//input[@type='file']") == []
    lead = shown.text("//section[@aria-labelledby='image']")
    assert "Save your texts first: what is not saved is lost on the way." in lead
    [address] = shown.all("//section[@aria-labelledby='image']//a/@href")
    added = [*DRAFT["images"], {**DRAFT["images"][0], "id": "p2"}]  # type: ignore[misc]
    pages.bus.answers["notifications.read_composition"] = {**DRAFT, "images": added}
    png = b"\x89PNG\r\n\x1a\n" + bytes(4) + b"IHDR" + bytes(100) + b"IEND\xaeB`\x82"
    back = pages.get(str(address)).send(chosen=("forum.png", "image/png", png))
    assert back.address == f"/en{PAGE}/sections/2?image=p2"
    assert back.all("//select[@name='image.id']/option[@selected]/@value") == ["p2"]
    assert "Choose it and save" in back.text("//*[@role='status']")
    saved = back.send(**{"image.id": "p1"})
    assert pages.sent("change_issue_section")[-1]["body"]["image"]["id"] == "p1"
    assert "Choose it and save" not in saved.text()


def test_the_page_of_an_image_leads_back_to_its_section(pages: Any) -> None:
    shown = pages.get(f"/en{PAGE}/sections/2/image")
    assert shown.all("//main//a/@href")[-1] == f"/en{PAGE}/sections/2"
    wrong = shown.send()
    assert (wrong.status, wrong.all("//div[@role='alert']//a/@href")) == (422, ["#image-file"])


def test_a_section_goes_after_a_check_as_it_was_read(pages: Any) -> None:
    check = pages.get(f"/en{PAGE}/sections/2").send(1)
    assert (pages.sent("delete_issue_section"), "cannot be undone" in check.text()) == ([], True)
    assert check.send().address == f"/en{PAGE}"
    assert pages.sent("delete_issue_section") == [{"issue": "i1", "section": "2", "version": 3}]


def test_a_section_that_is_not_there_is_a_page_too(pages: Any) -> None:
    assert pages.get(f"/en{PAGE}/sections/77").status == 404
    pages.bus.answers["notifications.read_composition"] = NotFound("notifications.issue_unknown", "", issue="x")
    assert pages.get("/en/desk/newsletter/x").status == 404


def test_the_check_is_in_the_officers_language_and_leads_to_what_it_found(pages: Any) -> None:
    shown = pages.get(f"/fr{PAGE}/send")
    [context] = [ctx for call, _, ctx in pages.bus.calls if call == "notifications.check_issue"]
    assert context.locale == "fr"
    links = shown.all("//section[@aria-labelledby='check']//a/@href")
    assert links == [f"/fr{PAGE}/sections/2?into=en", f"/fr{PAGE}/head"]


def test_a_test_mail_goes_to_oneself_in_the_languages_that_are_ticked(pages: Any) -> None:
    done = pages.get(f"/en{PAGE}/send").send(0, languages=["en", "ar"], addresses=["b@example.org", ""])
    [sent] = pages.sent("test_campaign")
    assert sent["body"] == {"issue": "i1", "languages": ["en", "ar"], "addresses": ["b@example.org"], "format": "html"}
    assert done.address == f"/en{PAGE}/send?done=tested"


def test_an_issue_is_made_ready_and_one_with_errors_says_so(pages: Any) -> None:
    pages.bus.answers["notifications.move_issue"] = Conflict("notifications.issue_faulty", "", errors=2)
    wrong = pages.get(f"/en{PAGE}/send").send(1)
    assert (wrong.status, "errors: 2" in wrong.text("//div[@role='alert']")) == (409, True)
    [sent] = pages.sent("move_issue")
    assert sent["body"] == {"state": "ready", "version": 3, "reason": None}


def test_a_ready_issue_is_handed_to_a_campaign_of_some_readers(pages: Any) -> None:
    pages.bus.answers["notifications.read_composition"] = {**DRAFT, "state": "ready"}
    pages.get(f"/en{PAGE}/send").send(1, **{"segment.languages": ["fr", "ar"]})
    [sent] = pages.sent("create_campaign")
    assert (sent["body"]["issue"], sent["body"]["segment"]["languages"]) == ("i1", ["fr", "ar"])
    assert pages.sent("list_campaigns")[0]["issue"] == "i1"


@pytest.mark.parametrize(("name", "call", "path"), [("delete", "delete_issue", PAGE), ("cancel", "move_issue", "send")])
def test_what_is_final_is_asked_again(pages: Any, name: str, call: str, path: str) -> None:
    address = f"/en{PAGE}" if path == PAGE else f"/en{PAGE}/send"
    form = {"_form": name, "version": "3", "state": "canceled"} if name == "cancel" else {"_form": name}
    check = pages.post(address, form)
    assert (check.status, pages.sent(call), "cannot be undone" in check.text()) == (200, [], True)
    check.send()
    assert len(pages.sent(call)) == 1


def test_a_mail_is_shown_as_its_readers_see_it(pages: Any) -> None:
    shown = pages.get(f"/ar{PAGE}?file=mail")
    assert (shown.status, shown.html) == (200, "<h1 style='x'>مرحبا</h1>")
    assert "sandbox" in shown.headers["content-security-policy"]
    assert shown.headers["cache-control"] == "no-store"
    [context] = [ctx for call, _, ctx in pages.bus.calls if call == "notifications.preview_issue_page"]
    assert context.locale == "ar"
    text = pages.get(f"/fr{PAGE}?file=text")
    assert (text.headers["content-type"], text.html) == ("text/plain; charset=utf-8", "Bonjour")


def test_a_mail_is_shown_to_who_signs_in_alone(pages: Any) -> None:
    pages.cookies.clear()
    pages.bus.answers["accounts.request_code"] = {"message": "On its way"}
    assert pages.get(f"/en{PAGE}?file=mail").address.startswith("/en/sign-in?next=")
