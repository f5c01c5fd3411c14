"""More time to vote: until the certification nothing is lost, doubled or told; afterwards nothing reopens."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.errors import Unavailable
from wsis_testkit import actor, refused, wait_for

VERIFY = Path(__file__).parents[2] / "verify" / "verify.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("public-log")


@pytest.fixture(scope="module")
def service(serve: Any, prizes: Any, published: Any, folder: Path) -> Any:
    published("voting")
    return serve(
        "voting",
        WSIS_VOTING_GRACE_SECONDS="0.2",
        WSIS_VOTING_CERTIFY_AUTOMATICALLY="no",
        WSIS_VOTING_LOG_SECONDS="0",
        WSIS_LOG_DIR=str(folder),
    )


def certify(service: Any, prizes: Any, contest: Any, state_of: Any) -> None:
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")
    service.call("certify_tally", actor("officer"), edition=contest.edition, body={"reason": "All votes are in"})
    state_of(service, contest, "certified")


def told_of(published: Any, contest: Any, event: str) -> None:
    wait_for(lambda: contest.edition in [each["data"]["edition"] for each in published("voting").of(event)], 30, event)


def test_an_extension_after_the_close_loses_doubles_and_tells_nothing(
    service: Any, prizes: Any, published: Any, open_contest: Any, voter: Any, vote: Any, state_of: Any, folder: Path
) -> None:
    contest, who = open_contest(), voter()
    receipt = vote(service, who, contest, "C1")["receipt"]
    prizes.move(contest, clock.now())
    told_of(published, contest, "voting_closed")
    prizes.move(contest, clock.now() + timedelta(hours=1))
    state_of(service, contest, "open")
    with refused("voting.totals_hidden"):
        service.call("read_tally", actor("officer"), edition=contest.edition)
    assert vote(service, who, contest, "C1")["repeated"] is True
    assert vote(service, who, contest, "C2")["done"] == 2
    assert vote(service, who, contest, "C7.e-health")["complete"] is True
    told_of(published, contest, "voting_reopened")
    certify(service, prizes, contest, state_of)
    said = service.call("read_voting", edition=contest.edition)
    assert said["totals"] == {"votes_cast": 3, "votes_counted": 3, "ballots_complete": 1}
    assert service.call("read_tally", edition=contest.edition)["number"] == 1
    leaves = service.call("list_log_leaves", edition=contest.edition)["items"]
    assert [leaf["t"] for leaf in leaves] == ["vote"] * 3 + ["result"]
    shown = service.call("read_receipt", edition=contest.edition, commitment=receipt["commitment"])
    assert shown["state"] == "counted"
    prizes.announce(contest)
    wait_for((folder / contest.edition / "result.json").exists)
    done = subprocess.run([sys.executable, VERIFY, folder / contest.edition], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_whoever_has_read_the_tally_reopens_nothing(
    service: Any, prizes: Any, open_contest: Any, voter: Any, vote: Any, state_of: Any, database: Any
) -> None:
    """An officer reads the tally, and moves the end of voting: no vote is cast in the knowledge of the totals, and
    there is no second tally whose difference tells a ballot."""
    contest = open_contest()
    service.command("cast", voter(), {"edition": contest.edition}, {"votes": contest.ballot()})
    certify(service, prizes, contest, state_of)
    tally = service.call("read_tally", actor("officer"), edition=contest.edition)
    assert contest.edition in prizes.fixed
    contests = database("voting")["contests"]
    before = contests.find_one({"_id": contest.edition})
    prizes.move(contest, clock.now() + timedelta(hours=1))  # though it has fixed it
    prizes.disqualify(contest, contest.project("C2", 2), "C2")  # handled after it
    wait_for(lambda: service.call("read_voting", edition=contest.edition)["disqualified"])
    after = contests.find_one({"_id": contest.edition})
    assert all(after[name] == before[name] for name in ("closes_at", "certified_at", "sealed"))
    with refused("voting.closed"):
        vote(service, voter(), contest, "C1")
    again = service.call("read_tally", actor("officer"), edition=contest.edition)
    assert all(again[name] == tally[name] for name in ("number", "certified_at", "ballots", "projects"))


def test_an_end_that_is_moved_while_the_votes_are_counted_reopens(
    service: Any, prizes: Any, open_contest: Any, voter: Any, vote: Any, state_of: Any
) -> None:
    """The event is on its way when voting asks: the answer says what prizes has stored."""
    contest = open_contest()
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")
    counting = prizes.fix_window

    def moved_meanwhile(edition: str, window: Any) -> Any:
        contest.closes_at = clock.now() + timedelta(hours=1)
        return counting(edition, window)

    prizes.fix_window = moved_meanwhile
    try:
        body = {"reason": "All votes are in"}
        service.call("certify_tally", actor("officer"), edition=contest.edition, body=body)
        state_of(service, contest, "open")
    finally:
        prizes.fix_window = counting
    assert contest.edition not in {*prizes.fixed, *prizes.results}
    assert vote(service, voter(), contest, "C1")["done"] == 1
    certify(service, prizes, contest, state_of)
    assert contest.edition in prizes.fixed


def test_the_event_of_an_extension_that_is_late_reopens_nothing(
    service: Any, prizes: Any, open_contest: Any, state_of: Any, published: Any, database: Any
) -> None:
    """Officers extend the voting, then end it. Voting asked prizes before the event of the extension came."""
    contest = open_contest()
    extended = contest.window()
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")
    prizes.tell("voting_window_changed", extended)
    prizes.disqualify(contest, contest.project("C2", 2), "C2")  # handled after it
    wait_for(lambda: service.call("read_voting", edition=contest.edition)["disqualified"])
    stored = database("voting")["contests"].find_one({"_id": contest.edition})
    assert stored["closes_at"] == clock.to_milliseconds(contest.closes_at)
    assert service.call("read_voting", edition=contest.edition)["state"] == "closed"


def test_prizes_is_not_asked_again_and_again_for_one_window(
    service: Any, prizes: Any, published: Any, open_contest: Any, state_of: Any
) -> None:
    """Each question costs a count of every vote. Another window is another question."""
    contest, other, fixing, asked = open_contest(), open_contest(), prizes.fix_window, list[str]()

    def fails(edition: str, window: Any) -> Any:
        asked.append(edition)
        raise Unavailable("suite.service_away")

    state_of(service, other, "open")
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")
    prizes.fix_window = fails
    try:
        body = {"reason": "All votes are in"}
        service.call("certify_tally", actor("officer"), edition=contest.edition, body=body)
        wait_for(lambda: asked, what="the first question")
        prizes.move(other, clock.now())
        told_of(published, other, "voting_closed")
        prizes.move(other, clock.now() + timedelta(hours=1))
        told_of(published, other, "voting_reopened")  # in a later turn, in which the contest had its own before
        assert asked == [contest.edition]
    finally:
        prizes.fix_window = fixing
    prizes.move(contest, clock.now())
    state_of(service, contest, "certified", 20)


def test_a_result_is_delivered_again_until_prizes_has_it(
    service: Any, prizes: Any, open_contest: Any, state_of: Any, database: Any
) -> None:
    """It was away at the certification, and so it was for what a former version has certified."""
    contest, taking, tries = open_contest(), prizes.put_result, list[str]()

    def away(edition: str, result: Any) -> None:
        tries.append(edition)
        raise Unavailable("suite.service_away")

    prizes.put_result = away
    try:
        certify(service, prizes, contest, state_of)
        wait_for(lambda: contest.edition in tries, what="the first try")
    finally:
        prizes.put_result = taking
    rows = database("voting")["log_results"]
    wait_for(lambda: (rows.find_one({"edition": contest.edition}) or {}).get("delivered"), 30, "another")
    (result,) = prizes.results[contest.edition]
    assert result["number"] == 1


def test_voids_are_told_with_the_result_and_not_before(
    service: Any, prizes: Any, open_contest: Any, voter: Any, vote: Any, state_of: Any
) -> None:
    contest = open_contest()
    vote(service, voter(), contest, "C1")
    vote(service, voter(), contest, "C2")
    certify(service, prizes, contest, state_of)
    leaves = service.call("list_log_leaves", edition=contest.edition)["items"]
    assert [leaf["t"] for leaf in leaves] == ["vote", "vote", "void", "void", "result"]
    voids = [leaf["c"] for leaf in leaves[2:4]]
    assert voids == sorted(voids)
    heads = service.call("list_log_heads", edition=contest.edition)["items"]
    assert [head["size"] for head in heads][-2:] == [4, 5]
    assert json.dumps(leaves).count("restored") == 0
