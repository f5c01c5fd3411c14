"""The desk of the newsletter's readers and of their imports, without a broker; a store where a list is sent."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.errors import NotFound
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

ROW = {"code": "fr", "active": 1200, "unsubscribed": 30, "bounced": 4}
FIGURES = {
    **{"pending": 2, "active": 1234, "unsubscribed": 30, "bounced": 4, "formats": []},
    **{"languages": [ROW], "topics": [{**ROW, "code": "forum"}], "regions": [{**ROW, "code": "none"}]},
    "months": [{"month": f"2017-{month:02}", "joined": month, "left": 1} for month in range(1, 13)],
}
READER = {
    "id": "s1",
    "email": "amina@example.org",
    "first_name": "Amina",
    "last_name": "<b>",
    "format": "html",
    "language": "fr",
    "topics": ["forum", "prizes"],
    "stakeholder_type": None,
    "country": "KE",
    "state": "unsubscribed",
    "consent": {"at": "2017-01-01T08:00:00Z", "source": "form", "text_version": "1", "text": None, "import_id": None},
    "bounces": {"hard": 1, "soft": 0, "last_at": None, "last_status": None},
    "created_at": "2017-01-01T08:00:00Z",
    "unsubscribed_at": "2017-02-01T08:00:00Z",
}
COLUMN = {"field": None, "also": None, "day_order": None, "marks": None, "examples": [], "unsure": False}
IMPORT = {
    "id": "j1",
    "state": "completed",
    "dry_run": True,
    "filename": "forum <2016>.csv",
    "sha256": "0" * 64,
    "unknown_columns": ["fax"],
    "reading": {
        **{"format": "csv", "sheet": None, "sheets": [], "header_row": 3, "encoding": "cp1250", "delimiter": ";"},
        "columns": ["E-mail", "fax"],
        "notes": [{"code": "encoding_guessed", "text": "The encoding was guessed: cp1250."}],
    },
    "rows": 2000,
    "counts": {"created": 1990, "unchanged": 8, "refused": 2},
    "refusal": None,
    "created_at": "2017-02-01T08:00:00Z",
    "ended_at": "2017-02-01T08:01:00Z",
    "source": "forum-2016",
    "mapping_state": "proposed",
    "file_until": "2017-02-02T08:01:00Z",
    "application": None,
}
MAPPING = {
    "source": "forum-2016",
    "state": "proposed",
    "number": None,
    "columns": [
        {**COLUMN, "column": "E-mail", "field": "email"},
        {**COLUMN, "column": "Joined", "field": "consent_at", "examples": ["3/4/2014"], "unsure": True},
        {**COLUMN, "column": "Group", "field": "stakeholder_type", "examples": ["Clinics"]},
        {**COLUMN, "column": "News: prizes", "field": "topics", "marks": "News: prizes"},
        {**COLUMN, "column": "fax"},
    ],
    "constants": [{"field": "language", "value": "en"}],
    "values": [{"field": "country", "value": "Kenia", "codes": ["KE"]}],
    "missing": ["consent_source", "consent_text"],
}
UNREAD = {
    **{"field": "stakeholder_type", "value": "Clinics", "code": "notifications.import_value_left_out"},
    **{"reason": "Not understood: left out.", "refused": False, "count": 12, "likely": [], "row": 5},
}
REFUSAL = {"row": 7, "field": "consent_at", "code": None, "reason": "The consent is in the future."}
READERS, IMPORTS = "/desk/newsletter/readers", "/desk/newsletter/imports"
PATHS = [READERS, f"{READERS}/s1", IMPORTS, f"{IMPORTS}/j1", f"{IMPORTS}/j1/mapping"]


@pytest.fixture
def pages() -> Any:
    """An officer's browser, and a service that answers as if all went well."""
    made = Pages(
        {
            "notifications.subscriber_figures": FIGURES,
            "notifications.look_up_subscriber": READER,
            "notifications.read_subscriber": READER,
            "notifications.erase_subscriber": None,
            "notifications.list_subscriber_imports": {"items": [IMPORT], "next": "n2"},
            "notifications.start_subscriber_import": {"id": "j1"},
            "notifications.read_subscriber_import": IMPORT,
            "notifications.read_subscriber_import_mapping": MAPPING,
            "notifications.list_subscriber_import_values": {"items": [UNREAD], "next": None},
            "notifications.start_subscriber_import_mapping": {"id": "j2"},
            "notifications.start_subscriber_import_application": {"id": "j3"},
            "notifications.list_subscriber_refusals": {"items": [REFUSAL], "next": "n3"},
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


@pytest.mark.parametrize("path", [*PATHS, f"{READERS}?file=readers"])
def test_a_member_sees_no_readers(pages: Any, path: str) -> None:
    pages.cookies.clear()
    assert pages.sign_in().get(f"/en{path}").status == 403


def test_readers_are_counted_and_the_newest_month_comes_first(pages: Any) -> None:
    shown = pages.get(f"/en{READERS}")
    assert "1,234 Subscribed" in shown.text()
    assert shown.all("//section[@aria-labelledby='months']//tbody/tr[1]/th/text()") == ["2017-12"]
    assert "No country given" in shown.text()


def test_a_reader_is_found_by_the_address_which_no_address_of_a_page_shows(pages: Any) -> None:
    shown = pages.get(f"/en{READERS}").send(email="amina@example.org")
    assert shown.address == f"/en{READERS}/s1"
    pages.bus.answers["notifications.look_up_subscriber"] = NotFound("notifications.subscriber_unknown", "")
    unknown = pages.get(f"/en{READERS}").send(email="nobody@example.org")
    assert (unknown.status, unknown.all("//input[@name='email']/@value")) == (404, ["nobody@example.org"])
    assert "There is no such subscriber" in unknown.text("//div[@role='alert']")


def test_a_reader_is_erased_with_a_reason_and_after_a_check(pages: Any) -> None:
    wrong = pages.get(f"/en{READERS}/s1").send(reason="")
    assert (wrong.status, wrong.all("//div[@role='alert']//a/@href")) == (422, ["#erase-reason"])
    check = wrong.send(reason="They asked by letter")
    assert (pages.sent("erase_subscriber"), "cannot be undone" in check.text()) == ([], True)
    assert check.send().address == f"/en{READERS}"
    assert pages.sent("erase_subscriber") == [{"subscriber": "s1", "body": {"reason": "They asked by letter"}}]


def test_an_import_says_what_it_did_or_would_do_and_why_rows_were_refused(pages: Any) -> None:
    shown = pages.get(f"/en{IMPORTS}/j1")
    assert "Nothing was changed" in shown.text("//div[contains(@class, 'notice')]")
    assert "1,990 New readers" in shown.text()
    assert "The consent is in the future." in shown.text("//table")
    assert "The encoding was guessed: cp1250." in shown.text("//section[@aria-labelledby='reading']")
    assert f"/en{IMPORTS}/j1?after=n3" in shown.all("//main//a/@href")
    assert f"/en{IMPORTS}/j1?file=refused" in shown.all("//main//a/@href")


def test_a_trial_leads_to_its_mapping_and_lists_what_was_not_understood(pages: Any) -> None:
    shown = pages.get(f"/en{IMPORTS}/j1")
    assert "was guessed" in shown.text("//section[@aria-labelledby='mapping']")
    assert f"/en{IMPORTS}/j1/mapping" in shown.all("//main//a/@href")
    assert "Clinics" in shown.text("//section[@aria-labelledby='values']//tbody")
    assert shown.all("//form[@method='post']") == []  # nobody imports what was only guessed


def test_a_mapping_is_confirmed_with_what_all_rows_share(pages: Any) -> None:
    shown = pages.get(f"/en{IMPORTS}/j1/mapping")
    assert "Where they agreed · Text to which they agreed" in shown.text("//div[contains(@class, 'notice')]")
    assert "A mark (x, yes, 1) means: News: prizes" in shown.text("//main")
    wrong = shown.send(reason="")
    assert (wrong.status, wrong.all("//div[@role='alert']//a/@href")) == (422, ["#map-reason"])
    typed = {
        "columns.1.day_order": "day_first",
        "constants.1.value": "Stand of 2014",
        "values.0.codes.0": "civil_society",
    }
    done = wrong.send(reason="The list of the forum", **typed)
    assert done.address == f"/en{IMPORTS}/j2"
    [sent] = pages.sent("start_subscriber_import_mapping")
    body = sent["body"]
    assert [each["field"] for each in body["columns"]] == ["email", "consent_at", "stakeholder_type", "topics", None]
    assert body["columns"][1]["day_order"] == "day_first"
    assert {"field": "consent_source", "value": "Stand of 2014"} in body["constants"]
    assert [(each["value"], each["codes"]) for each in body["values"]] == [
        ("Clinics", ["civil_society"]),
        ("Kenia", ["KE"]),
    ]


def test_the_tried_list_is_imported_after_a_check_once_its_mapping_is_confirmed(pages: Any) -> None:
    pages.bus.answers["notifications.read_subscriber_import"] = {**IMPORT, "mapping_state": "confirmed"}
    check = pages.get(f"/en{IMPORTS}/j1").send(reason="The list of the forum")
    assert (check.status, pages.sent("start_subscriber_import_application")) == (200, [])
    assert "cannot be taken back" in check.text("//*[@role='status']")
    assert check.send().address == f"/en{IMPORTS}/j3"
    [sent] = pages.sent("start_subscriber_import_application")
    assert sent == {"id": "j1", "body": {"reason": "The list of the forum"}}


LIST = ("forum.csv", "text/csv", b"email,consent_at\na@example.org,2017-01-01\n")


@pytest.mark.parametrize(
    ("dry_run", "said"),
    [("", "an import cannot be taken back"), ("true", "The list is read and counted, and nothing is changed")],
)
def test_an_import_starts_after_a_check_that_says_what_it_does(
    pages: Any, environment: object, dry_run: str, said: str
) -> None:
    how = {"sheet": "Data", "header_row": "3", "encoding": "shift_jis", "delimiter": "tab"}
    typed = {"dry_run": [dry_run] if dry_run else [], "reason": "The list of the forum", **how}
    check = pages.get(f"/en{IMPORTS}").send(chosen=LIST, **typed)
    assert (check.status, pages.sent("start_subscriber_import")) == (200, [])
    assert said in check.text("//*[@role='status']")
    assert "forum.csv" in check.text("//dl")
    assert check.send().address == f"/en{IMPORTS}/j1"
    [sent] = pages.sent("start_subscriber_import")
    assert (sent["upload"]["filename"], sent["body"]["dry_run"]) == ("forum.csv", bool(dry_run))
    assert sent["body"]["reason"] == "The list of the forum"
    assert {name: sent["body"][name] for name in how} == {**how, "header_row": 3, "delimiter": "\t"}


def test_an_import_without_a_file_or_a_reason_is_not_checked(pages: Any) -> None:
    wrong = pages.get(f"/en{IMPORTS}").send(reason="")
    assert set(wrong.all("//div[@role='alert']//a/@href")) == {"#start-file", "#start-reason"}
