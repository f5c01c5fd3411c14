from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from wsis_shared import clock
from wsis_shared.errors import SuiteError
from wsis_shared.mongo import in_transaction
from wsis_testkit import refused
from wsis_testkit.interruptions import InProcess

from wsis_voting import commands
from wsis_voting.ballots.rules.ballots import decide
from wsis_voting.ballots.store.ballots import Ballots
from wsis_voting.certification.store import StoredVotes
from wsis_voting.certification.use_cases.lifecycle import ContestLifecycle
from wsis_voting.certification.use_cases.settling import Settlement, Settling
from wsis_voting.contests.rules.contest import Contest
from wsis_voting.contests.rules.lifecycle import Wait, request_certification, waits
from wsis_voting.contests.store import Contests
from wsis_voting.contests.use_cases import ContestCases, ContestDirectory

from ..stored_contest import announce, outside, record, recorder_of, results, vote_request


def yes(counted: Contest) -> bool:
    """Prizes has fixed the window."""
    return True


def test_a_process_knows_the_keys_in_one_place(db: Any, monkeypatch: Any) -> None:
    """So that it drops a key that another process has shredded, whatever it is used for."""
    made, init = list[Ballots](), Ballots.__init__

    def counted(ballots: Ballots, db: Any) -> None:
        made.append(ballots)
        init(ballots, db)

    monkeypatch.setattr(Ballots, "__init__", counted)
    InProcess("voting", db, {"prizes": {}})
    assert len(made) == 1


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


def test_command_recounts_and_keeps_totals_until_the_certification(recorder: ContestLifecycle) -> None:
    announce(recorder)
    record(recorder, vote_request("ada", "C1-1", "C2-1", "C3-1"), vote_request("bob", "C1-1"))
    during = CliRunner().invoke(commands.voting, ["recount", "2017"])
    assert (during.exit_code, "cast" in during.output) == (0, False)
    closed = announce(recorder, closes_at=clock.iso(clock.now()))
    between = CliRunner().invoke(commands.voting, ["recount", "2017"])
    assert (between.exit_code, "cast" in between.output) == (0, False)
    assert recorder.certify(closed, yes)
    recorder.contests.put_disqualified("2017", "C1-1", "C1")  # after it: the votes of the tally stay
    after = CliRunner().invoke(commands.voting, ["recount", "2017"])
    assert after.exit_code == 0
    assert "votes cast        4" in after.output
    assert "votes counted     3" in after.output


def test_command_judges_a_store_that_was_restored(db: Any, recorder: ContestLifecycle, tmp_path: Path) -> None:
    """By its votes, and by the log that people kept, which must not be ahead of it or say another thing."""

    def publish(voter: str) -> None:
        record(recorder, vote_request(voter, "C1-1", "C2-1", "C3-1"))
        recorder.publishing.publish("2017")
        recorder.publishing.write_files("2017", str(tmp_path), while_leased=False)

    def judged() -> tuple[int, str]:
        done = CliRunner().invoke(commands.voting, ["after-restore", str(tmp_path)])
        return done.exit_code, done.output

    announce(recorder)
    publish("ada")
    assert judged() == (0, "2017: the counters agree with the votes\n")
    former = db["logs"].find_one({"_id": "2017"})
    publish("bob")
    newest = db["logs"].find_one_and_replace({"_id": "2017"}, former)
    code, said = judged()
    assert (code, "2017: the published log is ahead of the store: head 2 of 6 leaves is published" in said) == (1, True)
    db["logs"].replace_one({"_id": "2017"}, newest)
    head = json.loads((tmp_path / "2017/head.json").read_text())
    (tmp_path / "2017/head.json").write_text(json.dumps({**head, "root": "0" * 64}))
    code, said = judged()
    assert (code, "head 2 is another than that of the store" in said) == (1, True)
    (tmp_path / "2017/head.json").write_text(json.dumps(head))
    assert recorder.certify(announce(recorder, closes_at=clock.iso(clock.now())), yes)
    assert judged() == (0, "2017: the certified tally agrees with the votes\n")
    db["votes"].delete_one({"project": "C1-1"})
    assert judged()[0] == 1


def test_nothing_is_stored_once_the_count_is_sealed(recorder: ContestLifecycle) -> None:
    announce(recorder)
    early = clock.now() - timedelta(seconds=1)
    record(recorder, vote_request("ada", "C1-1", "C2-1", "C3-1"))
    closed = announce(recorder, closes_at=clock.iso(clock.now()))
    assert recorder.certify(closed, yes) is True
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
            outside(partial(sealing.certify, closed, yes))
        decisions = decide([wanted], {"2017": contest}, ballots, {})
        recorder.recorder.record(decisions)
        return results(decisions)

    assert in_transaction(work) == ["refused"]
    assert tries > 1
    assert db["votes"].count_documents({}) == 0


def test_disagreement_is_not_certified_until_an_officer_asks(db: Any, recorder: ContestLifecycle) -> None:
    announce(recorder)
    record(recorder, vote_request("ada", "C1-1", "C2-1", "C3-1"))
    db["counters"].update_one({"hour": None}, {"$inc": {"cast.C1-1": 1}})
    closed = announce(recorder, closes_at=clock.iso(clock.now()))
    asked = partial(request_certification, request={"by": "officer", "reason": "All is in", "at": clock.now()})
    recorder.contests.change("2017", asked)  # and knows of no disagreement
    assert recorder.certify(closed, yes) is False
    assert recorder.tallies.last("2017") is None
    held = recorder.contests.state("2017")
    assert Wait.DISAGREEMENT in waits(held, closed, clock.now(), recorder.rules)
    assert Wait.DISAGREEMENT not in waits(asked(held), closed, clock.now(), recorder.rules)
    assert recorder.certify(closed, yes, despite_disagreement=True) is True
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
    assert recorder.certify(closed, yes) is False, "its votes were opened"
    recorder.settling = Settling(publishing, recorder.votes)
    out = recorder.contests.read("2017")
    assert out is not None
    assert recorder.certify(out, yes) is True
    result = publishing.results.last("2017")
    assert result is not None
    assert result["votes"] == {"cast": 3, "counted": 2, "void": {"disqualified_project": 1}}
    assert result["categories"][0]["finalists"] == []


def test_votes_for_who_withdrew_as_voting_opened_count_for_nobody(recorder: ContestLifecycle) -> None:
    """Prizes lets nominees withdraw until voting opens, and voters may be faster than what tells us of it."""
    contest = announce(recorder)
    record(recorder, vote_request("ada", "C1-1", "C2-1", "C3-1"), vote_request("bob", "C1-2", "C2-1", "C3-2"))
    left = [row for row in recorder.contests.roster("2017")["nominees"] if row["project"] != "C1-1"]
    closed = announce(recorder, nominees=left, closes_at=clock.iso(clock.now()))
    assert contest.nominees.keys() - closed.nominees.keys() == {"C1-1"}
    assert recorder.certify(closed, yes) is True
    result = recorder.publishing.results.last("2017")
    assert result is not None
    assert result["votes"] == {"cast": 6, "counted": 5, "void": {"disqualified_project": 1}}
    assert sum(row["counted"] for row in result["categories"]) == 5, "else no verifier accepts the result"
    assert result["ballots"]["complete"] == 2, "its voters need not vote anew"


def test_who_withdraws_is_no_nominee_from_the_event_on(recorder: ContestLifecycle) -> None:
    """Not from the next comparison on, a minute later: by then voting may have opened."""
    announce(recorder)
    roster, window = recorder.contests.roster("2017"), recorder.contests.state("2017")
    roster["nominees"] = [row for row in roster["nominees"] if row["project"] != "C1-1"]
    prizes = SimpleNamespace(contest=lambda edition: {**window, **roster})
    event = {"data": {"edition": "2017", "project": "C1-1", "nominated": True}}
    ContestCases(ContestDirectory(recorder.contests, prizes)).on_project_withdrawn(event)
    assert results(record(recorder, vote_request("ada", "C1-1", "C1-2"))) == ["refused", "stored"]


def test_an_answer_of_prizes_that_was_overtaken_on_its_way_changes_nothing(recorder: ContestLifecycle) -> None:
    """Two answers may arrive in the other order: an older one opened a contest that was closed, or closed one that was
    extended, until the next comparison a minute later."""
    announce(recorder)
    contests, closed_at, asked = recorder.contests, clock.now(), list[str]()

    def answer(edition: str) -> dict[str, Any]:
        said = {**contests.state(edition), **contests.roster(edition)}
        asked.append(edition)
        if len(asked) == 1:
            contests.put_window(edition, {**said, "closes_at": closed_at})
            contests.put_disqualified(edition, "C1-1", "C1")
        return said

    assert ContestDirectory(contests, SimpleNamespace(contest=answer)).refresh("2017")
    contest = contests.read("2017")
    assert contest is not None
    assert (contest.closes_at, contest.disqualified) == (closed_at, {"C1-1"})
    assert len(asked) == 2


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
    assert recorder.certify(closed, yes) is False
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
    assert recorder.certify(closed, yes) is True
    before = recorder.contests.document("2017")
    later = {"opens_at": closed.opens_at, "closes_at": clock.now() + timedelta(hours=1), "every_category": True}
    with refused("voting.already_certified"):
        recorder.contests.put_window("2017", later)
    with refused("voting.already_certified"):
        announce(recorder)
    assert recorder.contests.document("2017") == before
    assert recorder.certify(closed, yes) is False
    assert recorder.tallies.last("2017")["number"] == 1


def test_of_another_window_and_the_certification_one_is_first(db: Any, recorder: ContestLifecycle) -> None:
    """Officers move the end while the votes are counted; or an event of an earlier end comes after the answer."""
    announce(recorder)
    record(recorder, vote_request("ada", "C1-1", "C2-1", "C3-1"), vote_request("bob", "C1-2"))
    closed, publishing = announce(recorder, closes_at=clock.iso(clock.now())), recorder.publishing
    later = {**closed.window, "closes_at": clock.now() + timedelta(hours=1)}

    def answers(window: Any, fixed: bool) -> Callable[[Contest], bool]:
        def fix_window(counted: Contest) -> bool:
            assert counted.window == closed.window
            recorder.contests.put_window("2017", window)
            return fixed

        return fix_window

    assert recorder.certify(closed, answers(closed.window, False)) is False, "prizes is away"
    assert recorder.certify(closed, answers({**later, "closes_at": closed.opens_at}, True)) is False
    recorder.contests.put_window("2017", closed.window)
    assert recorder.certify(closed, answers(later, False)) is False
    open_again = recorder.contests.read("2017")
    assert open_again.state(clock.now()) == "open"
    assert publishing.log.voids("2017") == {}, "what was settled for nothing is told to nobody"
    assert recorder.certify(closed, yes) is False
    assert recorder.contests.read("2017").sealed is False, "a turn that began before seals nothing that is open"
    closed = announce(recorder, closes_at=clock.iso(clock.now()))
    assert recorder.certify(closed, yes) is True


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
