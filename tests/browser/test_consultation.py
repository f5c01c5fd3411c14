"""What members do in a consultation: a reply, and a contribution with every kind of error once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from .conftest import Tab, Visitors, enter, prove
from .contest import Contest
from .presses import field, press, wrong_fields
from .test_pages import overflow, violations

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from wsis_demo.client import Suite

LONG, WORDY = "A" * 201, "word " * 501
# What is wrong in the form, by the name of its field, and how it is fixed.
ADDRESS = {"email": ("nobody@", "ada@school.example")}
WRONG = {
    "answers.full_name": (LONG, "Ada Umutoni"),
    "answers.telephone": ("ask my office", "+250 788 000 000"),
    "answers.structure_programme": (WORDY, "By subjects."),
}


@pytest.fixture
def discussion(forum: dict[str, str], contest: Contest) -> str:
    """The address of a discussion, below the language."""
    return f"/consultations/{contest.edition}/discussions/{forum['discussion']}"


def comment(tab: Tab) -> Locator:
    """What somebody writes, beside the language that they choose for it."""
    return tab.page.get_by_role("textbox", name="Comment")


def test_a_member_replies(visitors: Visitors, member: str, discussion: str, axe: str) -> None:
    tab = visitors.tab(member, width=320)
    tab.open(f"/en{discussion}")
    tab.page.get_by_role("link", name="Reply", exact=True).first.click()
    press(tab, "Post the comment")
    assert tab.page.evaluate("document.activeElement.matches('[role=alert]')"), "it says that nothing was written"
    assert (violations(tab, axe), overflow(tab)) == ([], 0)
    comment(tab).fill("Nous le faisons à **Kigali**.")
    press(tab, "Preview")
    assert tab.page.locator("[role=status] strong").inner_text() == "Kigali"
    assert comment(tab).input_value() == "Nous le faisons à **Kigali**.", "nothing typed is lost"
    press(tab, "Post the comment")
    tab.page.wait_for_url(re.compile(r"/comments/\d+"))
    assert tab.page.locator("article.depth-2 strong", has_text="Kigali").count() >= 1, "it stands below what it answers"


def test_what_was_written_outlives_the_session(visitors: Visitors, suite: Suite, member: str, discussion: str) -> None:
    tab = visitors.tab()
    enter(tab, suite, member)
    tab.open(f"/en{discussion}/reply")
    comment(tab).fill("Written for an hour.")
    tab.page.context.clear_cookies()
    press(tab, "Post the comment")
    tab.page.wait_for_selector("input[name=email]")
    prove(tab, suite, member)
    tab.page.wait_for_selector("textarea[name=text]")
    assert comment(tab).input_value() == "Written for an hour."


def test_a_contribution_with_each_error_once(
    visitors: Visitors, member: str, forum: dict[str, str], contest: Contest, axe: str
) -> None:
    tab = visitors.tab(member)
    tab.open(f"/en/consultations/{contest.edition}/submit?stakeholder_type=civil_society")
    for name, (wrong, _) in (WRONG | ADDRESS).items():
        field(tab, name).fill(wrong)
    field(tab, "answers.organization_name").fill("Network of schools")
    for wrong_ones in (ADDRESS, WRONG):  # where the draft goes to, then what the form asks
        press(tab, "Save the draft")
        tab.page.wait_for_function("name => document.getElementsByName(name)[0].ariaInvalid", arg=[*wrong_ones][0])
        is_sound(tab, axe)
        assert sorted(wrong_fields(tab)) == sorted(wrong_ones), "each is marked, and no other"
        for link in tab.page.locator("[role=alert] a").all():
            link.click()
            assert tab.page.evaluate("document.activeElement.ariaInvalid") == "true"
        for name, (wrong, fixed) in wrong_ones.items():
            assert field(tab, name).input_value() == wrong, "nothing typed is lost"
            field(tab, name).fill(fixed)
    press(tab, "Save the draft")
    tab.page.wait_for_selector("[role=status]")
    tab.page.locator("main a[href*='/me/drafts/']").click()
    assert "Organization country" in tab.page.locator("main").inner_text(), "the draft says what is missing"
    field(tab, "answers.organization_country@countries").fill("Rwanda")
    field(tab, "answers.kind").select_option("form")
    press(tab, "Save the draft")
    press(tab, "Check and submit")
    press(tab, "Submit the contribution")
    tab.page.wait_for_url("**/me/submissions/**")
    assert tab.page.locator("main code").count() == 1, "the receipt"
    is_sound(tab, axe)


def is_sound(tab: Tab, axe: str) -> None:
    """By the rules of accessibility, on a phone and on a desk."""
    for width in (320, 1280):
        tab.show(width, "light")
        assert (violations(tab, axe), overflow(tab)) == ([], 0), f"{width} px"
