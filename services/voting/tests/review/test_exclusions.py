"""Exclusions that nobody decided: somebody has changed flags and counters in the store, and it must not reach the
result."""

from __future__ import annotations

from typing import Any

import pytest
from click.testing import CliRunner
from wsis_shared import clock
from wsis_testkit import refused, wait_for

from wsis_voting import commands
from wsis_voting.ballots.store.recorders import Counters

from .by_hand import decide, entries, exclude_by_hand, include_by_hand, voted
from .crowd import OFFICER


@pytest.fixture(scope="module")
def automatic(serve: Any, prizes: Any, published: Any) -> Any:
    published("voting")
    return serve("voting", WSIS_VOTING_GRACE_SECONDS="0.2", WSIS_REVIEW_HOLD_SCORE="0", WSIS_REVIEW_MINUTES="0")


def unaccounted(service: Any, contest: Any) -> int:
    return int(service.call("read_review", OFFICER, edition=contest.edition)["unaccounted"])


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
