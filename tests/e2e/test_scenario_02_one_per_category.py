"""Scenario 2: one project per category and entity; former winners are found."""

from __future__ import annotations

from typing import Any

import pytest

from wsis_demo.client import Person, Problem
from wsis_demo.people import Organization

HEALTH, LEARNING = "C7.e-health", "C7.e-learning"
ENTITY = Organization("Société Générale d'Informatique Médicale S.A.R.L.", "private_sector", "SN", "fr")


@pytest.fixture(scope="module")
def first(contest: Any, people: Any) -> tuple[Person, dict[str, Any]]:
    """The entity's project in category 10."""
    submitter = people.member(country="SN")
    return submitter, contest.submit(submitter, HEALTH, ENTITY, title="Ligne Maman")


def test_a_second_project_in_the_category_is_refused_and_the_first_is_named(
    contest: Any, first: tuple[Person, dict[str, Any]]
):
    submitter, project = first
    with pytest.raises(Problem) as refused:
        contest.submit(submitter, HEALTH, ENTITY, title="Carnet de santé")
    assert (refused.value.status, refused.value.code) == (409, "prizes.project_exists")
    assert refused.value.params["number"] == project["number"]
    assert refused.value.params["project_title"] == "Ligne Maman"


@pytest.mark.parametrize(
    "spelling", ["SOCIETE GENERALE D'INFORMATIQUE MEDICALE", "Société  générale d’informatique médicale, SARL"]
)
def test_another_spelling_from_another_account_is_the_same_entity(
    contest: Any, people: Any, first: tuple[Person, dict[str, Any]], spelling: str
):
    colleague = people.member(country="SN")
    with pytest.raises(Problem, match=r"prizes\.project_of_another") as refused:
        contest.submit(colleague, HEALTH, Organization(spelling, "private_sector", "SN", "fr"), title="Un autre")
    told = refused.value
    assert "write to the secretariat" in told.detail
    assert "Ligne Maman" not in f"{told.title} {told.detail}"
    assert told.params == {}


def test_another_category_is_accepted_but_not_the_same_project(contest: Any, first: tuple[Person, dict[str, Any]]):
    submitter, _ = first
    assert contest.submit(submitter, LEARNING, ENTITY, title="École ouverte")["state"] == "submitted"
    with pytest.raises(Problem, match=r"prizes\.project_twice"):
        contest.submit(submitter, "C4", ENTITY, title="LIGNE MAMAN")


def test_a_winning_project_of_a_former_edition_is_flagged(contest: Any, people: Any):
    former = str(int(contest.edition) - 1)
    won = {"edition": former, "title": "Flood Watch Mozambique", "organization": "Instituto Nacional", "country": "MZ"}
    contest.officer.post(f"{contest.path}/past-winners", {"items": [won]})
    submitter = people.member(country="MZ")
    entity = Organization("Instituto  Nacional", "government", "MZ", "pt")
    project = contest.submit(submitter, "C7.e-environment", entity, title="Flood Watch, Mozambique")
    told = contest.officer.get(f"/v1/projects/{project['id']}/eligibility")
    assert [(row["kind"], row["edition"]) for row in told["evidence"]] == [("past_winner", former)]
    body = {"eligible": False, "reason": "It won the year before."}
    contest.officer.put(f"/v1/projects/{project['id']}/eligibility", body)
    assert submitter.get(f"/v1/projects/{project['id']}")["state"] == "ineligible"


def test_a_withdrawn_project_makes_room(contest: Any, first: tuple[Person, dict[str, Any]]):
    submitter, project = first
    submitter.post(f"/v1/projects/{project['id']}/withdrawal", {"reason": "We send a better one"})
    assert contest.submit(submitter, HEALTH, ENTITY, title="Carnet de santé")["state"] == "submitted"
