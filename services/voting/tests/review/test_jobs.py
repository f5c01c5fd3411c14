"""Recounts and decisions as jobs: what officers see of them, and what a killed process leaves."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.errors import Conflict, NotFound, Unavailable
from wsis_testkit import actor, crash_at, wait_for

OFFICER = actor("officer")
SETTINGS = {
    "WSIS_VOTING_CERTIFY_AUTOMATICALLY": "no",
    "WSIS_REVIEW_MINUTES": "0",
    "WSIS_VOTING_GRACE_SECONDS": "0.2",
    "WSIS_VOTING_RECORDER_DEAD_SECONDS": "8",
}
DECIDING = (
    "wsis_voting.review.use_cases.decisions:DecisionCases._apply:after",  # changed, not committed
    "wsis_shared.jobs.runner:Runner._step:after",  # all ballots are changed, the decision is still open
    "wsis_voting.review.store:Review.close_decision:after",  # closed, and the contest's document does not know
)


@pytest.mark.parametrize("place", DECIDING)
def test_decision_of_a_killed_process_is_applied_once(
    serve: Any, prizes: Any, open_contest: Any, votes_from: Any, place: str
) -> None:
    service, contest = serve("voting", **SETTINGS), open_contest()
    votes_from(service, contest, "quick.test", 4)
    votes_from(service, contest, "ngo.example", 3)
    service.run_job("look_for_clusters", OFFICER, edition=contest.edition)
    cluster = service.call("list_clusters", OFFICER, edition=contest.edition)["items"][0]["cluster"]
    service.stop()
    dying = serve("voting", wait=False, **SETTINGS, **crash_at(place))
    body = {"decision": "exclude", "reason": "nobody lives there", "ground": None}
    with suppress(Unavailable):  # it may die before its response is sent
        dying.call("decide_on_cluster", OFFICER, timeout=20, edition=contest.edition, cluster=cluster, body=body)
    assert dying.process.wait(30) == 137
    service = serve("voting", **SETTINGS)
    told = wait_for(
        lambda: not (seen := service.call("read_review", OFFICER, edition=contest.edition))["deciding"] and seen
    )
    assert (told["ballots_excluded"], told["votes_excluded"]) == (4, 12)
    prizes.move(contest, clock.now())
    wait_for(lambda: service.call("read_voting", edition=contest.edition)["state"] == "closed")
    assert service.run_job("recount_tally", OFFICER, edition=contest.edition)["agrees"] is True
    service.call("certify_tally", OFFICER, edition=contest.edition, body={"reason": "A test"})
    said = wait_for(
        lambda: (seen := service.call("read_voting", edition=contest.edition))["state"] == "certified" and seen, 60
    )
    assert said["totals"]["votes_counted"] == 9
    service.stop()


def test_officers_share_a_recount_and_its_progress(serve: Any, prizes: Any, open_contest: Any, votes_from: Any) -> None:
    service, contest, other = serve("voting", **SETTINGS), open_contest(), actor("officer")
    votes_from(service, contest, "ngo.example", 5)
    prizes.move(contest, clock.now())
    wait_for(lambda: service.call("read_voting", edition=contest.edition)["state"] == "closed")
    job = service.call("recount_tally", OFFICER, context={"locale": "es"}, edition=contest.edition)
    assert (job["title"], job["requested_by"]) == ("Recuento de los votos", OFFICER.id)
    done = wait_for(lambda: (seen := service.call("read_job", other, job=job["id"]))["state"] == "succeeded" and seen)
    assert done["progress"] == {"done": 20, "total": 20, "note": ""}, "5 ballots and 15 votes"
    with pytest.raises(NotFound):
        service.call("read_job", actor(), job=job["id"])
    with pytest.raises(Conflict):
        service.call("look_for_clusters", OFFICER, edition=certified(service, prizes, open_contest))
    service.stop()


def certified(service: Any, prizes: Any, open_contest: Any) -> str:
    """An edition that nobody has voted in, certified."""
    contest = open_contest()
    prizes.move(contest, clock.now())
    wait_for(lambda: service.call("read_voting", edition=contest.edition)["state"] == "closed")
    service.call("certify_tally", OFFICER, edition=contest.edition, body={"reason": "A test"})
    wait_for(lambda: service.call("read_voting", edition=contest.edition)["state"] == "certified", 60)
    edition: str = contest.edition
    return edition
