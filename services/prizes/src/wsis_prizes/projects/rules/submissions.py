"""Submissions: what a complete form is, what makes two of them the same, and until when they may be changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict, cast

from wsis_shared import clock, reference
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.json_types import Input

from wsis_prizes.editions.rules import phases
from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.projects.rules import form, names
from wsis_prizes.projects.rules.projects import (
    DRAFT,
    FIELDS,
    INELIGIBLE,
    NOMINATED,
    NOT_NOMINATED,
    SUBMITTED,
    Project,
    must_be_in,
)


class Receipt(TypedDict):
    """What the submitter keeps: the number, and the time in Geneva and in UTC."""

    project: str
    edition: str
    number: int
    receipt: str
    received_at: datetime
    received_geneva: str
    received_utc: str


MAX_DRAFTS = 50  # of one account in one edition, withdrawn ones too
# In these states a project takes its entity's place in its category.
_HOLDS = (SUBMITTED, NOMINATED, NOT_NOMINATED)
_BEFORE_VOTING = (DRAFT, SUBMITTED, INELIGIBLE, NOMINATED, NOT_NOMINATED)


def must_be_open(edition: Edition, moment: datetime) -> None:
    """Raises where submission is not on at `moment`, the gateway's receipt time."""
    phase = phases.find(edition["phases"], phases.SUBMISSION)
    if moment < phase["start"]:
        raise Conflict("prizes.submission_not_open", opens=clock.geneva(phase["start"]))
    if moment >= phase["end"]:
        raise Conflict(
            "prizes.submission_closed", closed=clock.geneva(phase["end"]), closed_utc=clock.iso(phase["end"])
        )


def written(project: Project, edition: Edition, fields: Input) -> Project:
    """The project with what its submitter changed, and what follows: entity, region, links outside the matrix. None
    empties a field."""
    typed = {name: value for name, value in fields.items() if name in FIELDS}
    rest = {name: value for name, value in project.items() if name not in typed}
    filled = {name: value for name, value in typed.items() if value is not None}
    changed = cast(Project, {**rest, **filled})  # the schema has checked the types of what was typed
    category = changed.get("category")
    if category is not None and category not in edition["categories"]:
        raise Invalid(
            "prizes.category_unknown", category=category, fields={"category": ["Not a category of this edition."]}
        )
    changed["entity"] = names.entity(changed["organization"]) if changed.get("organization") else None
    changed["title_key"] = names.title(changed["title"]) if changed.get("title") else None
    changed["region"] = reference.itu_region_of(changed["country"]) if changed.get("country") else None
    changed["sdgs"] = [
        {**link, "outside_matrix": category is not None and not reference.in_matrix(category, link["sdg"])}
        for link in changed.get("sdgs") or []
    ]
    return changed


def problems(project: Project, edition: Edition) -> dict[str, list[str]]:
    """What is missing or of the wrong length, by field. Empty for a complete form."""
    found: dict[str, list[str]] = {}
    for field in edition["form"]["fields"]:
        code, value = field["code"], project.get(field["code"])
        if value in (None, "", []):
            if field.get("required"):
                found[code] = ["Needed."]
            continue
        if isinstance(value, str) and (wrong := form.problem(value, field.get("min_words"), field.get("max_words"))):
            found[code] = [wrong]
    if project.get("category") and project["category"] not in edition["categories"]:
        found["category"] = ["Not a category of this edition."]  # any more
    if project.get("completed") is None:
        found["completed"] = ["Say whether the project, or a major phase of it, is completed."]
    for index, link in enumerate(project.get("sdgs") or []):
        if not link.get("rationale"):
            found[f"sdgs.{index}.rationale"] = ["Say how the project helps this goal."]
        strangers = [target for target in link.get("targets", []) if target.partition(".")[0] != str(link["sdg"])]
        if strangers:
            found[f"sdgs.{index}.targets"] = [f"Not of goal {link['sdg']}: {', '.join(strangers)}."]
    goals = [link["sdg"] for link in project.get("sdgs") or []]
    if len(goals) != len(set(goals)):
        found["sdgs"] = ["Each goal once."]
    return found


def must_be_complete(project: Project, edition: Edition) -> None:
    """Raises where something is missing or of the wrong length, field by field."""
    if wrong := problems(project, edition):
        raise Invalid("prizes.project_incomplete", fields=wrong)


def needs_other_jurors(before: Project, after: Project) -> bool:
    """Did something change by which jurors are chosen or barred?"""
    return any(before.get(name) != after.get(name) for name in ("category", "country", "entity"))


KEYS = ("slot", "twin")  # in the order in which they are told


def with_unique_keys(project: Project, edition: Edition) -> Project:
    """The project with its unique keys: one a category and entity, and never the same project twice.

    They stand only on a project that holds its place, and only where the edition has the rule.
    """
    rules, holds = edition["settings"], project["state"] in _HOLDS
    who = f"{edition['_id']}|{project.get('country')}|{project.get('entity')}"
    changed: Project = {**project}
    changed.pop("slot", None)
    changed.pop("twin", None)
    if holds and rules["one_per_entity"]:
        changed["slot"] = f"{who}|{project.get('category')}"
    if holds and not rules["same_project_twice"]:
        changed["twin"] = f"{who}|{project.get('title_key')}"
    return changed


def refusal(key: str, other: Project) -> Conflict:
    """The entity has the `other` project in this category, or submitted the same one before in another."""
    if key == "slot":
        return Conflict("prizes.project_exists", number=other["number"], project_title=other["title"])
    return Conflict("prizes.project_twice", number=other["number"], project_title=other["title"])


def submitted(project: Project, edition: Edition, number: int, moment: datetime) -> Project:
    """The project with its number and time of receipt. Raises Invalid where the form is not complete."""
    must_be_complete(project, edition)
    return {**project, "state": SUBMITTED, "number": number, "submitted_at": moment}


def receipt(project: Project) -> Receipt:
    """Of a submitted project."""
    return {
        "project": project["_id"],
        "edition": project["edition"],
        "number": project["number"],
        "receipt": f"WSIS-{project['edition']}-{project['number']:04d}",
        "received_at": project["submitted_at"],
        "received_geneva": clock.geneva(project["submitted_at"]),
        "received_utc": clock.iso(project["submitted_at"]),
    }


def may_change(project: Project, edition: Edition, moment: datetime) -> None:
    """Raises unless it is a draft or a submission, before the deadline: voters read the words of a nominee."""
    if project["state"] == NOMINATED:
        raise Conflict("prizes.nominee_fixed")
    must_be_in(project, DRAFT, SUBMITTED)
    must_be_open(edition, moment)


def may_withdraw(project: Project, edition: Edition, moment: datetime) -> None:
    """Raises once voting is open, or where there is nothing left to withdraw."""
    must_be_in(project, *_BEFORE_VOTING)
    if moment >= phases.find(edition["phases"], phases.VOTING)["start"]:
        raise Conflict("prizes.voting_has_begun")


def allows(
    rule: Callable[[Project, Edition, datetime], None], project: Project, edition: Edition, now: datetime
) -> bool:
    """Does `may_change` or `may_withdraw` let its submitter do so now?"""
    try:
        rule(project, edition, now)
    except Conflict:
        return False
    return True
