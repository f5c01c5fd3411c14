"""The model of a report: plain JSON, a function of the revisions that were public at a sequence."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NotRequired, TypedDict

from wsis_shared import reference

from wsis_stocktaking.register.rules import contents
from wsis_stocktaking.register.rules.entries import Revision
from wsis_stocktaking.reports.rules.figures import Figures, Statistics
from wsis_stocktaking.reports.rules.scopes import STORIES, Scope, chapters_of, contains, group_of, groups


class ModelVersions(TypedDict):
    """Of what a model is made with."""

    matrix: str | None
    template: str


class Chapter(TypedDict):
    """An action line: numbers of entries whose text stands here, and of those whose text stands under an earlier
    line."""

    line: str
    entries: list[int]
    also: list[int]


class ModelOrganization(TypedDict):
    """As much of an organization as its card has."""

    name: str
    type: str
    country: str | None


class UnnumberedEntry(TypedDict):
    """An entry as a report has it."""

    entry: str
    revision: int
    title: dict[str, str]
    original_language: str
    by_secretariat: NotRequired[list[str]]
    kind: str
    coverage: str
    countries: list[str]
    status: str
    start_date: str | None
    end_date: str | None
    sdgs: list[int]
    targets: list[str]
    text: dict[str, str]
    organization: ModelOrganization
    regions: list[str]
    lines: list[str]
    group: str
    prize: str | None


class ModelEntry(UnnumberedEntry):
    """With its number, in the order of the chapters."""

    number: int


class Model(TypedDict):
    """Plain JSON. `licence` is the address of that of the register, where it had one then."""

    scope: Scope
    as_of: str
    sequence: int
    versions: ModelVersions
    statistics: Statistics
    entries: list[ModelEntry]
    chapters: list[Chapter]
    licence: NotRequired[str]


TEMPLATE = "2"  # raised whenever a model of the same entries becomes another
EXCERPT = 600  # characters of a text in a report; stories are whole
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔](?=\s|$)|[。！？]")


def build(
    scope: Scope, revisions: Iterable[Revision], *, as_of: str, sequence: int, matrix: str | None, licence: str = ""
) -> Model:
    """The model of the revisions that the scope contains. `matrix` names the version of the WSIS-SDG Matrix."""
    figures, year = Figures(scope["region"]), int(as_of[:4])
    found: list[tuple[tuple[int, str, str], UnnumberedEntry]] = []
    for revision in revisions:
        if contains(scope, revision, year):
            lines = chapters_of(scope, revision)
            figures.add(revision["content"], lines)
            found.append((_order(scope, revision), _entry(scope, revision, lines)))
    found.sort(key=lambda each: each[0])
    chapters: dict[str, Chapter] = {
        line.code: {"line": line.code, "entries": [], "also": []} for line in reference.action_lines()
    }
    place = {line: number for number, line in enumerate(chapters)}
    entries: list[ModelEntry] = []
    # In the order of the chapters, so that numbers rise through the report.
    for _, entry in sorted(found, key=lambda each: place[each[1]["lines"][0]]):
        entries.append({"number": len(entries) + 1, **entry})
        for line in entry["lines"]:
            chapter = chapters[line]
            (chapter["entries"] if line == entry["lines"][0] else chapter["also"]).append(len(entries))
    model: Model = {
        "scope": scope,
        "as_of": as_of,
        "sequence": sequence,
        "versions": {"matrix": matrix, "template": TEMPLATE},
        "statistics": figures.result(),
        "entries": entries,
        "chapters": list(chapters.values()),
    }
    return {**model, "licence": licence} if licence else model


def _order(scope: Scope, revision: Revision) -> tuple[int, str, str]:
    content = revision["content"]
    rank = groups(scope).index(group_of(scope, revision))
    return rank, content["title"][content["original_language"]].casefold(), revision["entry"]


def _entry(scope: Scope, revision: Revision, lines: list[str]) -> UnnumberedEntry:
    content, prize = revision["content"], revision["prize"]
    whole = scope["kind"] == STORIES
    organization = content["organization"]
    return {
        "entry": revision["entry"],
        "revision": revision["number"],
        "title": content["title"],
        "original_language": content["original_language"],
        "by_secretariat": revision.get("by_secretariat", []),
        "kind": content["kind"],
        "coverage": content["coverage"],
        "countries": content["countries"],
        "status": content["status"],
        "start_date": content["start_date"],
        "end_date": content["end_date"],
        "sdgs": content["sdgs"],
        "targets": content["targets"],
        "text": {language: text if whole else excerpt(text) for language, text in content["description"].items()},
        "organization": {
            "name": organization["name"],
            "type": organization["type"],
            "country": organization["country"],
        },
        "regions": contents.regions_of(content),
        "lines": lines,
        "group": group_of(scope, revision),
        "prize": prize["status"] if whole and prize else None,
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
