"""Decisions on clusters and accounts: once each, exact, and finished after a death."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

from wsis_shared import clock
from wsis_shared.errors import Conflict, NotFound
from wsis_testkit import wait_for

from .crowd import OFFICER, look, on_account, refused, small


def test_one_account_is_decided_on_whatever_its_cluster_says(service: Any, crowd: Any, decide: Any) -> None:
    made, fakes = small(crowd)
    before = made.tallies()
    cluster = look(service, made)["throwaway_domain"]["cluster"]
    assert on_account(service, made, fakes[0], "exclude", ground="aliases")["excluded"] == "aliases"
    decide(made, cluster, "exclude")
    assert made.counts().grounds == {"aliases": 1, "throwaway_addresses": 19}
    spared = on_account(service, made, fakes[1], "keep")
    assert (spared["excluded"], spared["spared"]) == ("", True)
    assert decide(made, cluster, "exclude")["excluded"] == 19
    decide(made, cluster, "reinstate")
    assert made.counts().excluded.ballots_started == 1
    on_account(service, made, fakes[0], "reinstate")
    assert made.tallies() == before


def test_same_request_again_decides_once(service: Any, crowd: Any, published: Any) -> None:
    events, (made, fakes) = published("voting"), small(crowd)
    cluster, edition = look(service, made)["throwaway_domain"]["cluster"], made.contest.edition
    body = {"decision": "exclude", "reason": "once", "ground": None}
    key = {"idempotency_key": uuid.uuid4().hex}
    for _ in range(3):
        done = service.run_job("decide_on_cluster", OFFICER, context=key, edition=edition, cluster=cluster, body=body)
        assert done["excluded"] == len(fakes)
    on_account(service, made, fakes[0], "keep")
    wait_for(lambda: [e for e in events.of("action_taken") if fakes[0] in e["subject"]], what="the last entry")
    assert len([e for e in events.of("action_taken") if e["subject"].endswith(cluster)]) == 1


def test_cluster_whose_ballots_are_all_out_needs_no_decision(service: Any, crowd: Any, decide: Any) -> None:
    made, _ = small(crowd, sequence="s" * 64)
    clusters = look(service, made)
    assert service.call("read_review", OFFICER, edition=made.contest.edition)["undecided"] == 2
    decide(made, clusters["throwaway_domain"]["cluster"], "exclude")
    after = look(service, made)
    assert {row["kind"]: row["still_in"] for row in after.values()} == {"throwaway_domain": 0, "sequential_names": 0}
    assert service.call("read_review", OFFICER, edition=made.contest.edition)["undecided"] == 0


def test_nobody_has_joined_a_cluster_that_was_just_excluded(service: Any, crowd: Any, decide: Any) -> None:
    made, fakes = small(crowd)
    cluster = look(service, made)["throwaway_domain"]["cluster"]
    for decision, still_in in (("exclude", 0), ("reinstate", len(fakes))):
        decide(made, cluster, decision)
        shown = service.call("read_cluster", OFFICER, edition=made.contest.edition, cluster=cluster)
        assert (shown["decision"]["decision"], shown["still_in"]) == (decision, still_in)


def test_decision_on_nothing_is_refused(service: Any, crowd: Any, decide: Any) -> None:
    made, fakes = small(crowd)
    cluster = look(service, made)["throwaway_domain"]["cluster"]
    assert refused(decide, made, cluster, "reinstate").code == "voting.nothing_to_reinstate"
    assert refused(on_account, service, made, fakes[0], "reinstate").code == "voting.nothing_to_reinstate"
    missing = refused(decide, made, "nowhere", "exclude")
    assert (type(missing), missing.code) == (NotFound, "voting.cluster_unknown")
    assert refused(on_account, service, made, "nobody", "exclude").code == "voting.ballot_unknown"


def test_nobody_decides_on_members_that_they_have_not_seen(
    service: Any, crowd: Any, decide: Any, database: Any
) -> None:
    made, fakes = small(crowd)
    cluster = look(service, made)["throwaway_domain"]["cluster"]
    read = partial(service.call, "read_cluster", OFFICER, edition=made.contest.edition, cluster=cluster)
    seen = read()["members"]
    clusters = database("voting")["clusters"]
    clusters.update_one({"_id": cluster}, {"$pull": {"accounts": fakes[0]}})  # as a scan would
    assert refused(decide, made, cluster, "exclude", members=seen).code == "voting.cluster_changed"
    assert read()["excluded"] == 0
    assert decide(made, cluster, "exclude", members=read()["members"])["excluded"] == len(fakes) - 1


def test_votes_of_an_excluded_account_are_cast_and_not_valid(service: Any, crowd: Any, voter: Any, vote: Any) -> None:
    made, who = crowd(), voter()
    vote(service, who, made.contest, "C1")
    on_account(service, made, who.id, "exclude")
    vote(service, who, made.contest, "C2")
    assert vote(service, who, made.contest, "C7.e-health")["complete"] is True
    cast, valid = made.tallies()
    assert sum(cast.values()) == 3
    assert sum(valid.values()) == 0
    on_account(service, made, who.id, "reinstate")
    assert made.tallies() == (cast, {**valid, **cast})


def test_votes_that_come_in_while_it_is_decided_are_counted_exactly(
    service: Any, crowd: Any, voter: Any, vote: Any
) -> None:
    made, voters = crowd(), [voter() for _ in range(12)]
    for who in voters:
        vote(service, who, made.contest, "C1")

    def finish(who: Any) -> None:
        for category in ("C2", "C7.e-health"):
            vote(service, who, made.contest, category)

    def waver(who: Any) -> None:
        for decision in ("exclude", "reinstate", "exclude"):
            wait_for(partial(_taken, on_account, service, made, who.id, decision), what="the review is not busy")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda work: work(), [partial(do, who) for who in voters for do in (finish, waver)]))
    cast, valid = made.tallies()
    assert sum(cast.values()) == 36
    assert sum(valid.values()) == 0
    assert made.counts().excluded.ballots_complete == 12


def _taken(call: Callable[..., Any], *args: Any) -> bool:
    try:
        call(*args)
    except Conflict as error:
        if error.code == "voting.review_busy":
            return False
        raise
    return True


def test_decision_that_a_dead_process_left_half_done_is_finished(service: Any, crowd: Any, db: Any) -> None:
    """It was noted and no ballot changed: nobody decides meanwhile, nothing is sealed, and then it is carried out."""
    made, fakes = small(crowd)
    edition, long_ago = made.contest.edition, clock.now() - timedelta(minutes=5)
    cluster = look(service, made)["throwaway_domain"]["cluster"]
    id = uuid.uuid4().hex
    db["decisions"].insert_one(
        {
            "_id": id,
            "version": 1,
            "edition": edition,
            "subject": cluster,
            "accounts": fakes,
            "decision": "exclude",
            "ground": "burst",
            "reason": "r",
            "by": "o",
            "at": long_ago,
            "worked_on_at": clock.now(),
            "open": True,
        }
    )
    made.closing.contests.change(edition, lambda document: document | {"deciding": id})
    assert refused(on_account, service, made, fakes[0], "exclude").code == "voting.review_busy"
    assert made.closing.certify(made.known, lambda contest: True) is False
    db["decisions"].update_one({"_id": id}, {"$set": {"worked_on_at": long_ago}})
    wait_for(lambda: made.counts().excluded.ballots_started == 20, 20, "the decision to be finished")
    wait_for(lambda: not (made.closing.contests.document(edition) or {}).get("deciding"), what="its end")
    made.tallies()


def test_cluster_that_is_decided_on_stays_and_others_go_when_nobody_is_in_them(
    service: Any, crowd: Any, decide: Any, db: Any
) -> None:
    made, fakes = small(crowd, sequence="s" * 64)
    clusters = look(service, made)
    decide(made, clusters["throwaway_domain"]["cluster"], "exclude")
    db["voter_signals"].delete_many({"_id": {"$in": fakes}})
    assert set(look(service, made)) == {"throwaway_domain"}
    decide(made, clusters["throwaway_domain"]["cluster"], "reinstate")
    assert made.counts().excluded.ballots_started == 0
