from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from click.testing import CliRunner
from wsis_shared import clock
from wsis_shared.erasure import Erasure
from wsis_shared.errors import SuiteError
from wsis_shared.mongo import in_transaction
from wsis_testkit import refused, unsent, wait_for
from wsis_testkit.interruptions import InProcess

from wsis_voting import commands
from wsis_voting.ballots.rules.ballots import BatchChanges, VoteRequest, decide, required_choices
from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.ballots.store.recorders import MANY_VOTES, Counters, Recorders
from wsis_voting.ballots.use_cases.mails import MailCases
from wsis_voting.certification.store import StoredVotes
from wsis_voting.certification.use_cases.lifecycle import ContestLifecycle
from wsis_voting.certification.use_cases.settling import Settlement, Settling
from wsis_voting.contests.rules.contest import Contest
from wsis_voting.contests.rules.lifecycle import AWAITED
from wsis_voting.contests.store import Contests
from wsis_voting.contests.use_cases import ContestDirectory
from wsis_voting.keys.store import Keys
from wsis_voting.public_log.store.log import Log
from wsis_voting.public_log.store.results import Results
from wsis_voting.public_log.use_cases.publishing import Publishing
from wsis_voting.settings import Settings
from wsis_voting.tallies.rules import valid
from wsis_voting.tallies.store import Tallies

CATEGORIES = ("C1", "C2", "C3")


@pytest.fixture
def db(database: Any) -> Iterator[Any]:
    made = database("voting")
    yield made
    for name in made.list_collection_names():
        made[name].delete_many({})


@pytest.fixture
def recorder(db: Any) -> ContestLifecycle:
    return recorder_of(db, "recorder-1")


def recorder_of(db: Any, owner: str) -> ContestLifecycle:
    """The repositories of one recorder process."""
    ballots = Ballots(db)
    publishing = Publishing(Log(db), Results(db), Keys(db))
    return ContestLifecycle(Contests(db), ballots, Counters(db, owner), Recorders(db, owner), Tallies(db), publishing)


def mails_of(recorder: ContestLifecycle) -> MailCases:
    directory = ContestDirectory(recorder.contests, None)
    return MailCases(directory, recorder.ballots, recorder.recorders)


def announce(recorder: ContestLifecycle, **more: Any) -> Contest:
    now = clock.now()
    recorder.contests.put(
        "2017",
        {
            "opens_at": clock.iso(now - timedelta(days=1)),
            "closes_at": clock.iso(now + timedelta(days=1)),
            "nominees": [
                {"project": f"{category}-{number}", "number": number, "category": category, "title": "T"}
                for category in CATEGORIES
                for number in (1, 2)
            ],
            **more,
        },
    )
    contest = recorder.contests.read("2017")
    assert contest is not None
    return contest


def vote_request(account: str, *projects: str, at: datetime | None = None) -> VoteRequest:
    votes = tuple((project.split("-")[0], project) for project in projects)
    return VoteRequest(uuid.uuid4().hex, "2017", account, True, at or clock.now(), votes)


def record(recorder: ContestLifecycle, *requests: VoteRequest) -> BatchChanges:
    """As the service does it."""

    def work() -> BatchChanges:
        stored, ballots = recorder.ballots.read_with_contest("2017", {request.account for request in requests})
        contest = recorder.contests.read("2017", stored)
        assert contest is not None
        contests = {"2017": contest}
        choices = recorder.ballots.choices(required_choices(requests, contests, ballots))
        decisions = decide(requests, contests, ballots, choices)
        recorder.recorder.record(decisions)
        return decisions

    return in_transaction(work)


def results(decisions: BatchChanges) -> list[str]:
    return [item.result for result in decisions.results for item in result.items]


# -- secrecy ----------------------------------------------------------------------------------------------------------


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


# -- recording --------------------------------------------------------------------------------------------------------


def test_a_process_knows_the_keys_in_one_place(db: Any, monkeypatch: Any) -> None:
    """So that it drops a key that another process has shredded, whatever it is used for."""
    made, init = list[Ballots](), Ballots.__init__

    def counted(ballots: Ballots, db: Any) -> None:
        made.append(ballots)
        init(ballots, db)

    monkeypatch.setattr(Ballots, "__init__", counted)
    InProcess("voting", db, {"prizes": {}})
    assert len(made) == 1


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


# -- counting ---------------------------------------------------------------------------------------------------------


def test_recount_from_the_rows_equals_the_counters_of_all_recorders(db: Any, recorder: ContestLifecycle) -> None:
    contest, other = announce(recorder), recorder_of(db, "recorder-2")
    for number in range(70):
        projects = ["C1-1", "C2-2", "C3-1"][: 1 + number % 3]
        record((recorder, other)[number % 2], vote_request(f"v{number}", *projects))
    found = recorder.recount(contest)
    assert (found.agrees, found.different, found.flags) == (True, [], 0)
    votes = found.votes
    assert (votes.ballots_started, votes.ballots_complete) == (70, 23)
    assert votes.complete == {"C1-1": 23, "C2-2": 23, "C3-1": 23}
    assert db["counters"].count_documents({"hour": None}) == 2


def test_recount_finds_a_vote_that_is_gone_and_one_that_nobody_cast(db: Any, recorder: ContestLifecycle) -> None:
    contest = announce(recorder)
    record(recorder, vote_request("ada", "C1-1", "C2-1", "C3-1"))
    db["votes"].delete_one({"project": "C1-1"})
    db["votes"].insert_one({"_id": b"stuffed", "edition": "2017", "category": "C2", "project": "C2-2"})
    different = recorder.recount(contest).different
    assert {place.what for place in different} == {"cast C1-1", "complete C1-1", "rows C2-2"}


def test_project_ids_with_dots_are_counted(recorder: ContestLifecycle) -> None:
    contest = announce(recorder, nominees=[{"project": "a.b", "category": "C1"}])
    record(recorder, VoteRequest("c", "2017", "ada", True, clock.now(), (("C1", "a.b"),)))
    assert valid(contest, recorder.counters.read("2017")) == {"a.b": 1}


def test_command_recounts_and_keeps_totals_until_the_certification(recorder: ContestLifecycle) -> None:
    announce(recorder)
    record(recorder, vote_request("ada", "C1-1", "C2-1", "C3-1"), vote_request("bob", "C1-1"))
    during = CliRunner().invoke(commands.voting, ["recount", "2017"])
    assert (during.exit_code, "cast" in during.output) == (0, False)
    closed = announce(recorder, closes_at=clock.iso(clock.now()))
    between = CliRunner().invoke(commands.voting, ["recount", "2017"])
    assert (between.exit_code, "cast" in between.output) == (0, False)
    assert recorder.certify(closed)
    after = CliRunner().invoke(commands.voting, ["recount", "2017"])
    assert after.exit_code == 0
    assert "votes cast        4" in after.output
    assert "votes counted     3" in after.output


# -- closing ----------------------------------------------------------------------------------------------------


def test_nothing_is_stored_once_the_count_is_sealed(recorder: ContestLifecycle) -> None:
    announce(recorder)
    early = clock.now() - timedelta(seconds=1)
    record(recorder, vote_request("ada", "C1-1", "C2-1", "C3-1"))
    closed = announce(recorder, closes_at=clock.iso(clock.now()))
    assert recorder.certify(closed) is True
    assert results(record(recorder, vote_request("bob", "C1-1", at=early))) == ["refused"]
    assert recorder.tallies.last("2017")["ballots"] == {"started": 1, "complete": 1}


def test_recorder_that_is_storing_while_the_count_is_sealed_decides_anew(db: Any, recorder: ContestLifecycle) -> None:
    announce(recorder)
    early = clock.now() - timedelta(seconds=1)
    sealing, tries = recorder_of(db, "certifier"), 0
    closed = announce(recorder, closes_at=clock.iso(clock.now()))

    def work() -> list[str]:
        nonlocal tries
        tries += 1
        contest = recorder.contests.read("2017")
        assert contest is not None
        wanted = vote_request("late", "C1-1", at=early)
        ballots = recorder.ballots.read("2017", ["late"])
        if tries == 1:  # between our reading and our writing
            outside(partial(sealing.certify, closed))
        decisions = decide([wanted], {"2017": contest}, ballots, {})
        recorder.recorder.record(decisions)
        return results(decisions)

    assert in_transaction(work) == ["refused"]
    assert tries > 1
    assert db["votes"].count_documents({}) == 0


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


def outside(work: Any) -> None:
    """Run in a thread: outside of the transaction that is open here."""
    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    assert not thread.is_alive()


def test_disagreement_is_not_certified_until_an_officer_asks(db: Any, recorder: ContestLifecycle) -> None:
    announce(recorder)
    record(recorder, vote_request("ada", "C1-1", "C2-1", "C3-1"))
    db["counters"].update_one({"hour": None}, {"$inc": {"cast.C1-1": 1}})
    closed = announce(recorder, closes_at=clock.iso(clock.now()))
    assert recorder.certify(closed) is False
    assert recorder.tallies.last("2017") is None
    assert recorder.certify(closed, despite_disagreement=True) is True
    tally = recorder.tallies.last("2017")
    assert tally["counters_agreed"] is False
    assert {row["project"]: row["cast"] for row in tally["projects"]}["C1-1"] == 1, "the votes decide"


def test_nominee_disqualified_while_votes_are_counted_is_out_of_the_result(db: Any, recorder: ContestLifecycle) -> None:
    class Disqualifying(Settling):
        def settle(self, contest: Contest) -> Settlement | None:
            settled = super().settle(contest)
            recorder.contests.put_disqualified("2017", "C1-1", "C1")
            return settled

    announce(recorder)
    record(recorder, vote_request("ada", "C1-1", "C2-1", "C3-1"))
    closed, publishing = announce(recorder, closes_at=clock.iso(clock.now())), recorder.publishing
    recorder.settling = Disqualifying(publishing, recorder.votes)
    assert recorder.certify(closed) is False, "its votes were opened"
    recorder.settling = Settling(publishing, recorder.votes)
    out = recorder.contests.read("2017")
    assert out is not None
    assert recorder.certify(out) is True
    result = publishing.results.last("2017")
    assert result is not None
    assert result["votes"] == {"cast": 3, "counted": 2, "void": {"disqualified_project": 1}}
    assert result["categories"][0]["finalists"] == []


def test_certifier_that_loses_the_log_writes_nothing_more(db: Any, recorder: ContestLifecycle) -> None:
    class Losing(StoredVotes):
        def stored(self, edition: str, *fields: str) -> Iterator[dict[str, Any]]:
            db["leases"].update_one({"_id": "log"}, {"$set": {"owner": "another", "until": 1e12}})
            yield from super().stored(edition, *fields)

    announce(recorder)
    record(recorder, vote_request("ada", "C1-1", "C2-1", "C3-1"))
    closed = announce(recorder, closes_at=clock.iso(clock.now()))
    recorder.votes = recorder.settling.votes = Losing(recorder.ballots)
    recorder.publishing.log.lease.seconds = 0.003  # ask the store each time, or nearly
    assert recorder.certify(closed) is False
    assert db["log_openings"].count_documents({}) == 0


def test_recount_says_so_when_the_key_is_destroyed(recorder: ContestLifecycle) -> None:
    contest = announce(recorder, closes_at=clock.iso(clock.now()))
    record(recorder, vote_request("ada", "C1-1", at=clock.now() - timedelta(hours=1)))
    recorder.ballots.keys.shred("2017")
    with pytest.raises(SuiteError) as error:
        recorder.recount(contest)
    assert error.value.code == "voting.key_shredded"
    by_hand = CliRunner().invoke(commands.voting, ["recount", "2017"])
    assert (by_hand.exit_code, "count the published openings" in by_hand.output) == (1, True)


def test_nothing_reopens_a_contest_that_is_certified(db: Any, recorder: ContestLifecycle) -> None:
    announce(recorder)
    record(recorder, vote_request("ada", "C1-1", "C2-1", "C3-1"), vote_request("bob", "C1-2"))
    closed = announce(recorder, closes_at=clock.iso(clock.now()))
    assert recorder.certify(closed) is True
    before = recorder.contests.document("2017")
    later = {"opens_at": closed.opens_at, "closes_at": clock.now() + timedelta(hours=1), "every_category": True}
    for way in (recorder.contests.put_window, recorder.contests.await_window):
        with refused("voting.already_certified"):
            way("2017", later)
    with refused("voting.already_certified"):
        announce(recorder)
    assert recorder.contests.document("2017") == before
    assert recorder.certify(closed) is False
    assert recorder.tallies.last("2017")["number"] == 1


def test_window_that_prizes_is_storing_and_the_certification_exclude_each_other(
    db: Any, recorder: ContestLifecycle
) -> None:
    """Whichever is first: where prizes may store the phase nothing is certified, and the other way about."""

    class Waiting(Settling):
        def settle(self, contest: Contest) -> Settlement | None:
            settled = super().settle(contest)
            recorder.contests.await_window("2017", later)
            return settled

    announce(recorder)
    record(recorder, vote_request("ada", "C1-1", "C2-1", "C3-1"), vote_request("bob", "C1-2"))
    closed, publishing = announce(recorder, closes_at=clock.iso(clock.now())), recorder.publishing
    later = {"opens_at": closed.opens_at, "closes_at": clock.now() + timedelta(hours=1), "every_category": True}
    recorder.settling = Waiting(publishing, recorder.votes)
    assert recorder.certify(closed) is False
    recorder.settling = Settling(publishing, recorder.votes)
    former = {"opens_at": closed.opens_at, "closes_at": closed.closes_at, "every_category": True}
    recorder.contests.put_window("2017", former)  # an event from before
    recorder.contests.put_window("2017", former, answered=True)  # and prizes that has not stored it yet
    assert recorder.certify(closed) is False
    recorder.contests.put_window("2017", later)
    assert recorder.contests.read("2017").state(clock.now()) == "open"
    assert publishing.log.voids("2017") == {}, "what was settled for nothing is told to nobody"
    closed = announce(recorder, closes_at=clock.iso(clock.now()))
    assert recorder.certify(closed) is True


def test_window_that_prizes_never_stored_is_not_awaited_for_ever(db: Any, recorder: ContestLifecycle) -> None:
    announce(recorder)
    closed = announce(recorder, closes_at=clock.iso(clock.now()))
    former = {"opens_at": closed.opens_at, "closes_at": closed.closes_at, "every_category": True}
    recorder.contests.await_window("2017", former | {"closes_at": clock.now() + timedelta(hours=1)})
    recorder.contests.change("2017", lambda doc: doc | {"awaited": doc["awaited"] | {"at": clock.now() - AWAITED}})
    recorder.contests.put_window("2017", former)  # an event tells what prizes stored once, not what it has stored since
    assert recorder.certify(closed) is False
    recorder.contests.put_window("2017", former, answered=True)
    assert recorder.certify(closed) is True


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


def test_the_turn_of_a_contest_that_has_not_opened_asks_little(
    db: Any, count_commands: Any, recorder: ContestLifecycle
) -> None:
    tomorrow = clock.now() + timedelta(days=1)
    announce(recorder, opens_at=clock.iso(tomorrow), closes_at=clock.iso(tomorrow + timedelta(days=1)))
    contests = recorder.contests
    assert not contests.is_watched()
    assert [contest.edition for _, contest in contests.each_unfinished()] == ["2017"]
    assert count_commands(lambda: list(contests.each_unfinished())) == ["find", "find"]
    recorder.publishing.run(votes=False)
    assert count_commands(lambda: recorder.publishing.run(votes=False)) == ["find"]
    Contests(db).put_disqualified("2017", "al-1-1", "al-1")  # by another process
    assert [contest.disqualified for _, contest in contests.each_unfinished()] == [{"al-1-1"}]
    announce(recorder)
    assert contests.is_watched()
    contests.change("2017", lambda doc: doc | {"certified_at": clock.now()})
    now = clock.now()
    contests.put("2018", {"opens_at": clock.iso(now - timedelta(days=2)), "closes_at": clock.iso(now)})
    assert not contests.is_watched(), "it has no nominees"


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
    looks = []
    for _ in range(3):
        recorders.heartbeat()
        looks.append(recorders.drained(waiting=0))
    assert looks[-1] is True
    assert db["recorders"].count_documents({}) == 1


# -- reminders, notes --------------------------------------------------------------------------------------------


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
