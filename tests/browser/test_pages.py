"""Every page of every manifest, by the rules of accessibility, in languages, widths and themes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest
from wsis_shared.pages import Page
from wsis_shared.plugin import discover
from wsis_testkit.sizes import size

from wsis_gateway.web.catalogue import PAGES

from .addresses import Addresses, for_officers
from .conftest import LOOKED, Tab, Visitors

ALL = [*PAGES, *(page for plugin in discover() for page in plugin.pages)]
LANGUAGES = size(["en", "ar"], ["en", "ar", "zh", "fr", "es", "pt", "ru"])
WIDTHS = (320, 1280)
THEMES = size(["light"], ["light", "dark", "forced"])
PAPER = 680  # px between the margins of A4
VIEWS = [*product(WIDTHS, THEMES), *size([], [(PAPER, "print")])]
STYLES = "/docs/components"
NOT_OF_PAGES = (("forced", "color-contrast"), ("print", "page-has-heading-one"), ("print", "target-size"))
VARIABLE = re.compile(r"\{(\w+)\}")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = json.dumps({"runOnly": TAGS, "resultTypes": ["violations"]})


@pytest.fixture(scope="session")
def addresses(all_visitors: Visitors, known: Mapping[str, str], member: str, officer: str) -> Addresses:
    """Where each page is in the suite of these tests."""
    filled = {
        page.path: known.get(page.path) or VARIABLE.sub(lambda name: known.get(name[1], name[0]), page.path)
        for page in ALL
    }
    found = Addresses(ALL, {path: address for path, address in filled.items() if "{" not in address})
    found.follow_links(all_visitors, member, officer)
    all_visitors.close()
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ALL, ids=lambda page: page.path)
def test_a_page_is_sound(
    page: Page, language: str, visitors: Visitors, addresses: Addresses, member: str, officer: str, axe: str
) -> None:
    address = addresses.of(page)
    assert address is not None, "the tests make nothing that leads there: see conftest.known"
    who = (officer if for_officers(page.path) else member) if page.needs_session else ""
    tab = visitors.tab(who, language=language)
    assert tab.open(f"/{language}{address}") == 200
    LOOKED.pages.add(page.path)
    LOOKED.languages.add(language)
    for width, theme in VIEWS:
        tab.show(width, theme)
        LOOKED.views += 1
        found = violations(tab, axe, theme)
        LOOKED.violations += len(found)
        assert (found, tab.complaints) == ([], []), f"{width} px, {theme}"
        assert overflow(tab) == 0, f"scrolls sideways at {width} px, {theme}"
    assert tab.page.get_attribute("html", "lang") == language
    assert tab.page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
    assert tab.page.locator("h1").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark", "forced", "print"])
def test_the_components_are_sound_in_each_theme(theme: str, visitors: Visitors, axe: str) -> None:
    tab = visitors.tab()
    tab.open(f"/en{STYLES}")
    for width in (PAPER,) if theme == "print" else WIDTHS:
        tab.show(width, theme)
        assert (violations(tab, axe, theme), overflow(tab)) == ([], 0), f"{width} px"


def violations(tab: Tab, axe: str, theme: str = "light") -> list[str]:
    """What axe-core finds, each with the first element. Forced colours are the reader's own: no page chooses them.
    Forms are not printed, nor is the heading of a page that is one question. Nobody presses what is on paper, whose
    letters and boxes are smaller."""
    tab.page.evaluate(axe)
    rows: list[dict[str, Any]] = tab.page.evaluate(f"axe.run({RULES}).then(found => found.violations)")
    rows = [row for row in rows if (theme, row["id"]) not in NOT_OF_PAGES]
    return [f"{row['id']}: {row['help']}: {row['nodes'][0]['html'][:200]}" for row in rows]


def overflow(tab: Tab) -> int:
    """Pixels that the page is wider than the window."""
    wide: int = tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide
