"""The content of an entry: what an organization says of its activity. Plain JSON.

Kinds, coverages and statuses are those of an entry's page on the platform of the ITU.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypedDict

from wsis_shared import reference

KINDS = (
    "project",
    "programme",
    "training_initiative",
    "conference",
    "website",
    "guideline",
    "toolkit",
    "publication",
    "other",
)
COVERAGES = ("local", "national", "regional", "international")
STATUSES = ("planned", "ongoing", "completed")

FIRST_YEAR, LAST_YEAR = 1950, 2100  # of the dates of an activity
TITLE_LENGTH, DESCRIPTION_LENGTH, NAME_LENGTH = 300, 6000, 300
MAX_WORDS = 20  # of partners, keywords and links


class Organization(TypedDict):
    """Whose activity it is. `type` is a stakeholder type."""

    name: str
    type: str
    country: str | None
    website: str | None


class NamedLine(TypedDict):
    """An action line with those of its sub-themes that the activity serves."""

    line: str
    sub_themes: list[str]


class WebLink(TypedDict):
    """A link of the activity."""

    url: str
    title: str | None


class Content(TypedDict):
    """Texts by language, codes as text, days as "2010-01-31". The content of a draft may have gaps: None for a code or
    a name, no text."""

    title: dict[str, str]
    description: dict[str, str]
    original_language: str
    organization: Organization
    kind: str
    coverage: str
    countries: list[str]
    regions: list[str]
    status: str
    start_date: str | None
    end_date: str | None
    action_lines: list[NamedLine]
    sdgs: list[int]
    targets: list[str]
    partners: list[str]
    keywords: list[str]
    links: list[WebLink]


class Difference(TypedDict):
    """What changed at a field, "title.en"."""

    field: str
    before: object
    after: object


def normalise(content: Content) -> Content:
    """The same content with its codes sorted and without repetitions, so that equal entries are equal values. A target
    implies its goal, a country its region, which is not named again; a title is one line."""
    targets = sorted(set(content["targets"]), key=_target_order)
    goals = {*content["sdgs"], *(int(target.partition(".")[0]) for target in targets)}
    lines: dict[str, set[str]] = {}
    for named in content["action_lines"]:
        lines.setdefault(named["line"], set()).update(named["sub_themes"])
    order = {line.code: line.number for line in reference.action_lines()}
    return {
        **content,
        "title": {language: " ".join(text.split()) for language, text in content["title"].items()},
        "countries": sorted(set(content["countries"])),
        "regions": sorted(set(content["regions"]) - {reference.itu_region_of(code) for code in content["countries"]}),
        "action_lines": [
            {"line": line, "sub_themes": sorted(lines[line])} for line in sorted(lines, key=order.__getitem__)
        ],
        "sdgs": sorted(goals),
        "targets": targets,
        "partners": list(dict.fromkeys(content["partners"])),
        "keywords": list(dict.fromkeys(content["keywords"])),
    }


def _target_order(code: str) -> tuple[int, bool, int, str]:
    goal, _, part = code.partition(".")
    return int(goal), not part.isdigit(), int(part) if part.isdigit() else 0, part


def language_of(content: Content) -> str:
    """The language in which it was written; where there is no title in it, that of the first title."""
    title, original = content["title"], content["original_language"]
    return original if original in title or not title else next(iter(title))


def lines_of(content: Content) -> list[str]:
    """The action lines, without sub-themes."""
    return [named["line"] for named in content["action_lines"]]


def regions_of(content: Content) -> list[str]:
    """The ITU regions: those of its countries, and those that it names itself."""
    found = {reference.itu_region_of(code) for code in content["countries"]} | set(content["regions"])
    return sorted(region for region in found if region)


def years_of(content: Content, until: int) -> list[int]:
    """The years in which the activity runs; one without an end runs until the year `until`, or never left its first."""
    dates = [day for day in (content["start_date"], content["end_date"]) if day]
    if not dates:
        return []
    first = int(dates[0][:4])
    last = int(content["end_date"][:4]) if content["end_date"] else until if content["status"] == "ongoing" else first
    return list(range(first, max(first, last) + 1))


def outside_matrix(content: Content, links: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Pairs of a line and a goal of the entry that the matrix does not link: to be flagged, never refused. A goal that
    any line of the entry is linked with is not flagged."""
    known, lines = set(links), lines_of(content)
    for goal in content["sdgs"]:
        if not any((line, goal) in known for line in lines):
            yield from ((line, goal) for line in lines)


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[Difference]:
    """What changed between two contents, by field, in the order of the content."""
    found: list[Difference] = []
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            found += [{**each, "field": f"{name}.{each['field']}"} for each in differences(old, new)]
        elif old != new:
            found.append({"field": name, "before": old, "after": new})
    return found
