"""Scenario 8, over HTTP with small numbers: the fraud is excluded, the ministry kept, and reinstating restores exactly.

At its full numbers it stands in the tests of the service that votes.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from wsis_testkit import wait_for

from wsis_demo.client import Person, Problem

CATEGORIES = ("C1", "C2")
FAKES, STAFF = 12, 15


@pytest.fixture(scope="module")
def crowd(contest: Any, people: Any) -> list[Person]:
    """Two categories with two nominees; accounts of a throwaway domain vote alike, those of a ministry as they like."""
    contest.limit_to(*CATEGORIES)
    for category in CATEGORIES:
        for _ in range(2):
            contest.submit(people.member(country="RW"), category)
    contest.nominate()
    contest.open_voting()
    year = contest.edition
    addresses = [f"fan{number:03d}@{year}.mailinator.com" for number in range(FAKES)]
    addresses += [f"clerk.{chr(97 + number)}@ministry-{year}.example" for number in range(STAFF)]
    with ThreadPoolExecutor(4) as pool:
        voters = list(pool.map(lambda address: people.member(email=address, country="RW"), addresses))
    for number, voter in enumerate(voters):
        contest.vote_all(voter, **({} if number < FAKES else {"C1": number % 2, "C2": 1}))
    return voters


def review(contest: Any, path: str = "") -> str:
    return f"{contest.path}/review{path}"


@pytest.fixture(scope="module")
def clusters(contest: Any, crowd: list[Person]) -> dict[str, dict[str, Any]]:
    """What an officer finds, by kind, once all signals have arrived."""

    def look() -> dict[str, dict[str, Any]]:
        contest.officer.post(review(contest, "/look"))
        found = {row["kind"]: row for row in contest.officer.get(review(contest, "/clusters"))["items"]}
        return found if found.get("throwaway_domain", {}).get("size") == FAKES else {}

    return wait_for(look, 30, "the signals of all accounts")


@pytest.fixture(scope="module")
def tallies(contest: Any, clusters: Any) -> list[dict[str, Any]]:
    """The tally after each decision: excluded, reinstated, excluded again and certified."""
    path = review(contest, f"/clusters/{clusters['throwaway_domain']['cluster']}/decision")
    contest.officer.put(path, {"decision": "exclude", "reason": "One domain, one minute, one project"})
    excluded = contest.officer.get(review(contest, "/summary"))
    contest.officer.put(path, {"decision": "reinstate", "reason": "To see that it restores"})
    reinstated = contest.officer.get(review(contest, "/summary"))
    contest.officer.put(path, {"decision": "exclude", "reason": "One domain, one minute, one project"})
    return [excluded, reinstated, contest.close_voting()]


def test_throwaway_domain_is_shown_with_its_signals_and_the_ministry_is_not_blocked(clusters: Any, crowd: Any) -> None:
    shown = clusters["throwaway_domain"]
    signs = {part["sign"]: part["share"] for part in shown["parts"]}
    assert (signs["throwaway_domain"], signs["sequential_names"]) == (1.0, 1.0)
    assert shown["score"] == max(row["score"] for row in clusters.values())
    assert shown["countries"] == [{"name": "RW", "ballots": FAKES}]
    assert len(crowd) == FAKES + STAFF


def test_officers_see_no_choices(contest: Any, clusters: Any, crowd: Any) -> None:
    opened = contest.officer.get(review(contest, f"/clusters/{clusters['throwaway_domain']['cluster']}"))
    assert opened["concentration"] is None, "of fewer than thirty"
    told = json.dumps(opened)
    assert not [project for rows in contest.projects.values() for project in rows if project in told]
    assert "@" not in told


def test_valid_votes_change_and_cast_ones_do_not(contest: Any, tallies: list[dict[str, Any]]) -> None:
    excluded, reinstated, certified = tallies
    assert (excluded["ballots_excluded"], excluded["votes_excluded"]) == (FAKES, 2 * FAKES)
    assert (reinstated["ballots_excluded"], reinstated["votes_excluded"], reinstated["excluded"]) == (0, 0, [])
    rows = {row["project"]: row for row in certified["projects"]}
    first, second = (rows[project] for project in contest.projects["C2"])
    assert (first["cast"], first["counted"]) == (FAKES, 0)
    assert (second["cast"], second["counted"]) == (STAFF, STAFF)
    assert sum(row["cast"] for row in rows.values()) == 2 * (FAKES + STAFF)
    assert sum(row["counted"] for row in rows.values()) == 2 * STAFF


def test_everybody_reads_how_many_were_excluded_and_why(contest: Any, tallies: Any, visitor: Person) -> None:
    told = visitor.get(f"{contest.path}/voting")
    assert told["excluded"] == [{"reason": "throwaway_addresses", "ballots": FAKES}]
    assert told["totals"]["votes_counted"] == 2 * STAFF


def test_decisions_are_audited_and_final_after_certification(contest: Any, clusters: Any, tallies: Any) -> None:
    cluster = f"/clusters/{clusters['throwaway_domain']['cluster']}"
    with pytest.raises(Problem, match=r"voting\.review_closed"):
        contest.officer.put(review(contest, f"{cluster}/decision"), {"decision": "reinstate", "reason": "Too late"})
    entries = wait_for(
        lambda: (
            rows
            if len(rows := list(contest.officer.each("/v1/audit", object=f"edition/{contest.edition}/review{cluster}")))
            == 3
            else []
        ),
        what="the audit",
    )
    assert [row["action"] for row in reversed(entries)] == [
        "voting.review_exclude",
        "voting.review_reinstate",
        "voting.review_exclude",
    ]
    assert {row["actor"] for row in entries} == {contest.officer.account}
