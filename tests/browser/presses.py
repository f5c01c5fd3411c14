"""What people do on a page: press, choose, fill in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .conftest import Tab

if TYPE_CHECKING:
    from playwright.sync_api import Locator


def press(tab: Tab, button: str) -> None:
    """The button of that name."""
    tab.page.get_by_role("button", name=button, exact=True).first.click()


def follow(tab: Tab, link: str) -> None:
    """The link of that name."""
    tab.page.get_by_role("link", name=link, exact=True).first.click()


def choose(tab: Tab, label: str) -> None:
    """The box or the one of several with that label, which lies over it."""
    tab.page.locator("main label", has_text=label).first.click()


def field(tab: Tab, name: str) -> Locator:
    """The field of a form."""
    return tab.page.locator(f"main [name='{name}']").first


def form_of(tab: Tab, button: str) -> Locator:
    """The form that the button of that name sends."""
    return tab.page.locator("main form", has=tab.page.get_by_role("button", name=button, exact=True)).first


def said(tab: Tab) -> str:
    """What stands on the page."""
    return tab.page.locator("main").inner_text()


def figure(tab: Tab, label: str) -> str:
    """The large figure above these words, on the page as it is now; empty where there is none."""
    tab.page.reload()
    shown = tab.page.locator("main .figures li", has_text=label).locator("strong")
    return shown.first.inner_text() if shown.count() else ""


def again(tab: Tab, words: str) -> bool:
    """Does the page, as it is now, say this?"""
    tab.page.reload()
    return words in said(tab)


def wrong_fields(tab: Tab) -> list[str]:
    """The names of those that are marked."""
    names: list[str] = tab.page.evaluate("[...document.querySelectorAll('[aria-invalid=true]')].map(each => each.name)")
    return names
