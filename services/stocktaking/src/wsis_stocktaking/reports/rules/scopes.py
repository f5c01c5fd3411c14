"""What a report is about, and which entries are in it."""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from wsis_shared import reference

from wsis_stocktaking.register.rules import contents
from wsis_stocktaking.register.rules.entries import Revision

GLOBAL, REGIONAL, STORIES = KINDS = ("global", "regional", "success_stories")

# What makes an activity one of the period: it was submitted or updated in it, or it was active in a year of it.
SUBMITTED, ACTIVE = BASES = ("submitted", "active")

# What officers write: each a text in several languages.
PROSE = ("introduction", "contribution", "conclusion")
# What stands in the imprint of each language, where the publisher has given it.
IMPRINT = ("isbn", "publication_number")


class Period(TypedDict):
    """From the first to the last day; `basis` is one of BASES."""

    start: str
    end: str
    basis: str


class Scope(TypedDict):
    """What a report is about."""

    kind: str
    region: str | None
    edition: str | None
    period: Period | None


HONOURED = ("winner", "champion")  # in the order of their stories


def series(scope: Scope) -> str:
    """What the versions of a report have in common, also in addresses: "regional-arab_states-2014-01-01-2016-12-31"."""
    days = scope["period"]
    if scope["kind"] == STORIES or days is None:
        return f"{STORIES}-{scope['edition']}"
    period = f"{days['start']}-{days['end']}"
    return f"{REGIONAL}-{scope['region']}-{period}" if scope["kind"] == REGIONAL else f"{scope['kind']}-{period}"


def contains(scope: Scope, revision: Revision, year: int) -> bool:
    """Whether a revision that was public is one of the report. Of a period of submission, the store has chosen. An
    ongoing activity without an end runs to `year`, that of the report."""
    content, prize = revision["content"], revision["prize"]
    if scope["kind"] == STORIES:
        return prize is not None and prize["edition"] == scope["edition"] and prize["status"] in HONOURED
    if scope["kind"] == REGIONAL and scope["region"] not in contents.regions_of(content):
        return False
    period = scope["period"]
    if period is None or period["basis"] != ACTIVE:
        return True
    first, last = date.fromisoformat(period["start"]).year, date.fromisoformat(period["end"]).year
    return any(first <= year <= last for year in contents.years_of(content, year))


def chapters_of(scope: Scope, revision: Revision) -> list[str]:
    """The lines under which an entry stands, that of its text first. A story stands under the category of its prize."""
    lines, prize = contents.lines_of(revision["content"]), revision["prize"]
    if scope["kind"] != STORIES or prize is None:
        return lines
    category = prize["category"]
    return [category] if reference.is_action_line(category) else lines[:1]


def group_of(scope: Scope, revision: Revision) -> str:
    """The part of its chapter in which an entry stands: the stakeholder type, or what the Prizes made of a story."""
    prize = revision["prize"]
    return prize["status"] if scope["kind"] == STORIES and prize else revision["content"]["organization"]["type"]


def groups(scope: Scope) -> list[str]:
    """The parts of a chapter in their order."""
    return list(HONOURED) if scope["kind"] == STORIES else [one.code for one in reference.stakeholder_types()]


def is_isbn(text: str) -> bool:
    """An ISBN of 13 digits, with or without hyphens, whose last digit checks the others (ISO 2108)."""
    digits = text.replace("-", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) == 13 and digits.startswith(("978", "979"))):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0
