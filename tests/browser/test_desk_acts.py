"""What officers decide on the desk beside what waits there, by pages alone: the consultation, the register,
and what operators look after."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from wsis_shared.schemas import LOCALES
from wsis_testkit import wait_for

from wsis_demo import phases

from .conftest import Tab, Visitors
from .contest import Contest
from .presses import choose, field, follow, form_of, press
from .register import CONTENT
from .test_pages import violations

if TYPE_CHECKING:
    from playwright.sync_api import FilePayload, Locator

    from wsis_demo.client import Suite

REASON, OUTCOMES = "As the Secretariat agreed", "Outcomes"
QUESTION = "What does it cost?"
RENDERED = 120  # seconds for a document, on a busy machine
OVERSIGHT = (
    "/desk/jobs",
    "/desk/dead-letters",
    "/desk/audit",
    "/desk/mails",
    "/desk/suppressions",
    "/desk/events",
)


@pytest.fixture
def desk(visitors: Visitors, officer: str) -> Tab:
    """An officer's tab."""
    return visitors.tab(officer)


@pytest.fixture
def consultation(forum: dict[str, str], contest: Contest) -> str:
    """The desk of a consultation, below the language."""
    return f"/en/desk/consultations/{contest.edition}"


def test_somebody_is_registered_for_a_meeting_to_come(
    desk: Tab, consultation: str, suite: Suite, officer: str, forum: dict[str, str], axe: str
) -> None:
    desk.open(f"{consultation}/meetings/{forum['meeting']}/participants")
    assert "has ended or is cancelled" in desk.page.locator("main").inner_text()
    assert field(desk, "full_name").count() == 0, "which would be refused"
    start = phases.now() + timedelta(hours=1)
    times = {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}
    path = consultation.replace("/en/desk", "/v1")
    made = suite.sign_in(officer).post(f"{path}/meetings", {"title": {"en": "Hearing"}, "reason": REASON, **times})
    desk.open(f"{consultation}/meetings/{made['id']}/participants")
    assert violations(desk, axe) == []
    field(desk, "full_name").fill("Ana Diallo")
    field(desk, "email").fill("ana@ngo.example")
    choose(desk, "Remotely")
    field(desk, "stakeholder_type").select_option("civil_society")
    press(desk, "Register somebody")
    desk.page.wait_for_url("**done=yes")
    assert desk.page.locator("main .notice[role=status]").inner_text() == "Saved."
    assert "Ana Diallo" in desk.page.locator("main table").inner_text()


def test_a_question_of_the_form_comes_and_goes(desk: Tab, consultation: str, axe: str) -> None:
    desk.open(f"{consultation}/form")
    section(desk, "s-scope").get_by_role("link", name="Add a question").click()
    assert violations(desk, axe) == []
    for code in LOCALES:
        field(desk, f"label.{code}").fill(QUESTION)
    field(desk, "type").select_option("line")
    field(desk, "reason").fill(REASON)
    press(desk, "Continue")
    press(desk, "Publish the new version")
    desk.page.wait_for_url("**done=yes")
    wait_for(lambda: shown(desk, QUESTION), what="the new question")
    follow(desk, QUESTION)
    removal = form_of(desk, "Remove the question")
    removal.locator("[name=reason]").fill(REASON)
    removal.get_by_role("button").click()
    desk.page.wait_for_selector("main dl.facts")
    press(desk, "Remove the question")
    desk.page.wait_for_url("**done=yes")
    wait_for(lambda: not shown(desk, QUESTION), what="the question to be gone")


def test_contributions_and_candidates(desk: Tab, consultation: str, forum: dict[str, str]) -> None:
    desk.open(f"{consultation}/submissions")
    follow(desk, forum["receipt"])
    assert forum["receipt"] in desk.heading()
    assert "Network of schools" in desk.page.locator("main").inner_text()
    desk.open(f"{consultation}/candidates")
    follow(desk, "Amina Diallo")
    desk.page.locator("main summary", has_text="Correct the name").click()
    correction = form_of(desk, "Correct the name")
    correction.locator("[name=full_name]").fill("Amina Diallo Sow")
    correction.locator("[name=reason]").fill(REASON)
    correction.get_by_role("button").click()
    desk.page.wait_for_function("document.querySelector('h1').innerText.includes('Sow')")


def test_the_agenda_is_changed_and_published(desk: Tab, consultation: str, forum: dict[str, str]) -> None:
    desk.open(f"{consultation}/agenda/place?session={forum['session_id']}")
    start = field(desk, "changes.0.start")
    before = start.input_value()
    free = [each for each in start.locator("option").evaluate_all("rows => rows.map(row => row.value)") if each]
    start.select_option([each for each in free if each != before][-1])
    press(desk, "Show the clashes that this would leave")
    desk.page.wait_for_selector("main .notice[role=status]")
    press(desk, "Save")
    desk.page.wait_for_url("**/agenda**")
    desk.open(f"{consultation}/agenda/publication")
    choose(desk, "Programme")
    field(desk, "reason").fill(REASON)
    press(desk, "Continue")
    desk.page.wait_for_selector("main .notice.todo[role=status]")
    press(desk, "Publish the agenda")
    desk.page.wait_for_url("**/agenda?job=*")


def test_a_document_is_built_and_published(desk: Tab, consultation: str) -> None:
    desk.open(f"{consultation}/documents/new")
    choose(desk, OUTCOMES)
    in_english_alone(desk)
    press(desk, "Build a version")
    wait_for(lambda: shown(desk, "Open"), RENDERED, what="the document")
    follow(desk, "Open")
    press(desk, "Publish this version")
    desk.page.wait_for_selector("main .notice.todo[role=status]")
    press(desk, "Publish this version")
    desk.page.wait_for_selector("main .tag.done")


def test_a_badge_of_another_meeting_is_not_checked_in(desk: Tab, consultation: str, forum: dict[str, str]) -> None:
    desk.open(f"{consultation}/meetings/{forum['meeting']}")
    field(desk, "token").fill("no badge of this meeting")
    press(desk, "Check in")
    desk.page.wait_for_selector("main [role=alert]")
    assert field(desk, "token").input_value() == "no badge of this meeting"


def test_a_register_is_tried_by_one_officer_and_imported_by_another(
    desk: Tab, visitors: Visitors, second: str, axe: str
) -> None:
    rows = [{**CONTENT, "import_key": f"desk-{number}", "title": {"en": f"Lesson {number}"}} for number in range(2)]
    desk.open("/en/desk/imports")
    field(desk, "source").fill("desk")
    content: FilePayload = {
        "name": "lessons.json",
        "mimeType": "application/json",
        "buffer": json.dumps(rows).encode(),
    }
    field(desk, "file").set_input_files(content)
    press(desk, "Try the file, change nothing")
    desk.page.wait_for_url("**/desk/imports/*")
    run, other = desk.page.url.removeprefix(desk.address).partition("?")[0], visitors.tab(second)
    other.open(run)
    wait_for(lambda: form_is_there(other, "Apply this file"), what="the dry run")
    assert violations(other, axe) == []
    field(other, "reason").fill(REASON)
    press(other, "Apply this file")
    press(other, "Apply it now")
    other.page.wait_for_url(lambda url: not url.partition("?")[0].endswith(run))
    wait_for(lambda: form_is_there(other, "Undo this import"), what="the import")


def test_duplicates_are_looked_for(desk: Tab) -> None:
    desk.open("/en/desk/duplicates")
    press(desk, "Compare all entries")
    desk.page.wait_for_selector("main .notice[role=status]")


def test_a_change_of_the_matrix_is_proposed_and_rejected(desk: Tab, visitors: Visitors, second: str) -> None:
    desk.open("/en/desk/matrix/new?line=C8&goal=14")
    proposal = desk.page.locator("main form[method=post]").first
    proposal.locator("[name=justification]").fill(f"Oceans {os.urandom(3).hex()}")
    if proposal.locator("[name='changes.0.action']").input_value() == "add":
        proposal.locator("[name='changes.0.goal_level'][type=checkbox]").check(force=True)
        proposal.locator("[name='changes.0.rationale.en']").fill("Languages of the coast")
        proposal.get_by_role("button").click()
    desk.page.wait_for_url("**done=proposed")
    other = visitors.tab(second)
    other.open("/en/desk/matrix")
    section_of(other, "To decide").locator("a").first.click()
    choose(other, "Reject")
    decision = form_of(other, "Decide")
    decision.locator("[name=reason]").fill(REASON)
    decision.get_by_role("button").click()
    other.page.wait_for_selector("main .notice[role=status]")


@pytest.mark.parametrize("path", OVERSIGHT)
def test_officers_look_after_the_suite_by_pages(desk: Tab, path: str) -> None:
    assert desk.open(f"/en{path}") == 200
    assert desk.page.locator("h1").count() == 1
    assert desk.complaints == []


# -- what an officer does on a page ------------------------------------------------------------------------------------


def section(tab: Tab, heading: str) -> Locator:
    """The part of the page below the heading of that id."""
    return tab.page.locator(f"main section[aria-labelledby='{heading}']")


def section_of(tab: Tab, heading: str) -> Locator:
    """The part of the page below the heading that has these words."""
    return tab.page.locator("main section", has=tab.page.locator("h2", has_text=heading)).first


def shown(tab: Tab, link: str) -> bool:
    """Is the link there, on the page as it is now?"""
    tab.page.reload()
    return tab.page.get_by_role("link", name=link, exact=True).count() > 0


def form_is_there(tab: Tab, button: str) -> bool:
    """Does the page, as it is now, have the form of that button?"""
    tab.page.reload()
    return form_of(tab, button).count() > 0


def build_global_report(tab: Tab) -> None:
    """Begin a draft of it, in English, from 2015 until today: its page shows the job."""
    tab.open("/en/desk/reports")
    follow(tab, "Global report")
    field(tab, "period.start").fill("2015-01-01")
    field(tab, "period.end").fill(phases.now().date().isoformat())
    in_english_alone(tab)
    press(tab, "Build the draft")
    tab.page.wait_for_url("**job=*")


def in_english_alone(tab: Tab) -> None:
    """Of the languages of a document, leave one."""
    for code in set(LOCALES) - {"en"}:
        tab.page.locator(f"main [name=languages][value={code}]").uncheck(force=True)
