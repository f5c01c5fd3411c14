"""Every page of every manifest, in two languages and directions, on a phone and on a desk."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from wsis_shared.pages import Page
from wsis_shared.plugin import discover
from wsis_testkit.sizes import size

from wsis_gateway.web.catalogue import PAGES

from .conftest import LOOKED, Tab, Visitors

ALL = [*PAGES, *(page for plugin in discover() for page in plugin.pages)]
LANGUAGES = size(["en", "ar"], ["en", "ar", "zh", "fr", "es", "pt", "ru"])
WIDTHS = (320, 1280)
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES = json.dumps({"runOnly": TAGS, "resultTypes": ["violations"]})


def address(page: Page, known: Mapping[str, str]) -> str:
    """The address of a page below the language, with what is known here, else the values of its example."""
    values = {**page.example, **known}
    return re.sub(r"\{(\w+)\}", lambda variable: values.get(variable[1], variable[0]), page.path)


@pytest.mark.parametrize("page", ALL, ids=lambda page: page.path)
def test_each_page_has_an_address_to_look_at(page: Page) -> None:
    assert "{" not in address(page, {}), "Page(example=...) has a value of each variable"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ALL, ids=lambda page: page.path)
def test_a_page_is_sound(
    page: Page, language: str, visitors: Visitors, known: dict[str, str], member: str, officer: str, axe: str
) -> None:
    who = (officer if page.path.startswith("/desk") else member) if page.signed_in else ""
    for width in WIDTHS:
        tab = visitors.tab(who, width=width, language=language)
        assert tab.open(f"/{language}{address(page, known)}") == 200
        LOOKED.pages.add(page.path)
        LOOKED.languages.add(language)
        LOOKED.views += 1
        found = violations(tab, axe)
        LOOKED.violations += len(found)
        assert (found, tab.complaints) == ([], []), f"{width} px"
        assert overflow(tab) == 0, f"scrolls sideways at {width} px"
        assert tab.page.get_attribute("html", "lang") == language
        assert tab.page.get_attribute("html", "dir") == ("rtl" if language == "ar" else "ltr")
        assert tab.page.locator("h1").count() == 1


def violations(tab: Tab, axe: str) -> list[str]:
    """What axe-core finds, each with the first element."""
    tab.page.evaluate(axe)
    rows: list[dict[str, Any]] = tab.page.evaluate(f"axe.run({RULES}).then(found => found.violations)")
    return [f"{row['id']}: {row['help']}: {row['nodes'][0]['html'][:200]}" for row in rows]


def overflow(tab: Tab) -> int:
    """Pixels that the page is wider than the window."""
    wide: int = tab.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return wide
