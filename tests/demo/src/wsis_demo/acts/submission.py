"""Projects come in until the deadline."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import Any

from wsis_demo import phases
from wsis_demo.client import Person
from wsis_demo.people import Organization
from wsis_demo.play import Play
from wsis_demo.projects import shares

DRAFT_FIRST = 0.15  # of the projects are saved as a draft first
SUBMITTERS = 6  # at a time: receipts are numbered without gaps, one after another


def submit(play: Play) -> str:
    """All that is submitted, some withdrawn, some refused by the rules."""
    categories = play.officer.get(play.path)["categories"]
    withdrawn = max(1, play.size.submitted // 150)
    wanted = shares(play.size.submitted, categories)
    slots = [category for category, count in wanted.items() for _ in range(count)]
    taken = _places(play, slots + categories[:withdrawn])
    bodies = [(who, play.writer.project(entity, category, _contact(who))) for entity, who, category in taken]
    made = play.all(lambda row: _submit(play, *row), list(enumerate(bodies)), SUBMITTERS)
    for (who, _), project in list(zip(bodies, made, strict=True))[-withdrawn:]:
        who.post(f"/v1/projects/{project['id']}/withdrawal", {"reason": "Our partner has left"})
        play.count(mails={"prizes/project_withdrawn": 1})
    play.owners = {project["id"]: who.account for (who, _), project in zip(bodies, made, strict=True)}
    who, body = bodies[0]
    again = {**body, "title": "Another project", "submit": True}
    twice = play.refused("prizes.project_exists", lambda: who.post(f"{play.path}/projects", again))
    asked = _clarify(play, bodies, made)
    ruled = _past_winner(play, bodies[1], made[1])
    return (
        f"{len(made) - withdrawn} projects in {len(categories)} categories, {withdrawn} withdrawn, a second one of an "
        f"entity refused (number {twice.params.get('number')} is there), {asked} clarified, {ruled} ruled out"
    )


def close_submission(play: Play) -> str:
    """An officer ends the phase; who comes later reads so in their language."""
    concerned = play.concerned("submitted", "draft")
    phases.move(play.officer, play.edition, "submission", "The deadline has come", end=phases.now())
    phases.move(play.officer, play.edition, "nomination", "The Expert Group begins", start=phases.now())
    play.count(mails={"prizes/phase_changed": 2 * concerned})
    entity, who = next((entity, who) for entity, who in play.submitters.items() if entity.locale in ("ar", "fr"))
    late = play.writer.project(entity, "C8", _contact(who)) | {"submit": True}
    problem = play.refused("prizes.submission_closed", lambda: who.post(f"{play.path}/projects", late))
    return f"{concerned} submitters told; a late project refused: {problem.title}"


def _places(play: Play, categories: list[str]) -> list[tuple[Organization, Person, str]]:
    """Who submits in which category: the entities in turn, never one twice in a category."""
    entities, taken = list(play.submitters.items()), []
    held: dict[str, set[str]] = defaultdict(set)
    turn = 0
    for category in play.dice.sample(categories, len(categories)):
        while category in held[entities[turn % len(entities)][0].name]:
            turn += 1
        entity, who = entities[turn % len(entities)]
        held[entity.name].add(category)
        taken.append((entity, who, category))
        turn += 1
    return taken


def _contact(who: Person) -> dict[str, Any]:
    return {"given_name": "Project", "family_name": "office", "email": who.email}


def _submit(play: Play, number: int, row: tuple[Person, dict[str, Any]]) -> dict[str, Any]:
    who, body = row
    if number % round(1 / DRAFT_FIRST):
        project = who.post(f"{play.path}/projects", {**body, "submit": True})
    else:
        project = who.post(f"{play.path}/projects", body)
        who.patch(f"/v1/projects/{project['id']}", {"partnerships": body["partnerships"] + " More are welcome."})
        who.post(f"/v1/projects/{project['id']}/submission")
    play.count(mails={"prizes/project_submitted": 1})
    return dict(project)


def _clarify(play: Play, bodies: list[tuple[Person, dict[str, Any]]], made: list[dict[str, Any]]) -> int:
    """The secretariat asks some, who answer."""
    asked = list(zip(bodies, made, strict=True))[2 : 2 + max(1, len(made) // 100)]
    for (who, _), project in asked:
        until = (phases.now() + timedelta(hours=1)).isoformat()
        question = {"question": "Is the first major phase completed? Please name the date.", "until": until}
        play.officer.post(f"/v1/projects/{project['id']}/clarification-request", question)
        play.count(mails={"prizes/clarification_requested": 1})
        who.post(f"/v1/projects/{project['id']}/clarification", {"answer": "Yes, in November of last year."})
    return len(asked)


def _past_winner(play: Play, row: tuple[Person, dict[str, Any]], project: dict[str, Any]) -> int:
    """A project that won the year before is found by its evidence, and ruled out by an officer."""
    _, body = row
    won = {"edition": str(int(play.edition) - 1), **{name: body[name] for name in ("title", "organization", "country")}}
    play.officer.post(f"{play.path}/past-winners", {"items": [won]})
    address = f"/v1/projects/{project['id']}/eligibility"
    evidence = play.officer.get(address)["evidence"]
    if not any(row["kind"] == "past_winner" for row in evidence):
        return 0
    play.officer.put(address, {"eligible": False, "reason": "This project won the year before."})
    return 1
