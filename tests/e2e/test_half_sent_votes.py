"""Votes whose second half is held back, around the close and around a block: what counts is when the last byte came."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from wsis_testkit import wait_for
from wsis_testkit.held_back import HeldBack

from wsis_demo import phases
from wsis_demo.client import Person


def half_sent(contest: Any, voter: Person) -> HeldBack:
    """A vote of which the head and half of the body are sent."""
    body = json.dumps({"category": "C1", "project": contest.projects["C1"][0]}).encode()
    return HeldBack(voter.suite.address, f"POST {contest.path}/votes", voter.token, body, kept=len(body) // 2)


@pytest.fixture
def voting(new_contest: Callable[[], Any], people: Any) -> Any:
    """A contest of one project that is open."""
    contest = new_contest()
    contest.limit_to("C1")
    contest.submit(people.member(), "C1")
    contest.nominate()
    contest.open_voting()
    return contest


def test_a_vote_that_was_half_sent_before_a_block_is_refused(voting: Any, people: Any, officer: Person) -> None:
    blocked, other = people.member(), people.member()
    halves = half_sent(voting, blocked), half_sent(voting, other)
    officer.post(f"/v1/accounts/{blocked.account}/block", {"reason": "Not one person"})
    wait_for(lambda: blocked.send("GET", "/v1/me").status_code == 401, what="the token to be refused")
    assert [half.send_rest() for half in halves] == [(401, "gateway.token_revoked"), (201, "")]


def test_a_vote_is_received_with_its_last_byte(voting: Any, people: Any) -> None:
    in_time, voter = half_sent(voting, people.member()), people.member()
    assert in_time.send_rest() == (201, "")
    late, end = half_sent(voting, voter), phases.now()
    phases.move(voting.officer, voting.edition, "public_voting", "Voting ends", end=end)
    wait_for(lambda: voting.voting()["state"] != "open", what="the close")
    assert late.send_rest() == (409, "voting.closed")
    tally = voting.close_voting()
    assert [row["cast"] for row in tally["projects"]] == [1]
