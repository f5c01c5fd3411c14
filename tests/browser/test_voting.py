"""A voter fills a ballot: by keyboard alone, by touch, and without a script on a phone in each language."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from wsis_shared.schemas import LOCALES
from wsis_testkit import wait_for
from wsis_testkit.sizes import size

from wsis_demo.people import Registry

from .conftest import Tab, Visitors
from .contest import CATEGORIES, Contest
from .keyboard import tab_to
from .test_pages import overflow, violations

if TYPE_CHECKING:
    from wsis_demo.client import Suite

LANGUAGES, CHECKED = size((["ar"], ["en"]), (LOCALES, LOCALES))
KEYS = 40  # at most from the top of a page to a stored vote, the page on which it is checked included


@pytest.fixture
def voter(suite: Suite) -> str:
    """The address of somebody who has not voted."""
    typed = next(Registry(9, f"voter{os.urandom(4).hex()}").people(1))
    return suite.register(typed | {"locale": "en"}).email


def is_filled(tab: Tab, ballot: str) -> bool:
    """Is no category left to vote in?"""
    tab.open(ballot)
    return tab.page.locator("main a[href*='/vote/C']").count() == 0 or tab.page.locator("#to-do").count() == 0


def test_a_ballot_by_keyboard_alone(visitors: Visitors, contest: Contest, voter: str) -> None:
    tab, ballot = visitors.tab(voter), f"/en/editions/{contest.edition}/vote"
    for category in CATEGORIES:
        tab.open(f"{ballot}/{category}")
        keys = tab_to(tab, "main input[type=radio]") + 1
        tab.page.keyboard.press("Space")
        keys += tab_to(tab, "main form button") + 1
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_selector("main dl")
        keys += tab_to(tab, "main form button") + 1
        tab.page.keyboard.press("Enter")
        tab.page.wait_for_selector("main [role=status]")
        assert keys <= KEYS
    wait_for(lambda: is_filled(tab, ballot), what="all votes to be on the ballot")
    assert tab.complaints == []


def test_a_ballot_by_touch(visitors: Visitors, contest: Contest, voter: str) -> None:
    """From the ballot to each category and back, as its links lead."""
    tab, ballot = visitors.tab(voter, width=320, touch=True), f"/en/editions/{contest.edition}/vote"
    tab.open(ballot)
    for category in CATEGORIES:
        tab.page.locator(f"main a[href$='/vote/{category}']").first.tap()
        tab.page.locator("main label").first.tap()
        tab.page.locator("main form button").first.tap()
        tab.page.locator("main dl").wait_for()
        tab.page.locator("main form button").first.tap()
        tab.page.locator("main [role=status]").wait_for()
        assert overflow(tab) == 0
    wait_for(lambda: is_filled(tab, ballot), what="all votes to be on the ballot")
    assert tab.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_ballot_without_a_script(visitors: Visitors, contest: Contest, voter: str, language: str) -> None:
    tab = visitors.tab(voter, width=320, language=language, script=False)
    ballot = f"/{language}/editions/{contest.edition}/vote"
    for category in CATEGORIES:
        tab.open(f"{ballot}/{category}")
        tab.page.locator("main label").first.click()
        tab.page.locator("main form button").first.click()
        tab.page.locator("main dl").wait_for()
        tab.page.locator("main form button").first.click()
        tab.page.locator("main [role=status]").wait_for()
    wait_for(lambda: is_filled(tab, ballot), what="all votes to be on the ballot")


@pytest.mark.parametrize("language", CHECKED)
def test_the_check_and_the_receipt_are_sound(
    visitors: Visitors, contest: Contest, voter: str, axe: str, language: str
) -> None:
    for width, category in zip((320, 1280), CATEGORIES, strict=False):
        tab = visitors.tab(voter, width=width, language=language)
        tab.open(f"/{language}/editions/{contest.edition}/vote/{category}")
        tab.page.locator("main form button").first.click()
        tab.page.wait_for_selector("main [role=alert]")
        assert (violations(tab, axe), overflow(tab)) == ([], 0), "nothing was chosen"
        tab.complaints.clear()  # Chromium calls each 422 an error
        tab.page.locator("main label").first.click()
        tab.page.locator("main form button").first.click()
        tab.page.wait_for_selector("main dl")
        assert (violations(tab, axe), overflow(tab)) == ([], 0), "the check"
        tab.page.locator("main form button").first.click()
        tab.page.wait_for_selector("main [role=status]")
        assert (violations(tab, axe), overflow(tab), tab.complaints) == ([], 0, []), "stored"
