"""Scans of the review beside votes, officers and one another."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import psutil
import pytest
from wsis_shared import clock
from wsis_shared.mongo import in_transaction
from wsis_testkit import actor, wait_for

from wsis_voting.contests.store import Contests
from wsis_voting.review.cluster_search import search
from wsis_voting.review.rules.clusters import Limits
from wsis_voting.review.rules.signals import Voter
from wsis_voting.review.store import Review

OFFICER = actor("officer")


@pytest.fixture(scope="module")
def service(serve: Any, prizes: Any) -> Any:
    return serve("voting", WSIS_REVIEW_MINUTES="0.01", WSIS_VOTING_CERTIFY_AUTOMATICALLY="no")


def clusters(service: Any, contest: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = service.call("list_clusters", OFFICER, edition=contest.edition)["items"]
    return items


def decide(service: Any, contest: Any, cluster: str, decision: str) -> Any:
    body = {"decision": decision, "reason": "looked at it", "ground": None}
    return service.run_job("decide_on_cluster", OFFICER, edition=contest.edition, cluster=cluster, body=body)


def test_clusters_are_looked_for_while_votes_come_in(service: Any, open_contest: Any, votes_from: Any) -> None:
    contest = open_contest()
    votes_from(service, contest, "quick.test", 4)
    wait_for(lambda: [row["size"] for row in clusters(service, contest)] == [4], 40, "the look")
    votes_from(service, contest, "quick.test", 3)
    wait_for(lambda: [row["size"] for row in clusters(service, contest)] == [7], 40, "the next look")


def test_look_that_began_earlier_takes_nothing_from_a_later_one(
    service: Any, database: Any, open_contest: Any, votes_from: Any
) -> None:
    contest, later = open_contest(), clock.now() + timedelta(minutes=5)
    votes_from(service, contest, "quick.test", 4)
    service.run_job("look_for_clusters", OFFICER, edition=contest.edition)
    Contests(database("voting")).change(contest.edition, lambda document: document | {"looked_at": later})
    votes_from(service, contest, "quick.test", 3)
    assert service.run_job("look_for_clusters", OFFICER, edition=contest.edition)["looked_at"] == clock.iso(later)
    assert [row["size"] for row in clusters(service, contest)] == [4]


def test_decision_during_a_look_shows_in_what_it_found(
    service: Any, database: Any, open_contest: Any, votes_from: Any
) -> None:
    contest, review = open_contest(), Review(database("voting"))
    votes_from(service, contest, "quick.test", 4)
    service.run_job("look_for_clusters", OFFICER, edition=contest.edition)
    began = clock.now()
    found = search(review.all_voters(contest.edition), Limits()).clusters
    cluster = clusters(service, contest)[0]["cluster"]
    decide(service, contest, cluster, "exclude")
    in_transaction(partial(review.keep, contest.edition, found, began))
    assert [row["still_in"] for row in clusters(service, contest)] == [0]


def test_reinstating_a_cluster_reaches_ballots_that_are_not_in_it_any_more(
    service: Any, database: Any, open_contest: Any, votes_from: Any
) -> None:
    contest = open_contest()
    voters = votes_from(service, contest, "quick.test", 8)
    service.run_job("look_for_clusters", OFFICER, edition=contest.edition)
    cluster = clusters(service, contest)[0]["cluster"]
    assert decide(service, contest, cluster, "exclude")["excluded"] == 8
    database("voting")["voter_signals"].delete_many({"_id": {"$in": voters[:3]}})
    service.run_job("look_for_clusters", OFFICER, edition=contest.edition)
    assert [row["size"] for row in clusters(service, contest)] == [5]
    decide(service, contest, cluster, "reinstate")
    assert service.call("read_review", OFFICER, edition=contest.edition)["ballots_excluded"] == 0


def test_scan_whose_child_is_killed_leaves_no_child_and_says_so(
    service: Any, database: Any, open_contest: Any, votes_from: Any
) -> None:
    contest, review = open_contest(), Review(database("voting"))
    votes_from(service, contest, "quick.test", 4)

    def children() -> list[psutil.Process]:
        return [
            child for child in psutil.Process().children() if "wsis_voting.review.cluster_search" in child.cmdline()
        ]

    def killed() -> Iterator[list[Voter]]:
        for child in wait_for(children, 20, "the child to have its command line"):
            child.kill()
        yield from review.all_voters(contest.edition)

    with pytest.raises(OSError, match="pipe|gone|reset"):
        search(killed(), Limits())
    assert not children()
    assert [len(cluster.accounts) for cluster in search(review.all_voters(contest.edition), Limits()).clusters] == [4]
