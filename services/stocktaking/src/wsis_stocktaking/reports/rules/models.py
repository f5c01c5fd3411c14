"""The model of a report: plain JSON, a function of the revisions that were public at a sequence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from wsis_shared import reference

from wsis_stocktaking.register.rules import contents
from wsis_stocktaking.reports.rules import STORIES, scopes
from wsis_stocktaking.reports.rules.figures import Figures

Model = dict[str, Any]
"""{scope, as_of, sequence, versions: {matrix, template}, statistics, entries: [in order of `number`], chapters:
[{line, entries: [numbers whose text stands here], also: [numbers whose text stands under an earlier line]}]}"""

TEMPLATE = "2"  # raised whenever a model of the same entries becomes another
EXCERPT = 600  # characters of a text in a report; stories are whole
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔](?=\s|$)|[。！？]")


def build(
    scope: scopes.Scope, revisions: Iterable[Mapping[str, Any]], *, as_of: str, sequence: int, matrix: str | None
) -> Model:
    """The model of the revisions that the scope contains. `matrix` names the version of the WSIS-SDG Matrix."""
    figures, year = Figures(scope["region"]), int(as_of[:4])
    found: list[tuple[Any, dict[str, Any]]] = []
    for revision in revisions:
        if scopes.contains(scope, revision, year):
            lines = scopes.chapters_of(scope, revision)
            figures.add(revision["content"], lines)
            found.append((_order(scope, revision), _entry(scope, revision, lines)))
    found.sort(key=lambda each: each[0])
    chapters: dict[str, dict[str, Any]] = {
        line.code: {"line": line.code, "entries": [], "also": []} for line in reference.action_lines()
    }
    place = {line: number for number, line in enumerate(chapters)}
    entries: list[dict[str, Any]] = []
    # In the order of the chapters, so that numbers rise through the report.
    for _, entry in sorted(found, key=lambda each: place[each[1]["lines"][0]]):
        entries.append({"number": len(entries) + 1, **entry})
        for line in entry["lines"]:
            chapters[line]["entries" if line == entry["lines"][0] else "also"].append(len(entries))
    return {
        "scope": dict(scope),
        "as_of": as_of,
        "sequence": sequence,
        "versions": {"matrix": matrix, "template": TEMPLATE},
        "statistics": figures.result(),
        "entries": entries,
        "chapters": list(chapters.values()),
    }


def _order(scope: scopes.Scope, revision: Mapping[str, Any]) -> tuple[int, str, str]:
    content = revision["content"]
    rank = scopes.groups(scope).index(scopes.group_of(scope, revision))
    return rank, content["title"][content["original_language"]].casefold(), revision["entry"]


def _entry(scope: scopes.Scope, revision: Mapping[str, Any], lines: list[str]) -> dict[str, Any]:
    content, prize = revision["content"], revision["prize"]
    whole = scope["kind"] == STORIES
    names = (
        "title",
        "original_language",
        "kind",
        "coverage",
        "countries",
        "status",
        "start_date",
        "end_date",
        "sdgs",
        "targets",
    )
    return {
        "entry": revision["entry"],
        "revision": revision["number"],
        **{name: content[name] for name in names},
        "text": {language: text if whole else excerpt(text) for language, text in content["description"].items()},
        "organization": {name: content["organization"][name] for name in ("name", "type", "country")},
        "regions": contents.regions_of(dict(content)),
        "lines": lines,
        "group": scopes.group_of(scope, revision),
        "prize": prize["status"] if whole else None,
    }


def excerpt(text: str, length: int = EXCERPT) -> str:
    """The first sentences of a text, or its first words where the first sentence is longer; cut ones end in "…"."""
    if len(text) <= length:
        return text
    ends = [found.end() for found in _SENTENCE_END.finditer(text, 0, length)]
    if ends and ends[-1] > length // 3:
        return text[: ends[-1]].rstrip()
    head = text[: length - 1]
    space = head.rfind(" ")
    return (head[:space] if space > length // 2 else head).rstrip() + "…"
