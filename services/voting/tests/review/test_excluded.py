"""Votes that are excluded: what a recount tells of them, and what their voter is told."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner
from wsis_shared import clock
from wsis_testkit import wait_for

from wsis_voting import commands
from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.certification.store import StoredVotes

from .by_hand import decide, entries, exclude_by_hand, voted
from .crowd import OFFICER

# -- a recount ---------------------------------------------------------------------------------------------------------


def test_raised_flag_and_a_recount_tell_no_choice(
    service: Any, db: Any, prizes: Any, open_contest: Any, voter: Any, state_of: Any, published: Any
) -> None:
    """The recount named the three projects of a ballot whose flag was set, before the certification."""
    contest = open_contest()
    victim, *_ = voted(service, contest, voter, (2, 1, 1))
    exclude_by_hand(db, contest, victim.id, 2, counters=False)
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")

    def told() -> str:
        job = service.call("recount_tally", OFFICER, edition=contest.edition)["id"]
        wait_for(lambda: service.call("read_job", OFFICER, job=job)["state"] == "failed", what="the end of the job")
        ended = service.call("read_job", OFFICER, job=job)
        assert ended["error"] == {"code": "voting.exclusions_unaccounted", "params": {"count": 1}}
        command = CliRunner().invoke(commands.voting, ["recount", contest.edition])
        assert command.exit_code == 1
        return json.dumps([ended["error"], ended["result"], ended["progress"]["note"], command.output])

    first = told()
    exclude_by_hand(db, contest, victim.id, 1)  # and a guess of the counters: right or wrong, nothing else is told
    assert told() == first
    assert not [row["project"] for row in contest.nominees if row["project"] in first]
    assert victim.id not in first
    asked = wait_for(lambda: len(found := entries(published, "voting.tally_recounted", contest)) == 2 and found)
    assert {entry["actor"] for entry in asked} == {OFFICER.id}


def test_recount_says_how_many_figures_differ_and_after_the_certification_sums_of_ten_ballots(
    service: Any, db: Any, prizes: Any, open_contest: Any, voter: Any, state_of: Any
) -> None:
    contest, small = open_contest(), open_contest()
    voted(service, contest, voter, (1,) * 6 + (2,) * 5)
    voted(service, small, voter, (1,) * 3)
    wrong = {"$inc": {f"cast.{contest.project('C1', 2).replace('.', '~')}": 1, "started": 1}}
    for each in (contest, small):
        prizes.move(each, clock.now())
        state_of(service, each, "closed")
    db["counters"].update_one({"edition": contest.edition, "hour": None}, wrong)
    before = service.run_job("recount_tally", OFFICER, edition=contest.edition)
    assert (before["agrees"], before["places"], before["differences"]) == (False, 2, [])
    for each in (contest, small):
        service.call("certify_tally", OFFICER, edition=each.edition, body={"reason": "all votes are in"})
    wait_for(lambda: (db["contests"].find_one({"_id": contest.edition}) or {}).get("disagreed"), 60, "the refusal")
    state_of(service, small, "certified", 60)  # in a later turn
    held = service.call("read_certification", OFFICER, edition=contest.edition)
    assert (held["state"], held["requested"]) == ("closed", None), "who asked knew of no disagreement"
    assert set(held["waits_for"]) >= {"disagreement", "officer"}
    service.call("certify_tally", OFFICER, edition=contest.edition, body={"reason": "in spite of it"})
    for each in (contest, small):
        state_of(service, each, "certified", 60)
    after = service.run_job("recount_tally", OFFICER, edition=contest.edition)
    assert after["differences"] == ["votes cast: counters 34, votes 33", "ballots started: counters 12, votes 11"]
    db["counters"].update_one({"edition": small.edition, "hour": None}, {"$inc": {"started": 1}})
    few = service.run_job("recount_tally", OFFICER, edition=small.edition)
    assert (few["agrees"], few["places"], few["differences"]) == (False, 1, []), "a sum of fewer would tell ballots"


def test_votes_that_nobody_decided_on_are_counted_whatever_their_flag_says(
    service: Any, db: Any, open_contest: Any, voter: Any
) -> None:
    """What is opened and what is void follows from decisions too, not from flags."""
    contest = open_contest()
    victim, _ = voted(service, contest, voter, (2, 1))
    exclude_by_hand(db, contest, victim.id, 2)
    claims = list(StoredVotes(Ballots(db)).ballots(contest.edition))
    assert sorted((claim.kind.ground, claim.as_decided) for claim in claims) == [("", False), ("", True)]


# -- what the voter is told --------------------------------------------------------------------------------------------


def told(published: Any, type: str, who: Any) -> list[dict[str, Any]]:
    return [event["data"] for event in published("voting").of(type) if who.id in event["data"]["accounts"]]


def test_excluded_voter_is_told_why_and_whom_to_write_to_and_a_reinstated_one_too(
    service: Any, published: Any, open_contest: Any, voter: Any
) -> None:
    """After an exclusion there was no mail, and her ballot said "and your votes count"."""
    contest = open_contest()
    victim, other = voted(service, contest, voter, (2, 1))
    args = {"edition": contest.edition}
    before = service.call("read_ballot", victim, **args)
    assert (before["excluded"], "your votes count" in before["message"]) == (None, True)
    decide(service, contest, victim, "exclude", "aliases")
    ballot = service.call("read_ballot", victim, context={"locale": "fr"}, **args)
    assert ballot["excluded"] == {
        "ground": "aliases",
        "reason": "plusieurs comptes sur une même boîte aux lettres",
        "contact": "secretariat@wsis.invalid",
    }
    assert ballot["message"] == (
        "Vos votes dans 3 catégories sur 3 sont exclus du décompte. Motif : plusieurs comptes sur une même boîte aux "
        "lettres. Écrivez à secretariat@wsis.invalid si vous avez voté vous-même."
    )
    assert "votes count" not in service.call("read_ballot", victim, **args)["message"]
    assert wait_for(lambda: told(published, "ballots_excluded", victim)) == [
        {"edition": contest.edition, "accounts": [victim.id], "ground": "aliases"}
    ]
    assert service.call("exclusion", data=args, account=victim.id) == {"address": "secretariat@wsis.invalid"}
    assert service.call("ballot_summary", data=args, account=victim.id)["excluded"] is True
    assert service.call("read_ballot", other, **args)["excluded"] is None
    decide(service, contest, victim, "reinstate")
    assert service.call("read_ballot", victim, **args) == before
    assert wait_for(lambda: told(published, "ballots_reinstated", victim)) == [
        {"edition": contest.edition, "accounts": [victim.id]}
    ]
    assert not told(published, "ballots_excluded", other)


def test_receipt_says_to_its_voter_alone_that_the_vote_is_excluded(
    service: Any, db: Any, open_contest: Any, voter: Any
) -> None:
    """To anybody else it would show the votes of the account that was excluded."""
    contest = open_contest()
    victim, other = voted(service, contest, voter, (2, 1))
    receipt = service.call("read_ballot", victim, edition=contest.edition)["voted"][0]["receipt"]
    args = {"edition": contest.edition, "commitment": receipt["commitment"]}
    anybody = service.call("read_receipt", **args)
    assert service.call("read_receipt", victim, **args)["excluded"] is None
    decide(service, contest, victim, "exclude")
    shown = service.call("read_receipt", victim, context={"locale": "es"}, **args)
    assert (shown["excluded"]["ground"], shown["excluded"]["reason"]) == ("other", "otro motivo")
    for who in ((), (other,), (OFFICER,)):
        assert service.call("read_receipt", *who, **args)["excluded"] is None
    assert anybody["excluded"] is None


def test_members_of_an_excluded_cluster_are_told_once(
    service: Any, published: Any, open_contest: Any, votes_from: Any
) -> None:
    contest = open_contest()
    members = votes_from(service, contest, "quick.test", 5)
    service.run_job("look_for_clusters", OFFICER, edition=contest.edition)
    cluster = service.call("list_clusters", OFFICER, edition=contest.edition)["items"][0]["cluster"]
    for decision in ("exclude", "exclude", "reinstate"):
        body = {"decision": decision, "reason": "looked at it", "ground": None}
        service.run_job("decide_on_cluster", OFFICER, edition=contest.edition, cluster=cluster, body=body)

    def events(type: str) -> list[dict[str, Any]]:
        return [event["data"] for event in published("voting").of(type) if event["data"]["edition"] == contest.edition]

    [back] = wait_for(lambda: events("ballots_reinstated"))
    [out] = events("ballots_excluded")
    assert (out["accounts"], out["ground"], back["accounts"]) == (
        sorted(members),
        "throwaway_addresses",
        out["accounts"],
    )
