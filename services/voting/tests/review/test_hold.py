"""The automatic certification waits for the review, and for officers where it found something grave."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared import clock
from wsis_testkit import actor, wait_for

OFFICER = actor("officer")


@pytest.fixture(scope="module")
def service(serve: Any, prizes: Any) -> Any:
    return serve("voting", WSIS_VOTING_GRACE_SECONDS="0.2", WSIS_REVIEW_HOLD_SCORE="50", WSIS_REVIEW_MINUTES="0")


def test_grave_cluster_holds_the_certification_until_it_is_decided_on(
    service: Any, prizes: Any, open_contest: Any, votes_from: Any, state_of: Any
) -> None:
    contest = open_contest()
    votes_from(service, contest, "quick.test", 4)
    votes_from(service, contest, "ngo.example", 3)
    assert service.call("read_certification", OFFICER, edition=contest.edition)["waits_for"] == ["close"]
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")
    summary = wait_for(
        lambda: (told := service.call("read_review", OFFICER, edition=contest.edition))["looked_at"] and told,
        what="the look after the close",
    )
    assert (summary["clusters"], summary["undecided"], summary["holding"]) == (1, 1, 1)
    assert service.call("read_voting", edition=contest.edition)["state"] == "closed"
    held = service.call("read_certification", OFFICER, edition=contest.edition)
    assert ("review" in held["waits_for"], held["holding"], held["certified_at"]) == (True, 1, None)
    [found] = service.call("list_clusters", OFFICER, edition=contest.edition)["items"]
    assert found["holds"] is True
    body = {"decision": "exclude", "reason": "nobody lives there", "ground": None}
    service.run_job("decide_on_cluster", OFFICER, edition=contest.edition, cluster=found["cluster"], body=body)
    assert service.call("list_clusters", OFFICER, edition=contest.edition)["items"][0]["holds"] is False
    public = state_of(service, contest, "certified", 60)
    assert public["excluded"] == [{"reason": "throwaway_addresses", "ballots": 4}]
    assert public["totals"] == {"votes_cast": 21, "votes_counted": 9, "ballots_complete": 7}


def test_officer_who_asks_for_the_certification_does_not_wait(
    service: Any, prizes: Any, open_contest: Any, votes_from: Any, state_of: Any
) -> None:
    contest = open_contest()
    votes_from(service, contest, "quick.test", 4)
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")
    service.call("certify_tally", OFFICER, edition=contest.edition, body={"reason": "they are real people"})
    assert state_of(service, contest, "certified", 60)["excluded"] == []


def test_without_anything_grave_nobody_waits(
    service: Any, prizes: Any, open_contest: Any, votes_from: Any, state_of: Any
) -> None:
    contest = open_contest()
    votes_from(service, contest, "ngo.example", 4)
    prizes.move(contest, clock.now())
    assert state_of(service, contest, "certified", 60)["totals"]["votes_counted"] == 12
