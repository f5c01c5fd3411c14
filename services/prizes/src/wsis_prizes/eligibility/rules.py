"""Evidence for the officer who decides on eligibility, and the one question. Rules refuse no project: people do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared.errors import Conflict, Invalid

from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.projects.rules import names
from wsis_prizes.projects.rules.projects import INELIGIBLE, SUBMITTED, Project, must_be_in
from wsis_prizes.projects.rules.submissions import problems


class PastWinner(TypedDict):
    """Of an earlier edition."""

    _id: str
    edition: str
    country: str
    entity: str
    title_key: str
    title: str
    organization: str
    language: NotRequired[str | None]
    project: NotRequired[str]
    category: NotRequired[str]


class Evidence(TypedDict):
    """`likeness` is in percent; `fields` are what is missing or wrong."""

    kind: str
    detail: str
    likeness: NotRequired[int]
    edition: NotRequired[str]
    project: NotRequired[str]
    number: NotRequired[int | None]
    title: NotRequired[str | None]
    organization: NotRequired[str | None]
    fields: NotRequired[dict[str, list[str]]]


ALIKE_TITLE = 85
ALIKE_ENTITY = 88


def evidence(
    project: Project, edition: Edition, winners: Iterable[PastWinner], others: Iterable[Project]
) -> list[Evidence]:
    """What speaks against a project, strongest first. `winners` are past winners of the
    country, `others` the country's other projects."""
    found: list[Evidence] = []
    if not edition["settings"]["past_winners_eligible"]:
        found += [hit for winner in winners if (hit := _past_winner(project, winner))]
    found += [hit for other in others if (hit := _duplicate(project, other))]
    found.sort(key=lambda hit: -hit["likeness"])
    missing = problems(project, edition)
    if missing:
        found.append({"kind": "incomplete", "detail": "The form is not complete.", "fields": missing})
    if project.get("completed") is False:
        found.append({"kind": "not_completed", "detail": "Neither completed nor at the end of a major phase."})
    outside = [link["sdg"] for link in project.get("sdgs", []) if link.get("outside_matrix")]
    if outside:
        goals = ", ".join(str(goal) for goal in outside)
        found.append({"kind": "outside_matrix", "detail": f"The matrix does not link the action line to SDG {goals}."})
    return found


def _past_winner(project: Project, winner: PastWinner) -> Evidence | None:
    title = names.likeness(project.get("title_key") or "", winner["title_key"])
    entity = names.likeness(project.get("entity") or "", winner["entity"])
    if title < ALIKE_TITLE:
        return None
    return {
        "kind": "past_winner",
        "likeness": round((title + entity) / 2),
        "edition": winner["edition"],
        "title": winner["title"],
        "organization": winner["organization"],
        "detail": f"Title alike to {title} %, organization to {entity} %, a winner of {winner['edition']}.",
    }


def _duplicate(project: Project, other: Project) -> Evidence | None:
    title = names.likeness(project.get("title_key") or "", other.get("title_key") or "")
    entity = names.likeness(project.get("entity") or "", other.get("entity") or "")
    same_place = entity >= ALIKE_ENTITY and other.get("category") == project.get("category")
    if title < ALIKE_TITLE and not same_place:
        return None
    kind = "duplicate" if title >= ALIKE_TITLE else "same_entity"
    return {
        "kind": kind,
        "likeness": title if kind == "duplicate" else entity,
        "project": other["_id"],
        "number": other.get("number"),
        "title": other.get("title"),
        "organization": other.get("organization"),
        "detail": f"Title alike to {title} %, organization to {entity} %.",
    }


def may_be_asked(project: Project, until: datetime, moment: datetime) -> None:
    """Raises unless clarification can be asked for: once, of a submission, with a date ahead."""
    must_be_in(project, SUBMITTED, INELIGIBLE)
    if project.get("clarification"):
        raise Conflict("prizes.clarification_once")
    if until <= moment:
        raise Invalid("prizes.date_passed", fields={"until": ["Must lie ahead."]})


def may_answer(project: Project, moment: datetime) -> None:
    """Raises unless a question is open and its date has not passed."""
    asked = project.get("clarification")
    if not asked or asked.get("answer") or moment >= asked["until"]:
        raise Conflict("prizes.no_clarification_open")
