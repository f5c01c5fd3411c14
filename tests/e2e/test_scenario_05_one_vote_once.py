"""Scenario 5: a vote is there once, however often it is sent, and it is final."""

from __future__ import annotations

import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from wsis_testkit import wait_for

from wsis_demo.client import Person, Problem
from wsis_demo.people import Organization

TIMES = 50
OTHERS = 10


@pytest.fixture(scope="module")
def voting(contest: Any, people: Any) -> Any:
    """A contest of two categories with two nominees each, open for votes."""
    contest.limit_to("C4", "C5")
    submitter = people.member(country="RW")
    for category in ("C4", "C5"):
        for number in range(2):
            contest.submit(submitter, category, Organization(f"Entity {category} {number}", "academia", "RW", "en"))
    contest.nominate()
    contest.open_voting()
    return contest


def _choices(contest: Any, voter: Person) -> dict[str, str]:
    return {row["category"]: row["project"] for row in voter.get(f"{contest.path}/ballot")["voted"]}


def _send(contest: Any, voter: Person, key: str, place: int = 0) -> tuple[int, str, bool | None]:
    body = {"category": "C4", "project": contest.projects["C4"][place]}
    answer = voter.send("POST", f"{contest.path}/votes", body, headers={"Idempotency-Key": key, "Prefer": "wait=20"})
    while answer.status_code == 202:
        outcome = voter.get(answer.headers["Location"])
        if outcome["state"] == "decided":
            return 200, outcome["votes"][0]["category"], outcome["complete"]
    told = answer.json()
    return answer.status_code, told.get("category", told.get("code")), told.get("complete")


@pytest.mark.parametrize("same_key", [True, False], ids=["the same key", "a key each"])
def test_fifty_at_a_time_are_one_vote(voting: Any, people: Any, same_key: bool):
    voter = people.member()
    before = voting.officer.get(f"{voting.path}/turnout")["votes"]
    key = uuid.uuid4().hex
    with ThreadPoolExecutor(TIMES) as pool:
        sent = [pool.submit(_send, voting, voter, key if same_key else uuid.uuid4().hex) for _ in range(TIMES)]
        answers = Counter(one.result() for one in sent)
    assert {(category, complete) for _, category, complete in answers} == {("C4", False)}
    assert {status for status, _, _ in answers} <= {200, 201}
    if not same_key:
        assert sum(count for (status, _, _), count in answers.items() if status == 201) == 1
    assert voting.officer.get(f"{voting.path}/turnout")["votes"] == before + 1
    assert _choices(voting, voter) == {"C4": voting.projects["C4"][0]}


def test_another_project_of_the_category_is_refused_and_changes_nothing(voting: Any, people: Any):
    voter = people.member()
    voting.vote(voter, "C4", 0)
    with pytest.raises(Problem) as refused:
        voting.vote(voter, "C4", 1)
    assert (refused.value.status, refused.value.code) == (409, "voting.category_already_voted")
    with pytest.raises(Problem) as refused:
        voter.post(f"{voting.path}/ballots", {"votes": [{"category": "C4", "project": voting.projects["C4"][1]}]})
    assert refused.value.code == "voting.category_already_voted"
    assert _choices(voting, voter) == {"C4": voting.projects["C4"][0]}


def test_an_answer_that_was_lost_is_given_again(voting: Any, people: Any):
    voter, key = people.member(), uuid.uuid4().hex
    body = {"category": "C5", "project": voting.projects["C5"][0]}
    first = voter.post(f"{voting.path}/votes", body, key=key)
    again = voter.post(f"{voting.path}/votes", body, key=key)
    assert again | {"repeated": False} == first | {"repeated": False}


def test_repeats_of_a_complete_ballot_hold_up_nobody_else(voting: Any, people: Any):
    """They come in one batch with ballots of others, which must not fail with them."""
    first, *others = [people.member() for _ in range(OTHERS + 1)]
    body = {"votes": [{"category": category, "project": rows[0]} for category, rows in voting.projects.items()]}
    key = uuid.uuid4().hex
    assert first.post(f"{voting.path}/ballots", body, key=key)["complete"]

    def send(who: Person) -> httpx.Response:
        again = key if who is first else uuid.uuid4().hex
        return who.send("POST", f"{voting.path}/ballots", body, headers={"Idempotency-Key": again})

    with ThreadPoolExecutor(2 * OTHERS) as pool:
        answers = list(pool.map(send, [person for other in others for person in (first, other)]))
    assert {answer.status_code for answer in answers} <= {200, 201, 202}
    assert sum(answer.status_code == 202 for answer in answers) < OTHERS, "most were told to come back later"
    wait_for(lambda: all(other.get(f"{voting.path}/ballot")["complete"] for other in others), 30, "all to be complete")


def test_the_count_agrees_with_the_votes(voting: Any):
    tally = voting.close_voting()
    assert sum(row["cast"] for row in tally["projects"]) == 4 + 2 * (OTHERS + 1)
    assert tally["ballots"] == {"started": 4 + OTHERS + 1, "complete": OTHERS + 1}
    assert voting.officer.post(f"{voting.path}/tally/recount")["agrees"]
