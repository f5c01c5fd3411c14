"""An address of each page: what the tests made, else the first link that leads there, as a reader would find it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from wsis_shared.pages import Page

from .conftest import Visitors

LANGUAGE = "en"
_HREFS = "[...document.querySelectorAll('a[href]')].map(link => link.getAttribute('href'))"
DESK, ASSIGNED = "/desk", "/desk/assignments"


def for_officers(path: str) -> bool:
    """Pages of the desk, but for that of what somebody is assigned to."""
    return path.startswith(DESK) and path != ASSIGNED


class Addresses:
    """Addresses below the language, by the path of the page. `known` are those that need no link: with what
    the tests made, or without a variable."""

    def __init__(self, pages: Iterable[Page], known: Mapping[str, str]) -> None:
        self._pages = list(pages)
        self._found = dict(known)

    def of(self, page: Page) -> str | None:
        """None where no link leads to the page: the suite of the tests has nothing to show on it."""
        return self._found.get(page.path)

    def follow_links(self, visitors: Visitors, member: str, officer: str) -> None:
        """Open each page that is known, and those that its links lead to."""
        tabs = {True: visitors.tab(officer, script=False), False: visitors.tab(member, script=False)}
        seen: set[str] = set()
        while waiting := [path for path in self._found if path not in seen]:
            for path in waiting:
                seen.add(path)
                tab = tabs[for_officers(path)]
                tab.open(f"/{LANGUAGE}{self._found[path]}")
                self._take(tab.page.evaluate(_HREFS))

    def _take(self, links: Iterable[str]) -> None:
        paths = [link.removeprefix(f"/{LANGUAGE}") for link in links if link.startswith(f"/{LANGUAGE}/")]
        missing = [page.path for page in self._pages if page.path not in self._found]
        literal = {page.path for page in self._pages}
        for path in (each.partition("?")[0].partition("#")[0] for each in paths):
            for pattern in missing:
                if path not in literal and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path):
                    self._found.setdefault(pattern, path)
