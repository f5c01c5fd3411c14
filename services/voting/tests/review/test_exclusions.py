"""Exclusions that nobody decided: somebody has changed flags and counters in the store, and it must not reach the
result, nor tell anybody what a ballot says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner
from wsis_shared import clock
from wsis_testkit import actor, refused, wait_for

from wsis_voting import commands
from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.ballots.store.recorders import Counters
from wsis_voting.certification.store import StoredVotes

OFFICER = actor("officer")


@pytest.fixture(scope="module")
def automatic(serve: Any, prizes: Any, published: Any) -> Any:
    published("voting")
    return serve("voting", WSIS_VOTING_GRACE_SECONDS="0.2", WSIS_REVIEW_HOLD_SCORE="0", WSIS_REVIEW_MINUTES="0")


@pytest.fixture
def db(database: Any) -> Any:
    return database("voting")


def exclude_by_hand(db: Any, contest: Any, account: str, number: int, *, counters: bool = True) -> None:
    """The flag of one ballot and the counters of its votes, as a decision would change them."""
    by = {"review": {"by": {"account": "other"}, "spared": False}, "excluded": {"reason": "other", "by": None}}
    changed = db["ballots"].update_one({"_id": f"{contest.edition}|{account}"}, {"$set": by})
    assert changed.matched_count == 1
    if not counters:
        return
    votes = {
        f"excluded.{kind}.{row['project'].replace('.', '~')}": 1
        for row in contest.ballot(number)
        for kind in ("cast", "counted")
    }
    sums = {"excluded.started": 1, "excluded.complete": 1, "grounds.other": 1}
    db["counters"].update_one({"edition": contest.edition, "hour": None}, {"$inc": votes | sums})


def include_by_hand(db: Any, contest: Any, account: str) -> None:
    back = {"review": {"by": {}, "spared": False}, "excluded": None}
    db["ballots"].update_one({"_id": f"{contest.edition}|{account}"}, {"$set": back})


def voted(service: Any, contest: Any, voter: Any, numbers: tuple[int, ...]) -> list[Any]:
    voters = [voter() for _ in numbers]
    for who, number in zip(voters, numbers, strict=True):
        service.command("cast", who, {"edition": contest.edition}, {"votes": contest.ballot(number)})
    return voters


def decide(service: Any, contest: Any, who: Any, decision: str, ground: str | None = None) -> None:
    body = {"decision": decision, "reason": "looked at it", "ground": ground}
    service.call("decide_on_account", OFFICER, edition=contest.edition, account=who.id, body=body)


def unaccounted(service: Any, contest: Any) -> int:
    return int(service.call("read_review", OFFICER, edition=contest.edition)["unaccounted"])


def entries(published: Any, action: str, contest: Any) -> list[dict[str, Any]]:
    taken = [event["data"] for event in published("voting").of("action_taken")]
    return [entry for entry in taken if entry["action"] == action and f"/{contest.edition}/" in entry["object"]]


# -- certification -----------------------------------------------------------------------------------------------------


def test_flag_and_counters_changed_by_hand_are_never_certified(
    automatic: Any, db: Any, prizes: Any, open_contest: Any, voter: Any, state_of: Any, published: Any
) -> None:
    """With both changed alike, a recount agreed and the result had two exclusions for one decision."""
    service, contest = automatic, open_contest()
    decided, victim, other = voted(service, contest, voter, (1, 2, 1))
    decide(service, contest, decided, "exclude")
    exclude_by_hand(db, contest, victim.id, 2)
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")
    assert wait_for(lambda: unaccounted(service, contest), 60, "the refusal") == 1, "how many, and not which"
    with refused("voting.exclusions_unaccounted", count=1):
        service.call("certify_tally", OFFICER, edition=contest.edition, body={"reason": "the champions are due"})
    assert service.call("read_voting", edition=contest.edition)["state"] == "closed"

    by_hand = CliRunner().invoke(commands.voting, ["repair", contest.edition, "--reason", "the store was changed"])
    assert (by_hand.exit_code, "repaired: 1 flags" in by_hand.output) == (0, True), by_hand.output
    assert contest.project("C1", 2) not in by_hand.output
    public = state_of(service, contest, "certified", 60)
    assert public["excluded"] == [{"reason": "other", "ballots": 1}]
    assert public["totals"] == {"votes_cast": 9, "votes_counted": 6, "ballots_complete": 3}
    [repaired] = wait_for(lambda: entries(published, "voting.tally_repaired", contest))
    assert (repaired["reason"], repaired["before"]["flags"]) == ("the store was changed", 1)


def test_officer_who_asks_does_not_certify_counters_that_no_decision_accounts_for(
    automatic: Any, db: Any, prizes: Any, open_contest: Any, voter: Any, state_of: Any
) -> None:
    service, contest = automatic, open_contest()
    voted(service, contest, voter, (1, 2))
    excluded = f"excluded.cast.{contest.project('C1', 2).replace('.', '~')}"
    db["counters"].update_one({"edition": contest.edition, "hour": None}, {"$inc": {excluded: 1}})
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")
    assert wait_for(lambda: unaccounted(service, contest), 60, "the refusal") == 1
    # She knew nothing of it, and asked.
    db["contests"].update_one({"_id": contest.edition}, {"$set": {"unaccounted": 0}})
    service.call("certify_tally", OFFICER, edition=contest.edition, body={"reason": "all votes are in"})
    assert wait_for(lambda: unaccounted(service, contest), 60, "the second refusal") == 1
    assert service.call("read_voting", edition=contest.edition)["state"] == "closed"
    db["counters"].update_one({"edition": contest.edition, "hour": None}, {"$inc": {excluded: -1}})
    db["contests"].update_one({"_id": contest.edition}, {"$set": {"unaccounted": 0}})
    service.call("certify_tally", OFFICER, edition=contest.edition, body={"reason": "fixed by hand"})
    assert state_of(service, contest, "certified", 60)["excluded"] == []


def test_flag_taken_off_by_hand_is_found_as_well(
    automatic: Any, db: Any, prizes: Any, open_contest: Any, voter: Any, state_of: Any
) -> None:
    service, contest = automatic, open_contest()
    first, second, _ = voted(service, contest, voter, (1, 2, 1))
    for who in (first, second):
        decide(service, contest, who, "exclude", "aliases")
    decide(service, contest, second, "reinstate")
    include_by_hand(db, contest, first.id)
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")
    assert wait_for(lambda: unaccounted(service, contest), 60, "the refusal") == 1
    done = CliRunner().invoke(commands.voting, ["repair", contest.edition, "--reason", "as decided"])
    assert done.exit_code == 0, done.output
    assert state_of(service, contest, "certified", 60)["excluded"] == [{"reason": "aliases", "ballots": 1}]
    assert Counters(db).read(contest.edition).grounds["aliases"] == 1


def test_only_a_count_that_is_sealed_is_repaired(automatic: Any, open_contest: Any, voter: Any) -> None:
    contest = open_contest()
    voted(automatic, contest, voter, (1,))
    done = CliRunner().invoke(commands.voting, ["repair", contest.edition, "--reason", "r"])
    assert (done.exit_code, "only a count that is sealed" in done.output) == (1, True)


# -- a recount ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def by_hand(serve: Any, prizes: Any, published: Any) -> Any:
    published("voting")
    return serve(
        "voting", WSIS_VOTING_GRACE_SECONDS="0.2", WSIS_VOTING_CERTIFY_AUTOMATICALLY="no", WSIS_REVIEW_MINUTES="0"
    )


def test_raised_flag_and_a_recount_tell_no_choice(
    by_hand: Any, db: Any, prizes: Any, open_contest: Any, voter: Any, state_of: Any, published: Any
) -> None:
    """The recount named the three projects of a ballot whose flag was set, before the certification."""
    service, contest = by_hand, open_contest()
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
    by_hand: Any, db: Any, prizes: Any, open_contest: Any, voter: Any, state_of: Any
) -> None:
    service, contest, small = by_hand, open_contest(), open_contest()
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
    by_hand: Any, db: Any, open_contest: Any, voter: Any
) -> None:
    """What is opened and what is void follows from decisions too, not from flags."""
    contest = open_contest()
    victim, _ = voted(by_hand, contest, voter, (2, 1))
    exclude_by_hand(db, contest, victim.id, 2)
    claims = list(StoredVotes(Ballots(db)).ballots(contest.edition))
    assert sorted((claim.kind.ground, claim.as_decided) for claim in claims) == [("", False), ("", True)]


# -- what the voter is told --------------------------------------------------------------------------------------------


def told(published: Any, type: str, who: Any) -> list[dict[str, Any]]:
    return [event["data"] for event in published("voting").of(type) if who.id in event["data"]["accounts"]]


def test_excluded_voter_is_told_why_and_whom_to_write_to_and_a_reinstated_one_too(
    by_hand: Any, published: Any, open_contest: Any, voter: Any
) -> None:
    """After an exclusion there was no mail, and her ballot said "and your votes count"."""
    service, contest = by_hand, open_contest()
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
    by_hand: Any, db: Any, open_contest: Any, voter: Any
) -> None:
    """To anybody else it would show the votes of the account that was excluded."""
    service, contest = by_hand, open_contest()
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
    by_hand: Any, published: Any, open_contest: Any, votes_from: Any
) -> None:
    service, contest = by_hand, open_contest()
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
