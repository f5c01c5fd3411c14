"""Scenario 3: jurors never judge their own country, and who is left out can read why. Smaller numbers, same shape."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from wsis_demo import phases
from wsis_demo.client import Person, Problem
from wsis_demo.people import Organization

COUNTRIES = ("RW", "KE", "BR", "JP")
SUBMITTED, NOMINATED = 24, 18


@pytest.fixture(scope="module")
def jury(people: Any) -> list[Person]:
    """Four jurors, one of them from Rwanda, where a quarter of the projects comes from."""
    return [people.with_role("juror", country=country) for country in ("RW", "CH", "MX", "NZ")]


@pytest.fixture(scope="module")
def submitters(people: Any) -> list[Person]:
    """One in each country."""
    return [people.member(country=country) for country in COUNTRIES]


@pytest.fixture(scope="module")
def submitted(contest: Any, submitters: list[Person]) -> dict[str, Person]:
    """Project -> its submitter."""
    lines = [row["code"] for row in contest.officer.get(f"{contest.path}/categories")["items"]]
    found = {}
    for number in range(SUBMITTED):
        at = number % len(COUNTRIES)
        entity = Organization(f"Ministry {number}", "government", COUNTRIES[at], "en")
        project = contest.submit(submitters[at], lines[number % len(lines)], entity)
        found[project["id"]] = submitters[at]
    return found


@pytest.fixture(scope="module")
def scored(contest: Any, jury: list[Person], submitted: dict[str, Person]) -> list[dict[str, Any]]:
    """All is assigned and scored; returns the rows that each juror saw."""
    jurors = [juror.account for juror in jury]
    told = contest.officer.post(f"{contest.path}/assignments", {"jurors": jurors, "per_project": 2})
    assert told["unassigned"] == []
    criteria = [row["code"] for row in contest.officer.get(f"{contest.path}/form")["criteria"]]
    levels = {project: 1 + number % 5 for number, project in enumerate(submitted)}

    def score(juror: Person) -> list[dict[str, Any]]:
        rows = list(juror.each("/v1/me/reviews", edition=contest.edition))
        for row in rows:
            scores = dict.fromkeys(criteria, levels[row["project"]])
            juror.put(f"/v1/projects/{row['project']}/review", {"scores": scores, "done": True})
        return [{**row, "juror": juror.account} for row in rows]

    with ThreadPoolExecutor(4) as pool:
        return [row for rows in pool.map(score, jury) for row in rows]


@pytest.fixture(scope="module")
def published(contest: Any, scored: list[dict[str, Any]], submitted: dict[str, Person]) -> dict[str, str]:
    """The list is out: {project: state}. One was left out by hand."""
    phases.move(contest.officer, contest.edition, "submission", "Deadline", end=phases.now())
    by_hand = [{"project": list(submitted)[4], "reason": "The pilot phase is not completed."}]
    body = {"nominate": None, "count": NOMINATED, "not_nominated": by_hand}
    contest.officer.put(f"{contest.path}/nominations", body)
    before = Counter(row["state"] for row in contest.officer.each(f"{contest.path}/projects"))
    assert before == {"submitted": SUBMITTED}, "a list that is fixed is not yet published"
    contest.officer.post(f"{contest.path}/nominations/publication")
    return {row["id"]: row["state"] for row in contest.officer.each(f"{contest.path}/projects")}


def test_two_jurors_read_each_project_and_none_of_their_own_country(
    jury: list[Person], scored: list[dict[str, Any]], submitted: dict[str, Person]
):
    assert Counter(row["project"] for row in scored) == dict.fromkeys(submitted, 2)
    of_rwanda = [row for row in scored if row["juror"] == jury[0].account]
    assert of_rwanda
    assert "RW" not in {row["country"] for row in of_rwanda}


def test_a_juror_cannot_read_or_score_what_is_not_assigned(
    contest: Any, jury: list[Person], scored: list[dict[str, Any]], submitted: dict[str, Person]
):
    mine = {row["project"] for row in scored if row["juror"] == jury[0].account}
    other = next(project for project in submitted if project not in mine)
    for ask in (
        lambda: jury[0].get(f"/v1/projects/{other}"),
        lambda: jury[0].put(f"/v1/projects/{other}/review", {"comments": {}}),
    ):
        with pytest.raises(Problem) as refused:
            ask()
        assert refused.value.status == 404


def test_the_best_are_nominated_and_the_public_reads_them(contest: Any, published: dict[str, str]):
    assert Counter(published.values()) == {"nominated": NOMINATED, "not_nominated": SUBMITTED - NOMINATED}
    rows = list(contest.officer.suite.visitor.each(f"{contest.path}/nominees"))
    assert {row["project"] for row in rows} == {id for id, state in published.items() if state == "nominated"}


def test_each_of_the_others_has_a_reason_that_its_submitter_reads(
    published: dict[str, str], submitted: dict[str, Person]
):
    left = [project for project, state in published.items() if state == "not_nominated"]
    outcomes = {project: submitted[project].get(f"/v1/projects/{project}")["outcome"] for project in left}
    assert all(outcome["title"] for outcome in outcomes.values())
    by_hand = outcomes.pop(list(submitted)[4])
    assert by_hand["text"] == "The pilot phase is not completed."
    assert {outcome["code"] for outcome in outcomes.values()} == {"below_threshold"}
    assert all(outcome["mean"] < 3 for outcome in outcomes.values())


def test_reasons_come_by_mail_too(published: dict[str, str], submitted: dict[str, Person]):
    submitter = submitted[list(submitted)[4]]
    submitter.suite.mailbox.wait(submitter.email, saying=["The pilot phase is not completed."])


def test_another_submitter_reads_nothing_of_it(published: dict[str, str], submitted: dict[str, Person]):
    project = list(submitted)[4]
    stranger = next(person for person in submitted.values() if person is not submitted[project])
    with pytest.raises(Problem) as refused:
        stranger.get(f"/v1/projects/{project}")
    assert (refused.value.status, refused.value.code) == (404, "prizes.project_unknown")
