"""What a page says by itself, without a press: the words that somebody has typed, and how far a job is."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

from .conftest import Tab, Visitors
from .presses import said
from .test_desk_acts import RENDERED, build_global_report
from .test_pages import WIDTHS, overflow, violations


def test_words_are_counted_as_they_are_typed(visitors: Visitors, member: str, known: Mapping[str, str]) -> None:
    tab = visitors.tab(member, width=320)
    tab.open(f"/en{known['/me/projects/{project}']}")
    note = tab.page.locator("[data-words]").first
    assert (note.inner_text(), note.get_attribute("role")) == ("", "status")
    tab.page.locator(f"[id='{note.get_attribute('data-of')}']").fill("ثلاث كلمات – here")
    tab.page.locator("[data-words]", has_text="Words so far: 3").wait_for()
    assert tab.complaints == [], "the policy lets the rule of the form in"


def test_an_operator_follows_a_job_to_its_end_without_a_press(visitors: Visitors, officer: str, axe: str) -> None:
    desk = visitors.tab(officer)
    build_global_report(desk)
    [job] = parse_qs(urlsplit(desk.page.url).query)["job"]
    desk.open("/en/desk/jobs")
    desk.page.locator(f"main a[href$='/{job}']").click()
    desk.page.wait_for_url(f"**/{job}")
    desk.page.evaluate("window.untouched = true")
    desk.page.locator("[data-live]").wait_for(state="detached", timeout=1000 * RENDERED)
    assert "succeeded" in said(desk)
    assert desk.page.evaluate("window.untouched"), "nobody loaded the page again"
    sound(desk, axe)


def sound(tab: Tab, axe: str) -> None:
    """Assert what every page keeps."""
    for width in WIDTHS:
        tab.show(width, "light")
        assert (violations(tab, axe), overflow(tab), tab.complaints) == ([], 0, [])
