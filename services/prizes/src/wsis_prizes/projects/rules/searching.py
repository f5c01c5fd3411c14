"""Projects that are looked for among those that everybody reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from wsis_prizes.projects.rules import names
from wsis_prizes.projects.rules.projects import Project


def selected(projects: Iterable[Project], filters: Mapping[str, object]) -> list[Project]:
    """Those that match, in their order. `filters`: q (beginnings of words), category, country, region, sdg,
    champion, winner; what is None matches all."""
    wanted = {name: value for name, value in filters.items() if value is not None and name not in ("q", "sdg")}
    words, sdg = names.looked_for(str(filters.get("q") or "")), filters.get("sdg")
    return [
        row
        for row in projects
        if all(row.get(name) == value for name, value in wanted.items())
        and (sdg is None or any(link["sdg"] == sdg for link in row.get("sdgs", [])))
        and names.found_in(words, row["title"], row["organization"], row["short_description"])
    ]
