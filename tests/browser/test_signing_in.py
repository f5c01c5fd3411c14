"""People sign in and out: by keyboard alone, without a script, by the link of a mail."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from .conftest import Tab, Visitors, enter
from .keyboard import tab_to
from .test_pages import violations

if TYPE_CHECKING:
    from wsis_demo.client import Suite


def test_by_keyboard_alone(visitors: Visitors, suite: Suite, member: str) -> None:
    tab, last = visitors.tab(), suite.mailbox.last(member)
    tab.open("/en/sign-in")
    tab_to(tab, "main input[name=email]")
    tab.page.keyboard.type(member)
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/confirm*")
    tab_to(tab, "main input[name=code]")
    tab.page.keyboard.type(suite.mailbox.code(member, last))
    tab_to(tab, "main form button")
    tab.page.keyboard.press("Enter")
    tab.page.wait_for_url("**/en/me")
    assert tab.complaints == []


def test_without_a_script_in_arabic(visitors: Visitors, suite: Suite, member: str) -> None:
    tab = visitors.tab(width=320, language="ar", script=False)
    enter(tab, suite, member, "ar")
    assert tab.page.get_attribute("html", "dir") == "rtl"
    assert member in tab.page.locator("main").inner_text()


def test_the_link_of_a_mail_signs_in_by_one_press(visitors: Visitors, suite: Suite, member: str) -> None:
    """Also in a browser that has not asked for the code. The address keeps neither challenge nor code."""
    last = suite.mailbox.last(member)
    asking = visitors.tab()
    asking.open("/en/sign-in")
    asking.page.fill("input[name=email]", member)
    asking.page.locator("main form button").first.click()
    asking.page.wait_for_url("**/confirm*")
    code = suite.mailbox.code(member, last)
    mail = suite.mailbox.wait(member, last, saying=(code,))
    link = re.search(rf"\S+/confirm#\w+\.{code}\b", suite.mailbox.plain(mail["id"]))
    assert link is not None
    tab = visitors.tab(width=320)
    tab.page.goto(link[0])
    assert "#" not in tab.page.url
    tab.page.locator("main form button").first.click()
    tab.page.wait_for_url("**/me")


def test_an_error_is_named_and_leads_to_its_field(visitors: Visitors, axe: str) -> None:
    for width in (320, 1280):
        tab = visitors.tab(width=width)
        tab.open("/en/sign-in")
        tab.page.fill("input[name=email]", "nobody@")
        tab.page.locator("main form button").first.click()
        tab.page.wait_for_selector("[aria-invalid=true]")
        assert tab.page.title().startswith("Error:")
        assert tab.page.evaluate("document.activeElement.matches('[role=alert]')")
        assert tab.page.input_value("input[name=email]") == "nobody@", "nothing typed is lost"
        tab.page.locator("[role=alert] a").first.click()
        assert tab.page.evaluate("document.activeElement.name") == "email"
        assert violations(tab, axe) == []


def test_who_goes_back_after_a_sign_out_finds_the_sign_in(visitors: Visitors, suite: Suite, member: str) -> None:
    tab = visitors.tab()
    enter(tab, suite, member)
    tab.open("/en/sign-out")
    tab.page.locator("main form button").first.click()
    tab.page.wait_for_url(re.compile(r"/en/$"))
    tab.page.go_back()
    tab.page.go_back()
    tab.page.wait_for_load_state()
    assert member not in tab.page.content()


@pytest.mark.parametrize("name", ["__Host-wsis", "__Host-wsis-r"])
def test_no_script_reads_the_session(visitors: Visitors, member: str, name: str) -> None:
    tab = visitors.tab(member)
    tab.open("/en/me")
    assert name in {cookie["name"] for cookie in tab.page.context.cookies()}
    assert name not in tab.page.evaluate("document.cookie")


def test_a_session_that_was_renewed_is_that_of_the_next_browser(visitors: Visitors, member: str) -> None:
    """As when its access token has ended: tests may take longer than one lives."""
    renewed = []
    for _ in range(2):
        tab = visitors.tab(member)
        tab.page.context.clear_cookies(name="__Host-wsis")
        tab.open("/en/me")
        assert member in tab.page.locator("main").inner_text()
        renewed.append(refresh_token(tab))
        visitors.close()
    assert refresh_token(visitors.tab(member)) == renewed[1] != renewed[0]


def refresh_token(tab: Tab) -> str:
    """What renews the session of a browser."""
    return next(cookie["value"] for cookie in tab.page.context.cookies() if cookie["name"] == "__Host-wsis-r")
