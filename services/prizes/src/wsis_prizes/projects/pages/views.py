"""What pages make of a project and of the form, which is data: its questions by sections, with what was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from wsis_shared import reference
from wsis_shared.json_types import Input, JsonObject

from wsis_prizes.editions.rules.phases import SUBMISSION, VOTING
from wsis_prizes.editions.rules.reference import category
from wsis_prizes.projects.rules.form import count

# Title -> fields, in the order of the page; an edition may ask less.
SECTIONS = {
    "own_part_organization": ("organization", "country", "stakeholder_type", "contact_name", "contact_email"),
    "own_part_project": ("title", "category", "language", "short_description", "website", "countries"),
    "fact_goals": ("sdgs",),
    "own_part_results": ("impact", "partnerships", "challenges", "timeframe", "completed"),
}
_GOALS = 17


def new(values: Input, locale: str) -> JsonObject:
    """The categories to choose from, and whether submission is on."""
    return {**_dates(values["edition"]), "categories": _categories(values["edition"], locale)}


def own(values: Input, locale: str) -> JsonObject:
    """The form with what was written, the dates that hold for it, and `missing` with the id of each field."""
    project, questions = values["own"], values["questions"]
    goals = dict(_titles(locale))
    labels = {field["code"]: field["label"] for field in questions["fields"]}
    for at, link in enumerate(project["sdgs"]):
        labels |= {f"sdgs.{at}.{part}": goals[str(link["sdg"])] for part in ("sdg", "targets", "rationale")}
    missing = project.get("missing") or {}
    return {
        **_dates(values["edition"]),
        "sections": sections(questions, project, locale),
        "categories": _categories(values["edition"], locale),
        "goals": goals,
        "rows": list(_rows(project["sdgs"])),
        "countries": _countries(project["countries"], locale),
        "linked_goals": _linked(project.get("category"), goals),
        "missing": [{"id": f"save-{name}", "label": labels[name], "texts": texts} for name, texts in missing.items()],
        "field_labels": labels,
    }


def sections(questions: Input, project: Input, locale: str) -> list[JsonObject]:
    """{title, fields, missing, goals}: what the form asks, each with what was written, its words, and what it lacks."""
    asked = {field["code"]: field for field in questions["fields"]}
    goals, missing = dict(_titles(locale)), project.get("missing") or {}
    made: list[JsonObject] = []
    for title, names in SECTIONS.items():
        rows = [_answered(asked[name], project.get(name)) for name in names if name in asked]
        lacking = sum(name.partition(".")[0] in names for name in missing)
        made.append({"title": title, "fields": rows, "missing": lacking, "goals": goals})
    return made


def _answered(field: Input, value: object) -> JsonObject:
    """The field with what was written; its words where their number is limited."""
    limited = isinstance(value, str) and (field.get("min_words") or field.get("max_words"))
    words = count(str(value)) if limited else None
    return {**field, "value": value, "words": words, "written": value not in (None, "", [])}


def _dates(edition: Input) -> JsonObject:
    """{is_open, opens_at, closes_at, voting_at}: of the submission, and the day until which one may withdraw."""
    phases = {phase["code"]: phase for phase in edition["phases"]}
    return {
        "is_open": phases[SUBMISSION]["current"],
        "opens_at": phases[SUBMISSION]["start"],
        "closes_at": phases[SUBMISSION]["end"],
        "voting_at": phases[VOTING]["start"],
    }


def _categories(edition: Input, locale: str) -> Mapping[str, str]:
    return {code: reference.title(category(code), locale) for code in edition["categories"]}


def _titles(locale: str) -> Iterator[tuple[str, str]]:
    for goal in reference.sdgs():
        yield str(goal.number), f"{goal.number}. {reference.title(goal, locale)}"


def _linked(line: str | None, goals: Mapping[str, str]) -> list[str]:
    """The goals that the WSIS-SDG Matrix links to the category."""
    return [title for number, title in goals.items() if line and reference.in_matrix(line, int(number))]


def _rows(links: list[Input]) -> Iterator[JsonObject]:
    """What stands in each row of goals: those chosen with their targets, and an empty one."""
    targets = {goal.number: [(target, target) for target in goal.targets] for goal in reference.sdgs()}
    for link in links:
        yield {**link, "choices": targets[link["sdg"]]}
    if len(links) < _GOALS:
        yield {"choices": []}


def _countries(chosen: list[str], locale: str) -> list[tuple[str, str]]:
    """Those that were chosen first, then all others by name."""
    titles = {country.code: reference.title(country, locale) for country in reference.countries()}
    return sorted(titles.items(), key=lambda row: (row[0] not in chosen, row[1]))
