"""Scenario 4: a ballot counts once it is complete, then all of it at once."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared import reference
from wsis_testkit import wait_for

from wsis_demo.client import Person, Problem
from wsis_demo.people import Organization

LINES = [line.code for line in reference.action_lines()]


@pytest.fixture(scope="module")
def voters(contest: Any, people: Any) -> tuple[Person, Person]:
    """Voting is on with a nominee in each of 18 categories, and two have come to vote, the second one in French."""
    submitter = people.member(country="RW")
    for number, category in enumerate(LINES):
        contest.submit(submitter, category, Organization(f"Entity {number}", "academia", "RW", "en"))
    contest.nominate()
    contest.open_voting()
    return people.member(locale="en"), people.member(locale="fr")


@pytest.fixture(scope="module")
def seventeen(contest: Any, voters: tuple[Person, Person]) -> dict[str, Any]:
    """Both have voted in 17 categories; the ballot of the second."""
    for voter in voters:
        for category in LINES[:17]:
            contest.vote(voter, category)
    return dict(voters[1].get(f"{contest.path}/ballot"))


@pytest.fixture(scope="module")
def eighteenth(contest: Any, voters: tuple[Person, Person], seventeen: dict[str, Any]) -> dict[str, Any]:
    """The ballot of the second, after the last vote."""
    return dict(contest.vote(voters[1], LINES[17]))


def test_seventeen_are_told_and_do_not_count(contest: Any, seventeen: dict[str, Any]):
    assert (seventeen["done"], seventeen["of"], seventeen["complete"]) == (17, 18, False)
    assert "17" in seventeen["message"]
    assert "18" in seventeen["message"]
    assert seventeen["missing"] == LINES[17:]
    turnout = contest.officer.get(f"{contest.path}/turnout")
    assert (turnout["votes"], turnout["started"], turnout["complete"]) == (34, 2, 0)


def test_nobody_sees_totals_while_votes_come_in(contest: Any, seventeen: dict[str, Any]):
    with pytest.raises(Problem) as refused:
        contest.officer.get(f"{contest.path}/tally")
    assert refused.value.code == "voting.totals_hidden"
    assert contest.voting()["totals"] is None


def test_the_eighteenth_completes_the_ballot_and_mails_its_summary(
    contest: Any, voters: tuple[Person, Person], seventeen: dict[str, Any], eighteenth: dict[str, Any]
):
    voter = voters[1]
    assert (eighteenth["done"], eighteenth["of"], eighteenth["complete"]) == (18, 18, True)
    assert eighteenth["message"] != seventeen["message"]
    assert contest.officer.get(f"{contest.path}/turnout")["complete"] == 1
    titles = {row["title"] for row in voter.suite.visitor.each(f"{contest.path}/nominees")}
    assert len(titles) == 18
    voter.suite.mailbox.wait(voter.email, saying=titles)
    own = voter.get(f"{contest.path}/ballot")
    assert {row["category"]: row["project"] for row in own["voted"]} == {
        category: projects[0] for category, projects in contest.projects.items()
    }


def test_officers_learn_neither_whose_the_summary_is_nor_when_it_went(
    contest: Any, voters: tuple[Person, Person], eighteenth: dict[str, Any]
):
    voter, officer = voters[1], contest.officer

    def summaries() -> list[dict[str, Any]]:
        rows = officer.each("/v1/deliveries", state="sent")
        return [row for row in rows if row["template"] == "voting/ballot_completed"]

    told = wait_for(summaries, 60, "the summary to be sent")
    assert {row["account"] for row in told} == {None}
    assert {row[time][10:] for row in told for time in ("at", "sent_at")} == {"T00:00:00Z"}
    dated = next(row for row in officer.each("/v1/deliveries") if row["account"])
    assert dated["id"] in {row["id"] for row in officer.each("/v1/deliveries", account=dated["account"])}
    own = officer.each("/v1/deliveries", account=voter.account)
    assert [row for row in own if row["template"] == "voting/ballot_completed"] == []


def test_the_tally_counts_the_complete_ballot_only(
    contest: Any, voters: tuple[Person, Person], eighteenth: dict[str, Any]
):
    tally = contest.close_voting()
    assert tally["ballots"] == {"started": 2, "complete": 1}
    assert [row["counted"] for row in tally["projects"]] == [1] * 18
    assert sum(row["cast"] for row in tally["projects"]) == 35
    assert contest.voting()["totals"] == {"votes_cast": 35, "votes_counted": 18, "ballots_complete": 1}
    with pytest.raises(Problem, match=r"voting\.closed"):
        contest.vote(voters[0], LINES[17])
