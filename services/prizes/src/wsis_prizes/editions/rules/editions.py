"""Editions as data: what one starts from, what officers may set, and when a setting is fixed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from wsis_shared.errors import Conflict, Invalid
from wsis_shared.finalists import ALL_TIED
from wsis_shared.json_types import Input

from wsis_prizes.editions.rules import phases
from wsis_prizes.editions.rules.reference import categories, category


class Criterion(TypedDict):
    """What jurors score."""

    code: str
    title: dict[str, str]


class Form(TypedDict):
    """`fields` are as announced, each with its code and its limits."""

    languages: list[str]
    fields: list[dict[str, Any]]


class Marks(TypedDict, total=False):
    """When the steps of an edition were taken."""

    list_at: datetime
    published_at: datetime
    nominees_at: datetime
    window_fixed_at: datetime  # voting certifies by it
    finalists_at: datetime
    champions_at: datetime
    released_at: datetime


class Edition(TypedDict):
    """`_id` is the year. Officers change `settings` one by one, by their names."""

    _id: str
    phases: list[phases.Phase]
    categories: list[str]
    form: Form
    criteria: list[Criterion]
    settings: dict[str, Any]
    marks: Marks
    version: NotRequired[int]
    updated_at: NotRequired[datetime]


class Window(TypedDict):
    """When votes are taken, and whether a ballot needs every category."""

    opens_at: datetime
    closes_at: datetime
    every_category: bool


Changes = dict[str, object]
"""By the name of what changes."""
# Where the form of the announcement has another name for a field than the API.
_FIELDS = {
    "organization_name": "organization",
    "organization_country": "country",
    "sdg_linkages": "sdgs",
    "challenges_and_future": "challenges",
    "region_or_countries": "countries",
}
# Settings that a step rests on, by the mark that the step leaves on the edition.
_FIXED_BY = {
    "categories": "published_at",
    "nominees_cap": "published_at",
    "every_category": "voting_opened",
    "finalists_per_category": "voting_opened",
    "tie_rule": "voting_opened",
    "words": "voting_opened",
}


def from_seed(seed: Input) -> Edition:
    """An edition from the announcement (`reference.edition_seed`)."""
    fields = [{**row, "code": _FIELDS.get(row["code"], row["code"])} for row in seed["form"]["fields"]]
    return {
        "_id": str(seed["edition"]),
        "phases": [phases.from_wall(row, seed["timezone"], seed["daily_cutoff"]) for row in seed["phases"]],
        "categories": [category(number).code for number in seed["categories"]],
        "form": {"languages": list(seed["form"]["languages"]), "fields": fields},
        "criteria": [{"code": row["code"], "title": dict(row["title"])} for row in seed["criteria"]],
        "settings": {
            "nominees_cap": seed["nominees_per_category_cap"],
            "jurors_per_project": 2,
            "tie_rule": ALL_TIED,
            "every_category": seed["ballot_needs_every_category"],
            "finalists_per_category": seed["finalists_per_category"],
            "one_per_entity": seed["projects_per_entity_and_category"] == 1,
            "past_winners_eligible": seed["past_winners_eligible"],
            "same_project_twice": seed["same_project_twice"],
        },
        "marks": {},
    }


def copy_of(edition: Edition, year: str) -> Edition:
    """Another edition with the same settings, form and criteria; the phases keep their wall dates, years apart."""
    years = int(year) - int(edition["_id"])
    return {
        "_id": year,
        "categories": deepcopy(edition["categories"]),
        "form": deepcopy(edition["form"]),
        "criteria": deepcopy(edition["criteria"]),
        "settings": deepcopy(edition["settings"]),
        "phases": [phases.shifted(phase, years) for phase in edition["phases"]],
        "marks": {},
    }


def with_settings(edition: Edition, wanted: Input, moment: datetime) -> tuple[Edition, Changes, Changes]:
    """The edition with settings, categories or word limits changed; also what was and what is.

    Raises Conflict for a setting that a later step rests on, Invalid where nothing changes.
    """
    marks = dict(edition["marks"])
    if voting_has_begun(edition, moment):
        marks["voting_opened"] = moment
    changed = deepcopy(edition)
    before: Changes = {}
    after: Changes = {}
    old: object
    new: object
    for name, value in wanted.items():
        if name == "words":
            old, new = _with_words(changed, value)
        elif name == "categories":
            old = changed["categories"]
            new = changed["categories"] = [item.code for item in categories() if item.code in value]
        else:
            old, new = changed["settings"].get(name), value
            changed["settings"][name] = value
        if old != new:
            if marks.get(_FIXED_BY.get(name, "")):
                raise Conflict("prizes.settings_fixed", setting=name)
            before[name], after[name] = old, new
    if not after:
        raise Invalid("prizes.nothing_to_change")
    return changed, before, after


def revision(edition: Edition) -> str:
    """Another one once what `with_settings` changes has changed, and only then."""
    words = [[field["code"], field.get("min_words"), field.get("max_words")] for field in edition["form"]["fields"]]
    settings = [edition["settings"], edition["categories"], words]
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:16]


def _with_words(edition: Edition, limits: Mapping[str, Mapping[str, int | None]]) -> tuple[Changes, Changes]:
    before: Changes = {}
    after: Changes = {}
    for field in edition["form"]["fields"]:
        if field["code"] in limits:
            before[field["code"]] = {name: field.get(name) for name in ("min_words", "max_words")}
            field.update(limits[field["code"]])
            after[field["code"]] = {name: field.get(name) for name in ("min_words", "max_words")}
    return before, after


def window(edition: Edition) -> Window:
    """By the phase of voting and the settings."""
    phase = phases.find(edition["phases"], phases.VOTING)
    return {
        "opens_at": phase["start"],
        "closes_at": phase["end"],
        "every_category": edition["settings"]["every_category"],
    }


def voting_has_begun(edition: Edition, moment: datetime) -> bool:
    """By the phase. Whoever could change the rules of the vote later could do so in the knowledge of the votes."""
    return phases.find(edition["phases"], phases.VOTING)["start"] <= moment


def champions_are_out(edition: Edition) -> bool:
    """Are the champions announced?"""
    return bool(edition["marks"].get("champions_at"))


def winners_are_out(edition: Edition) -> bool:
    """Are the winners released?"""
    return bool(edition["marks"].get("released_at"))
