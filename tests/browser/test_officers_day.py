"""An officer's day by pages alone: from the desk to what waits, through each decision, to the sign-out. What others do
meanwhile (a report, an entry, a pledge) is made over the API."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from wsis_testkit import wait_for

from wsis_demo import phases
from wsis_demo.people import Registry

from .conftest import Tab, Visitors, enter
from .contest import Contest
from .partners import PLEDGE
from .presses import choose, field, follow, press
from .register import CONTENT
from .test_pages import violations

if TYPE_CHECKING:
    from wsis_demo.client import Person, Suite

REASON = "As the Secretariat agreed"


@pytest.fixture
def author(suite: Suite) -> Person:
    """A new member, of whom nobody has decided anything."""
    return suite.register(next(Registry(11, f"day{os.urandom(4).hex()}").people(1)) | {"locale": "en"})


@pytest.mark.usefixtures("fund")
def test_an_officers_day(
    visitors: Visitors, suite: Suite, officer: str, author: Person, contest: Contest, forum: dict[str, str]
) -> None:
    report_a_comment(
        author,
        suite.sign_in(officer),
        f"/v1/consultations/{contest.edition}/discussions/{forum['discussion']}/comments",
    )
    submit_an_entry(author)
    author.post(f"/v1/partnerships/{contest.edition}/pledges", PLEDGE)
    tab = visitors.tab()
    enter(tab, suite, officer)
    decide(tab, "Reported comments", lambda: choose(tab, "Hide the comment"), "Decide")
    decide(tab, "Entries to review", lambda: choose(tab, "Approve: it becomes public"), "Decide")
    decide(tab, "Pledges to confirm", lambda: choose(tab, "Confirmed"), "Change the state", checked=True)
    give_a_role(tab, author)
    extend_the_voting(tab, contest)
    look_at_the_voting(tab, contest)
    leave(tab)
    assert "juror" in suite.sign_in(author.email).get("/v1/me")["roles"]
    assert tab.complaints == []


def test_what_one_officer_proposes_another_reads_and_approves(
    visitors: Visitors, suite: Suite, officer: str, second: str, author: Person, axe: str
) -> None:
    proposing, deciding = visitors.tab(officer), visitors.tab(second, width=320)
    page = f"/en/desk/accounts/{author.account}"
    proposing.open(page)
    choose(proposing, "operator of the platform")
    field(proposing, "reason").fill("Runs the platform from May")
    press(proposing, "Set the roles")
    assert "for a second officer" in proposing.page.locator("main").inner_text()
    press(proposing, "Yes, do it")
    proposing.page.wait_for_selector("main .notice[role=status]")
    deciding.open("/en/desk")
    wait_for(lambda: waiting(deciding, "Acts that need a second officer") >= 1, what="the act on the desk")
    deciding.open(page)
    said = deciding.page.locator("main").inner_text()
    assert "The account gets the role “operator of the platform”." in said
    assert "Runs the platform from May" in said
    assert violations(deciding, axe) == []
    field(deciding, "reason").fill(REASON)
    press(deciding, "Approve the proposal")
    assert "Runs the platform from May" in deciding.page.locator("main").inner_text(), "the check says it again"
    assert violations(deciding, axe) == []
    press(deciding, "Approve the proposal")
    deciding.page.wait_for_selector("main .notice[role=status]")
    assert deciding.page.get_by_label("operator of the platform").is_checked()


def test_two_officers_on_one_form(
    visitors: Visitors, suite: Suite, officer: str, second: str, author: Person, axe: str
) -> None:
    """The later one learns that the entry was decided meanwhile, and what they typed is still there."""
    entry, last = submit_an_entry(author), visitors.tab(second)
    first = visitors.tab(officer)
    for tab in (first, last):
        tab.open(f"/en/desk/entries/{entry}")
    choose(first, "Approve: it becomes public")
    press(first, "Decide")
    first.page.wait_for_selector("main .notice[role=status]")
    choose(last, "Return it to its owner")
    field(last, "reason").fill("Name the countries, please.")
    press(last, "Decide")
    last.page.wait_for_selector("main [role=alert]")
    assert field(last, "reason").input_value() == "Name the countries, please."
    assert violations(last, axe) == []
    assert author.get(f"/v1/me/entries/{entry}")["visibility"] == "public"


# -- what others do ----------------------------------------------------------------------------------------------------


def report_a_comment(member: Person, officer: Person, comments: str) -> None:
    """Somebody writes spam, somebody else says so. `comments`: the path of those of a discussion."""
    number = officer.post(comments, {"text": "Buy now."})["number"]
    member.put(f"{comments}/{number}/report", {"reason": "spam"})


def submit_an_entry(owner: Person) -> str:
    """An entry that waits for its review."""
    entry = owner.post("/v1/entries", {"content": {**CONTENT, "title": {"en": f"Night school {owner.account[:6]}"}}})
    owner.post(f"/v1/me/entries/{entry['id']}/submission", {"version": entry["version"]})
    return str(entry["id"])


# -- what the officer does ---------------------------------------------------------------------------------------------


def waiting(tab: Tab, what: str) -> int:
    """How many of a kind wait, as the desk says."""
    tab.page.locator("header .tools > a[href='/en/desk']").click()
    tab.page.wait_for_url("**/en/desk")
    row = tab.page.locator(".queues li", has_text=what)
    return int(row.locator("strong").inner_text()) if row.count() else 0


def decide(tab: Tab, what: str, fill: Callable[[], None], button: str, *, checked: bool = False) -> None:
    """Open the oldest of a kind from the desk, decide, and find one less waiting."""
    wait_for(lambda: waiting(tab, what) > 0, what=f"{what} on the desk")
    before = waiting(tab, what)
    follow(tab, what)
    fill()
    field(tab, "reason").fill(REASON)
    press(tab, button)
    if checked:
        tab.page.wait_for_selector("main dl")
        press(tab, button)
    wait_for(lambda: waiting(tab, what) == before - 1, what=f"one of {what} less")


def give_a_role(tab: Tab, person: Person) -> None:
    """Find the account by its address, and make its holder a juror."""
    waiting(tab, "Accounts")
    follow(tab, "Accounts")
    tab.page.fill("#q-q", person.email)
    press(tab, "Show")
    tab.page.locator(f"main a[href$='/{person.account}']").click()
    choose(tab, "member of the Expert Group")
    field(tab, "reason").fill(REASON)
    press(tab, "Set the roles")
    assert "The account gets the role “member of the Expert Group”." in tab.page.locator("main").inner_text()
    press(tab, "Yes, do it")
    tab.page.wait_for_selector("main .notice[role=status]")


def extend_the_voting(tab: Tab, contest: Contest) -> None:
    """By the edition's phases: what the move does is shown before it is done."""
    waiting(tab, "Accounts")
    tab.page.locator("main a[href='/en/desk/editions']").first.click()
    tab.page.locator(f"main a[href$='/desk/editions/{contest.edition}']").click()
    tab.page.locator("main a[href$='/phases/public_voting']").first.click()
    end = tab.page.locator("main [name=end]").first
    end.fill((phases.now() + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M"))
    press(tab, "Show what changes")
    assert "Everybody with an account is mailed" in tab.page.locator("main .notice[role=status]").inner_text()
    field(tab, "reason").fill(REASON)
    press(tab, "Change the dates")
    tab.page.wait_for_url("**done=moved")


def look_at_the_voting(tab: Tab, contest: Contest) -> None:
    """The turnout of the edition, from the desk."""
    waiting(tab, "Accounts")
    tab.page.locator("main a[href='/en/desk/voting']").first.click()
    tab.page.locator(f"main a[href*='/desk/editions/{contest.edition}/turnout']").first.click()
    assert tab.page.locator("h1").count() == 1


def leave(tab: Tab) -> None:
    """Sign out; the way back leads to the sign-in."""
    tab.open("/en/sign-out")
    tab.page.locator("main form button").first.click()
    tab.page.wait_for_url(re.compile(r"/en/$"))
    assert tab.open("/en/desk") == 200
    assert "/sign-in" in tab.page.url
