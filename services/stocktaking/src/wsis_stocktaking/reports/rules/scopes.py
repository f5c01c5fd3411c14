"""What a report is about: {kind, region: code or None, edition or None, period: {start, end, basis} or None}."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from wsis_shared import reference

from wsis_stocktaking.register.rules import contents
from wsis_stocktaking.reports.rules import ACTIVE, REGIONAL, STORIES

Scope = Mapping[str, Any]
Revision = Mapping[str, Any]
HONOURED = ("winner", "champion")  # in the order of their stories


def series(scope: Scope) -> str:
    """What the versions of a report have in common, also in addresses: "regional-arab_states-2014-01-01-2016-12-31"."""
    if scope["kind"] == STORIES:
        return f"{STORIES}-{scope['edition']}"
    period = f"{scope['period']['start']}-{scope['period']['end']}"
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
    if period["basis"] != ACTIVE:
        return True
    first, last = date.fromisoformat(period["start"]).year, date.fromisoformat(period["end"]).year
    return any(first <= year <= last for year in contents.years_of(content, year))


def chapters_of(scope: Scope, revision: Revision) -> list[str]:
    """The lines under which an entry stands, that of its text first. A story stands under the category of its prize."""
    lines = contents.lines_of(revision["content"])
    if scope["kind"] != STORIES:
        return lines
    category = revision["prize"]["category"]
    return [category] if reference.is_action_line(category) else lines[:1]


def group_of(scope: Scope, revision: Revision) -> str:
    """The part of its chapter in which an entry stands: the stakeholder type, or what the Prizes made of a story."""
    return str(revision["prize"]["status"] if scope["kind"] == STORIES else revision["content"]["organization"]["type"])


def groups(scope: Scope) -> list[str]:
    """The parts of a chapter in their order."""
    return list(HONOURED) if scope["kind"] == STORIES else [one.code for one in reference.stakeholder_types()]
