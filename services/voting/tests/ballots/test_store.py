from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.erasure import Erasure
from wsis_shared.errors import SuiteError
from wsis_shared.mongo import in_transaction
from wsis_testkit import unsent, wait_for

from wsis_voting.ballots.rules.ballots import VoteRequest, decide, required_choices
from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.ballots.store.recorders import MANY_VOTES, Recorders
from wsis_voting.ballots.use_cases.mails import MailCases
from wsis_voting.certification.store import StoredVotes
from wsis_voting.certification.use_cases.lifecycle import ContestLifecycle
from wsis_voting.contests.store import Contests
from wsis_voting.contests.use_cases import ContestDirectory
from wsis_voting.settings import Settings
from wsis_voting.tallies.rules import valid

from ..stored_contest import announce, mails_of, record, recorder_of, vote_request


def test_a_vote_row_names_no_account_and_a_ballot_no_choice(db: Any, recorder: ContestLifecycle) -> None:
    announce(recorder)
    record(recorder, vote_request("account-of-ada", "C1-1", "C2-2", "C3-1"))
    rows = list(db["votes"].find())
    assert {frozenset(row) for row in rows} == {
        frozenset({"_id", "edition", "category", "project", "at", "k", "b", "r"})
    }
    assert "account-of-ada" not in str(rows)
    assert all((row["at"].minute, row["at"].second, row["at"].microsecond) == (0, 0, 0) for row in rows)
    ballot = db["ballots"].find_one({"_id": "2017|account-of-ada"})
    assert not any(project in str(ballot) for project in ("C1-1", "C2-2", "C3-1"))


def test_rows_of_a_batch_lie_in_an_order_that_tells_nothing(db: Any, recorder: ContestLifecycle) -> None:
    announce(recorder)
    record(recorder, *(vote_request(f"v{number}", "C1-1") for number in range(50)))
    ids = [row["_id"] for row in db["votes"].find().sort("$natural", 1)]
    assert ids == sorted(ids)


def test_only_the_key_of_the_edition_finds_a_vote(db: Any, recorder: ContestLifecycle, monkeypatch: Any) -> None:
    announce(recorder)
    record(recorder, vote_request("ada", "C1-1"))
    assert recorder.ballots.own_votes(recorder.ballots.ballot("2017", "ada"))["C1"].project == "C1-1"
    kept = db["contest_keys"].find_one({"_id": "2017"})
    assert recorder.ballots.keys.of("2017") not in kept["sealed"]
    assert Ballots(db).keys.of("2017") == recorder.ballots.keys.of("2017"), "another process reads the same key"
    db["contest_keys"].delete_one({"_id": "2017"})
    shredded = Ballots(db)
    assert shredded.own_votes(shredded.ballot("2017", "ada")) == {}
    assert [row["project"] for row in StoredVotes(shredded).stored("2017", "project")] == ["C1-1"], (
        "the rows can still be counted"
    )


def test_a_large_batch_needs_as_few_commands_as_a_vote(recorder: ContestLifecycle, count_commands: Any) -> None:
    announce(recorder)
    record(recorder, vote_request("ada", "C1-1"))  # the first one makes the edition's key
    commands = ["aggregate", "insert", "insert", "update", "update", "commitTransaction"]
    assert count_commands(lambda: record(recorder, vote_request("bob", "C1-1"))) == commands
    many = [vote_request(f"v{number}", "C1-1", "C2-2") for number in range(200)]
    assert count_commands(lambda: record(recorder, *many)) == commands
    complete = [vote_request(f"v{number}", "C3-1") for number in range(200)]
    further = ["aggregate", "find", "insert", "insert", "update", "insert", "update", "commitTransaction"]
    assert count_commands(lambda: record(recorder, *complete)) == further, "former choices, and who is complete"
    assert recorder.counters.read("2017").ballots_complete == 200


def test_project_ids_with_dots_are_counted(recorder: ContestLifecycle) -> None:
    contest = announce(recorder, nominees=[{"project": "a.b", "category": "C1"}])
    record(recorder, VoteRequest("c", "2017", "ada", True, clock.now(), (("C1", "a.b"),)))
    assert valid(contest, recorder.counters.read("2017")) == {"a.b": 1}


@pytest.mark.parametrize(
    ("others", "stored"),
    [(["C2-1"], {"C1-1", "C2-1"}), (["C1-2"], {"C1-1"}), (["C1-1"], {"C1-1"})],
    ids=["two categories", "two choices", "the same vote"],
)
def test_two_recorders_write_on_one_ballot_at_the_same_moment(
    db: Any, recorder: ContestLifecycle, others: list[str], stored: set[str]
) -> None:
    """The store lets one commit; the other meets a write conflict, reads the ballot again, and stores what is left."""
    contest, met, tries = announce(recorder), threading.Barrier(2), Counter[ContestLifecycle]()

    def cast(by: ContestLifecycle, project: str) -> None:
        wanted = vote_request("ana", project)

        def work() -> None:
            ballots = by.ballots.read("2017", ["ana"])
            choices = by.ballots.choices(required_choices([wanted], {"2017": contest}, ballots))
            decisions = decide([wanted], {"2017": contest}, ballots, choices)
            tries[by] += 1
            if tries[by] == 1:
                met.wait(20)  # both have read that the ballot is empty
            by.recorder.record(decisions)

        in_transaction(work)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(cast, recorder, "C1-1"), pool.submit(cast, recorder_of(db, "recorder-2"), *others)]:
            done.result(30)
    assert tries.total() > 2, "one of the two decided anew"
    chosen = {row["project"] for row in db["votes"].find()}
    assert chosen == stored or chosen == set(others), "whoever came first"
    assert recorder.ballots.ballot("2017", "ana").voted == tuple(sorted(project.split("-")[0] for project in chosen))
    assert recorder.recount(contest).different == []
    assert recorder.counters.read("2017").cast.total() == db["votes"].count_documents({}) == len(stored)


def test_drained_only_at_the_second_quiet_look(db: Any) -> None:
    recorders, other = Recorders(db, "one"), Recorders(db, "two")

    def beat() -> None:
        recorders.heartbeat()
        other.heartbeat()

    beat()
    assert recorders.drained(waiting=0) is False
    assert recorders.drained(waiting=0) is False, "no sign of life since the last look"
    beat()
    assert recorders.drained(waiting=0) is True
    beat()
    assert recorders.drained(waiting=1) is False
    with other.batch([clock.now()] * 3, votes=3):
        beat()
        assert recorders.drained(waiting=0) is False
        beat()
        assert recorders.drained(waiting=0) is False
    beat()
    assert recorders.drained(waiting=0) is False
    beat()
    assert recorders.drained(waiting=0) is True


def test_a_recorder_says_little_while_nobody_votes_and_more_at_once_when_somebody_does(
    db: Any, count_commands: Any, recorder: ContestLifecycle
) -> None:
    recorders = recorder.recorders

    def tick() -> None:
        recorders.heartbeat_when_due(recorder.contests.is_watched)

    announce(recorder, opens_at=clock.iso(clock.now() + timedelta(hours=1)))
    assert count_commands(tick) == ["find", "update"]
    assert count_commands(tick) == []
    with recorders.batch([clock.now()], votes=1):
        assert count_commands(tick) == ["find", "update"], "what it holds has changed"
    assert count_commands(tick) == ["find", "update"]
    assert count_commands(tick) == []
    announce(recorder)
    with recorders.batch([clock.now()], votes=1):
        tick()
    assert [count_commands(tick)[-1] for _ in range(3)] == ["update"] * 3, "voting is open"


def test_mails_wait_while_many_votes_are_recorded(db: Any) -> None:
    contests, recorders = Contests(db), Recorders(db)
    cases = MailCases(ContestDirectory(contests, None), Ballots(db), recorders)

    def refusal() -> str:
        with pytest.raises(SuiteError) as refused:
            cases.ballot_summary({"edition": "2017"}, "nobody")
        return refused.value.code

    with recorders.batch([clock.now()], votes=MANY_VOTES - 1):
        assert refusal() == "voting.ballot_unknown", "asked, and there is none"
    with recorders.batch([clock.now()], votes=MANY_VOTES):
        assert refusal() == "voting.busy_with_votes"
    assert refusal() == "voting.busy_with_votes", "another such batch may come at once"
    wait_for(lambda: refusal() == "voting.ballot_unknown", 10, "the flood is over")


def test_a_recorder_that_died_with_votes_in_hand_is_waited_for_and_then_forgotten(db: Any) -> None:
    recorders, dead = Recorders(db, "one"), Recorders(db, "dead")
    with dead.batch([clock.now()] * 3, votes=3):
        dead.heartbeat()  # its last sign of life
    for _ in range(2):
        recorders.heartbeat()
        assert recorders.drained(waiting=0) is False
    long_ago = clock.now() - timedelta(seconds=Settings.current().voting_recorder_dead_seconds + 1)
    db["recorders"].update_one({"_id": "dead"}, {"$set": {"at": long_ago}})

    def look() -> bool:
        recorders.heartbeat()
        return recorders.drained(waiting=0)

    assert look() is False, "it is forgotten, and nothing is known yet of what was quiet before"
    wait_for(look, what="two looks at different milliseconds")
    assert db["recorders"].count_documents({}) == 1


def test_incomplete_ballots_are_reminded_once(db: Any, recorder: ContestLifecycle) -> None:
    announce(recorder)
    yesterday = clock.now() - timedelta(hours=20)
    record(
        recorder,
        vote_request("begun", "C1-1", at=yesterday),
        vote_request("today", "C1-1"),
        vote_request("complete", "C1-1", "C2-1", "C3-1", at=yesterday),
    )
    contest = recorder.contests.read("2017")
    assert mails_of(recorder).remind_of(replace(contest, closes_at=clock.now() + timedelta(days=9)), clock.now()) == 0
    assert mails_of(recorder).remind_of(contest, clock.now()) == 1
    assert mails_of(recorder).remind_of(contest, clock.now()) == 0
    (event,) = unsent(db, "ballots_reminded")
    assert event["data"]["accounts"] == ["begun"]
    record(recorder, vote_request("begun", "C2-1", at=yesterday))
    assert mails_of(recorder).remind_of(contest, clock.now()) == 0, (
        "a vote after the reminder does not make a second one"
    )


def test_nobody_is_reminded_who_was_or_who_has_completed_since(db: Any, recorder: ContestLifecycle) -> None:
    """Two processes have read the same accounts, and one of them stalled meanwhile."""
    contest = announce(recorder)
    yesterday = clock.now() - timedelta(hours=20)
    record(recorder, *(vote_request(voter, "C1-1", at=yesterday) for voter in ("ada", "bea", "cyd")))
    read = sorted(recorder.ballots.to_remind("2017", clock.now()))
    assert read == ["ada", "bea", "cyd"]
    recorder.ballots.to_remind = lambda *_: iter(read)  # type: ignore[method-assign] -- as it was read then
    record(recorder, vote_request("ada", "C2-1", "C3-1", at=yesterday))
    assert [mails_of(recorder).remind_of(contest, clock.now()) for _ in range(2)] == [2, 0]
    (event,) = unsent(db, "ballots_reminded")
    assert sorted(event["data"]["accounts"]) == ["bea", "cyd"]


@pytest.mark.parametrize("moved", [False, True], ids=["announced", "extended"])
def test_a_process_that_stalled_announces_nothing_that_was_announced_or_moved_since(
    db: Any, recorder: ContestLifecycle, moved: bool
) -> None:
    announce(recorder)
    document, contest = recorder.contests.document("2017"), recorder.contests.read("2017")
    if moved:
        opens_at, closes_at = clock.now() + timedelta(days=1), clock.now() + timedelta(days=2)
        recorder.contests.put("2017", {"opens_at": clock.iso(opens_at), "closes_at": clock.iso(closes_at)})
    for _ in range(2):
        recorder._announce(document, contest, clock.now())
    assert len(unsent(db, "voting_opened")) == (0 if moved else 1)


def test_many_are_reminded_by_the_hundred(db: Any, recorder: ContestLifecycle) -> None:
    contest = announce(recorder)
    yesterday = clock.now() - timedelta(hours=20)
    record(recorder, *(vote_request(f"v{number}", "C1-1", at=yesterday) for number in range(250)))
    assert mails_of(recorder).remind_of(contest, clock.now()) == 250
    lists = [event["data"]["accounts"] for event in unsent(db, "ballots_reminded")]
    assert sorted(map(len, lists)) == [50, 100, 100]
    assert len({account for accounts in lists for account in accounts}) == 250


def test_a_late_erasure_spares_who_came_back(db: Any, recorder: ContestLifecycle) -> None:
    announce(recorder)
    erasure = Erasure(clock.now() - timedelta(days=1), "bea")
    recorder.ballots.put_voter("bea", "NA", clock.now())
    record(recorder, vote_request("bea", "C1-1"))
    assert recorder.ballots.forget(erasure) is None
    assert recorder.ballots.put_voter("bea", "NA", clock.now()) == "NA"
    assert recorder.ballots.own_votes(recorder.ballots.ballot("2017", "bea")) != {}, "their own votes are shown to them"


def test_country_of_an_erased_account_is_forgotten(db: Any, recorder: ContestLifecycle) -> None:
    announce(recorder)
    recorder.ballots.put_voter("ada", "NA", clock.now())
    record(recorder, vote_request("ada", "C1-1"))
    assert db["ballots"].find_one({"account": "ada"})["country"] == "NA"
    recorder.ballots.forget(Erasure(clock.now(), "ada"))
    assert "country" not in db["ballots"].find_one({"account": "ada"})
    assert recorder.ballots.own_votes(recorder.ballots.ballot("2017", "ada")) == {}
    assert recorder.ballots.choices([("2017", "ada", "C1")]) == {("2017", "ada", "C1"): "C1-1"}, "it counts"
