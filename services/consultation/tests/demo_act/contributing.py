"""Contributors and their filled-in forms: types, kinds, requests and languages in the volumes of the play."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from wsis_shared import reference

from wsis_demo.people import Organization

from .state import Consultation, Contribution
from .volumes import shares
from .writing import Author

# Of scenario 11: it has the first account of all contributors, and asks for a workshop on each line, for a goal.
NGO = Organization("Santé pour tous", "civil_society", "SN", "fr")
NGO_WORKSHOPS = {"C7.e-health": 3, "C8": 4}
HIGH_LEVEL = ("government", "international_organization")  # the types that the form offers a speaking slot
RANKS = ("minister", "deputy_minister", "ambassador", "head_of_organization")
SESSION_TYPES = (
    "thematic_workshop",
    "thematic_workshop",
    "thematic_workshop",
    "country_workshop",
    "interactive_session",
    "knowledge_exchange",
    "innovations",
)
NATIONAL = 0.75  # of the events
AT_A_DESK = 3  # sessions for which one person is proposed as a speaker, at most
QUESTIONS = (
    "structure_programme",
    "sdg_alignment",
    "hl_topics",
    "hl_interactive",
    "local_visibility",
    "equal_participation",
)
# How much an action line attracts; every other one 2.
WEIGHTS = {"C7.e-health": 4, "C7.e-learning": 4, "C7.e-government": 3, "C2": 3, "C3": 4, "C4": 4, "C5": 3, "C9": 1}


def contributions(told: Consultation) -> list[Contribution]:
    """The inputs, each with its organization and the answers to the form."""
    volumes, dice, registry = told.volumes, told.dice, told.play.registry
    organizations = registry.organizations(volumes.inputs, shares(volumes.inputs))
    organizations.remove(next(one for one in organizations if one.kind == NGO.kind))
    organizations.insert(volumes.drafts, NGO)
    forms = [registry.member(one) for one in organizations]
    kinds = ["form"] * (volumes.by_form - 1) + _events(volumes.inputs - volumes.by_form)
    dice.shuffle(kinds)
    kinds.insert(volumes.drafts, "form")
    authors = [_author(told, one, form["locale"]) for one, form in zip(organizations, forms, strict=True)]
    rows = list(zip(organizations, forms, kinds, authors, strict=True))
    made = [Contribution(one, form, _answers(told, one, form, kind, by)) for one, form, kind, by in rows]
    askers = [(one, by) for one, (_, _, kind, by) in zip(made, rows, strict=True) if kind == "form"]
    _add_requests(told, [row for row in askers if row[0].organization != NGO], made[volumes.drafts])
    return made


def _events(count: int) -> list[str]:
    national = round(count * NATIONAL)
    return ["national_event"] * national + ["regional_event"] * (count - national)


def _author(told: Consultation, organization: Organization, language: str) -> Author:
    lines = [line.code for line in reference.action_lines() for _ in range(WEIGHTS.get(line.code, 2))]
    line = next(iter(NGO_WORKSHOPS)) if organization == NGO else told.dice.choice(lines)
    return Author(told.dice, language, organization.country, line)


def _answers(
    told: Consultation, organization: Organization, form: dict[str, Any], kind: str, author: Author
) -> dict[str, Any]:
    dice = told.dice
    others = dice.sample([line.code for line in reference.action_lines() if line.code != author.line], 2)
    lines = [author.line, *others[: dice.randrange(3)]]
    answers: dict[str, Any] = {
        "full_name": full_name(form),
        "email": form["email"],
        "organization_name": organization.name,
        "organization_country": organization.country,
        "telephone": f"+41 22 730 {dice.randrange(1000, 10_000)}",
        "stakeholder_type": organization.kind,
        "kind": kind,
        "action_lines": lines,
        "sdgs": [author.sdg],
        **{code: author.answer(code) for code in dice.sample(QUESTIONS, dice.randrange(3, len(QUESTIONS) + 1))},
        "per_line": [
            {
                "action_line": line,
                **{code: by.of_line(code) for code in ("al_topics", "al_activities", "partnerships")},
            }
            for line in lines
            for by in [author if line == author.line else Author(dice, author.language, organization.country, line)]
        ],
    }
    if kind == "form":
        return answers
    day = dice.randrange(1, 28)
    dates = {"event_starts_on": f"2016-11-{day:02}", "event_ends_on": f"2016-11-{day + 1:02}"}
    return {**answers, "event_name": author.event(kind), "event_country": organization.country, **dates}


def full_name(form: dict[str, Any]) -> str:
    """As its bearer writes it."""
    if form["locale"] == "zh":
        return f"{form['family_name']}{form['given_name']}"
    return f"{form['given_name']} {form['family_name']}"


def _add_requests(told: Consultation, askers: list[tuple[Contribution, Author]], ngo: Contribution) -> None:
    """Binding requests: workshops in turn for everybody, statements for the types that may ask for them."""
    volumes, speakers = told.volumes, _speakers(told)
    entitled = [row for row in askers if row[0].organization.kind in HIGH_LEVEL]
    told.dice.shuffle(askers)
    turns = itertools.cycle(askers)
    for line, sdg in NGO_WORKSHOPS.items():
        workshop = _request(Author(told.dice, NGO.locale, NGO.country, line), "workshop", 4)
        _add(ngo, workshop | {"session_type": "thematic_workshop", "sdgs": [sdg], "speakers": [next(speakers)]})
    for _ in range(volumes.workshops - len(NGO_WORKSHOPS)):
        one, author = next(turns)
        _add(one, _workshop(told, one, author, [next(speakers) for _ in range(told.dice.randrange(2, 4))]))
    for _ in range(volumes.stalls):
        one, author = next(turns)
        _add(one, _request(author, "exhibition", 2))
    for number, (one, author) in zip(range(volumes.statements), itertools.cycle(entitled), strict=False):
        speaker = next(speakers) | {"remote": False}
        _add(one, _request(author, "speaking_slot", 2) | {"rank": RANKS[number % len(RANKS)], "speakers": [speaker]})
    for number in range(volumes.others):
        one, author = next(turns)
        kind = ("speaker", "partnership")[number % 2]
        _add(one, _request(author, kind, 2) | ({"speakers": [next(speakers)]} if kind == "speaker" else {}))


def _speakers(told: Consultation) -> Iterator[dict[str, Any]]:
    """People who are proposed, each for a few sessions, so that sessions share speakers."""
    people = list(told.play.registry.people(max(12, told.volumes.workshops)))
    desks = list(told.play.registry.organizations(max(12, told.volumes.workshops // 2)))
    rows = [
        {
            "name": full_name(form),
            "organization": told.dice.choice(desks).name,
            "country": form["country"],
            "remote": told.dice.random() < 0.15,
        }
        for form in people
    ]
    queue = rows * AT_A_DESK
    told.dice.shuffle(queue)
    yield from itertools.cycle(queue)


def _workshop(told: Consultation, one: Contribution, author: Author, speakers: list[dict[str, Any]]) -> dict[str, Any]:
    by = Author(told.dice, author.language, one.organization.country, told.dice.choice(one.answers["action_lines"]))
    different = {speaker["name"]: speaker for speaker in speakers}
    return _request(by, "workshop", 4) | {
        "session_type": told.dice.choice(SESSION_TYPES),
        "speakers": list(different.values()),
        "theme": reference.action_line(by.line).title[author.language],
    }


def _request(author: Author, kind: str, sentences: int) -> dict[str, Any]:
    return {
        "kind": kind,
        "title": author.title(kind),
        "description": author.description(kind, sentences),
        "action_lines": [author.line],
        "sdgs": [author.sdg],
    }


def _add(one: Contribution, request: dict[str, Any]) -> None:
    one.answers.setdefault("requests", []).append(request)
