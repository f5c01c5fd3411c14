"""The desk of the register: what officers decide on pages alone; without a broker."""

import pytest
from wsis_shared.schemas import LOCALES
from wsis_testkit.pages import Pages

from .desk_answers import DESK, DESK_PATHS, REVIEW
from .job_answers import JOB


@pytest.fixture
def pages():
    return Pages(DESK, "stocktaking").sign_in("officer")


@pytest.mark.parametrize("language", LOCALES)
def test_each_page_shows_in_each_language(pages, language):
    for path in DESK_PATHS:
        shown = pages.get(f"/{language}{path}")
        assert (shown.status, len(shown.all("//h1"))) == (200, 1), path
        assert "None" not in shown.text(), path


def test_the_desk_is_for_officers(pages):
    for path in DESK_PATHS:
        assert Pages(DESK, "stocktaking").sign_in().get(f"/en{path}").status == 403, path


def test_the_queue_leads_to_each_review(pages):
    shown = pages.get("/en/desk/entries")
    assert "/en/desk/entries/e1" in shown.all("//main//a/@href")
    assert "waits since 1 May 2017 update" in shown.text()


def test_lists_say_how_many_wait_in_all(pages):
    for name in ("list_reviews", "list_duplicates", "list_matrix_proposals"):
        pages.bus.answers[f"stocktaking.{name}"] = DESK[f"stocktaking.{name}"] | {"total": 1234}
    assert pages.get("/en/desk/entries").text("//main//h2[1]") == "1,234 entries wait"
    assert pages.get("/en/desk/duplicates").text("(//main//h2)[1]") == "1,234 pairs to decide"
    assert "To decide · 1,234" in pages.get("/en/desk/matrix").text("//main//h2")


def test_the_queue_is_a_file_for_officers_alone(pages):
    pages.bus.answers["stocktaking.record_export"] = None
    [address] = pages.get("/en/desk/entries").all("//a[text()='List (Excel)']/@href")
    shown = pages.get(address)
    assert shown.headers["content-disposition"].startswith('attachment; filename="entry-reviews')
    assert shown.headers["cache-control"] == "no-store"
    assert Pages(DESK, "stocktaking").sign_in().get(address).status == 403
    assert "/en/sign-in" in Pages(DESK, "stocktaking", "accounts").get(address).html


@pytest.mark.parametrize(
    ("path", "file", "cell"),
    [
        ("matrix?done=yes", "proposals", ("justification", "Agreed in May.")),
        ("matrix/p1", "comments", ("text", "We agree.")),
        ("entries/e1?done=corrected", "revisions", ("by", "a1")),
    ],
)
def test_lists_of_the_desk_are_files(pages, path, file, cell):
    revision = {"number": 2, "source": "submission", "published_from": "2017-05-02T08:00:00Z", "by": "a1"}
    pages.bus.answers["stocktaking.list_revision_authors"] = {"items": [revision], "next": None}
    pages.bus.answers["stocktaking.record_export"] = None
    name, value = cell
    assert [row[name] for row in pages.workbook(f"/en/desk/{path}", file)] == [value]
    assert (
        Pages(DESK, "stocktaking").sign_in().get(f"/en/desk/{path}".partition("?")[0] + f"?file={file}").status == 403
    )


def test_a_review_shows_what_changes_and_what_is_alike(pages):
    shown = pages.get("/en/desk/entries/e1")
    assert "Bolivia, Plurinational State of" in shown.text("//section[@aria-labelledby='differences']")
    assert "82 probably the same" in shown.text("//section[@aria-labelledby='alike']")
    assert "/en/desk/duplicates/e1/e2" in shown.all("//section[@aria-labelledby='alike']//a/@href")


def test_a_review_leads_to_who_edits_the_entry_too(pages):
    assert "/en/desk/entries/e1/owner#editors" in pages.get("/en/desk/entries/e1").all("//main//a/@href")
    assert not pages.sent("record_page"), "no address is read: the audit has no entry"
    assert "Nobody" in pages.get("/en/desk/entries/e1/owner").text("//section[@aria-labelledby='editors']")
    share = {"id": "s1", "entry": "e1", "email": "ben@ict.example", "role": "editor", "whole": False}
    share |= {"state": "accepted", "at": "2017-05-01T08:00:00Z", "accepted_at": "2017-05-02T08:00:00Z", "until": None}
    pages.bus.answers["stocktaking.list_editors"] = {"items": [share], "next": None}
    shown = pages.get("/en/desk/entries/e1/owner").text("//section[@aria-labelledby='editors']")
    assert "ben@ict.example accepted editor · since 2 May 2017" in shown
    assert pages.sent("record_page"), "an address is read: an entry in the audit"


def test_an_entry_is_approved_and_the_queue_comes_next(pages):
    done = pages.get("/en/desk/entries/e1").send(0, decision="approve")
    [arguments] = pages.sent("decide_review")
    assert (arguments["entry"], arguments["body"]["decision"], arguments["body"]["version"]) == ("e1", "approve", 5)
    assert "The decision is recorded." in done.text()


def test_a_return_without_a_reason_comes_back_with_the_error_at_its_field(pages):
    back = pages.get("/en/desk/entries/e1").send(0, decision="return")
    assert not pages.sent("decide_review")
    assert back.all("//div[@role='alert']//a/@href") == ["#decide-reason"]
    assert back.all("//input[@name='decision' and @checked]/@value") == ["return"]


def test_two_entries_stand_beside_each_other_and_get_a_verdict(pages):
    shown = pages.get("/en/desk/duplicates/e1/e2")
    assert shown.text("//tbody/tr[1]").count("Community networks") == 2, "both answers are the same here"
    shown.send(0, verdict="different", reason="Two countries")
    [arguments] = pages.sent("decide_duplicate")
    assert (arguments["entry"], arguments["other"], arguments["body"]["verdict"]) == ("e1", "e2", "different")


def test_a_merge_names_both_versions_that_were_read(pages):
    pages.get("/en/desk/duplicates/e1/e2/merge").send(0, reason="The same")
    [arguments] = pages.sent("merge_entries")
    assert arguments["entry"] == "e1"
    assert {"into": "e2", "version": 5, "into_version": 5}.items() <= arguments["body"].items()


def test_a_proposal_is_decided_and_a_version_published_after_a_check(pages):
    pages.get("/en/desk/matrix/p1").send(1, decision="accepted", reason="Well founded")
    [arguments] = pages.sent("decide_matrix_proposal")
    assert (arguments["proposal"], arguments["body"]["decision"]) == ("p1", "accepted")
    check = pages.get("/en/desk/matrix").send(0, valid_from="2027-01-01", reason="Annual review")
    assert not pages.sent("publish_matrix")
    check.send(0)
    [arguments] = pages.sent("publish_matrix")
    assert (arguments["body"]["base"], arguments["body"]["valid_from"]) == (2, "2027-01-01")


def test_officers_and_agencies_talk_about_a_proposal(pages):
    shown = pages.get("/en/desk/matrix/p1")
    assert shown.text("//h2[@id='comments']") == "1 comment"
    assert "We agree." in shown.text("//article")
    shown.send(0, text="So do we.")
    [arguments] = pages.sent("comment_matrix_proposal")
    assert (arguments["proposal"], arguments["body"]) == ("p1", {"text": "So do we."})


def test_the_register_is_compared_anew_by_one_press(pages):
    pages.bus.answers |= {"stocktaking.start_duplicate_scan": JOB, "stocktaking.read_job": JOB}
    shown = pages.get("/en/desk/duplicates").send(0)
    assert len(pages.sent("start_duplicate_scan")) == 1
    assert "running · 1 / 2" in shown.text("//div[@role='status']")


def test_a_draft_with_gaps_can_be_looked_at(pages):
    pages.bus.answers["stocktaking.read_review"] = REVIEW | {
        "draft": REVIEW["draft"] | {"original_language": None, "title": {}},
        "title": "",
        "differences": [],
        "duplicates": None,
    }
    assert "Entry without a title" in pages.get("/en/desk/entries/e1").text("//h1")
