"""The last day: any number of recorders, clocks that are wrong, the last vote in the last second."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.amqp import queue_stats
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.errors import SuiteError
from wsis_shared.reference import action_lines
from wsis_testkit import actor, make_context, skewed, wait_for
from wsis_testkit.sizes import size

QUICK = {"WSIS_VOTING_GRACE_SECONDS": "0.2", "WSIS_VOTING_RECORDER_DEAD_SECONDS": "8"}
VOTERS = 80


@pytest.fixture
def serve(serve: Any) -> Any:
    """Programs that end with the test, so that a failed one leaves none that would certify the next one's contest."""
    started: list[Any] = []

    def start(*names: str, **settings: str) -> Any:
        started.append(serve(*names, **settings))
        return started[-1]

    yield start
    for program in started:
        program.stop()


@pytest.fixture
def amqp_clients(environment: Any) -> Any:
    made = [AmqpClient(environment["WSIS_AMQP_URI"], f"gateway-{number}").start() for number in range(3)]
    yield made
    for amqp_client in made:
        amqp_client.stop()


def flood(amqp_clients: Any, contest: Any, voters: list[Any]) -> None:
    """All of them vote in all categories at the same time, each for the first or the second by turns."""

    def cast(job: tuple[int, Any, str]) -> None:
        number, who, category = job
        body = {"category": category, "project": contest.project(category, 1 + number % 2)}
        payload = {"args": {"edition": contest.edition}, "body": body}
        settled, _ = amqp_clients[number % len(amqp_clients)].command(
            "voting", "cast", payload, make_context(who), message_id=uuid.uuid4().hex, wait=60, confirm=60
        )
        assert settled

    jobs = [(number, who, category) for number, who in enumerate(voters) for category in contest.categories]
    with ThreadPoolExecutor(24) as pool:
        list(pool.map(cast, jobs))


@pytest.mark.parametrize("count", size([1, 2], [1, 2, 4]))
def test_any_number_of_recorders_gives_the_same_result(
    serve: Any, prizes: Any, amqp_clients: Any, database: Any, open_contest: Any, count: int, read_counts: Any
) -> None:
    recorders, contest = [serve("voting", **QUICK) for _ in range(count)], open_contest()
    db = database("voting")

    def stored_and_counted() -> tuple[int, int]:
        rows = db["counters"].find({"edition": contest.edition})
        counted = sum(sum(row.get("cast", {}).values()) for row in rows)
        return db["votes"].count_documents({"edition": contest.edition}), counted

    for wave in range(1, 3):
        flood(amqp_clients, contest, [actor() for _ in range(VOTERS)])
        assert queue_stats.ready_commands("voting", "cast") == 0
        votes = wave * VOTERS * len(contest.categories)
        assert stored_and_counted() == (votes, votes), "equal whenever the queue is empty"
    prizes.move(contest, clock.now())
    service = recorders[0]
    wait_for(lambda: service.call("read_voting", edition=contest.edition)["state"] == "certified", 60, "certified")
    tally = read_counts(service, contest)
    assert tally["ballots"] == {"started": 2 * VOTERS, "complete": 2 * VOTERS}
    assert set(tally["counted"].values()) == {VOTERS}
    assert service.run_job("recount_tally", actor("officer"), edition=contest.edition)["agrees"] is True


@pytest.mark.parametrize("skew", [300, -300], ids=["fast", "slow"])
def test_a_recorder_whose_clock_is_wrong_judges_nobody_by_it(
    serve: Any, prizes: Any, database: Any, open_contest: Any, skew: int
) -> None:
    """Five minutes fast or slow: the gateway's clock says what is in time, and no tally before its time."""
    service = serve("voting", **QUICK, **skewed(skew))
    contest = open_contest(seconds=100)
    args, (first, second, third) = {"edition": contest.edition}, contest.ballot()
    service.command("cast", actor(), args, first, received_at=contest.closes_at - timedelta(milliseconds=1))
    with pytest.raises(SuiteError) as refused:
        service.command("cast", actor(), args, second, received_at=contest.closes_at)
    assert refused.value.code == "voting.closed"
    with pytest.raises(SuiteError) as hidden:
        service.call("read_tally", actor("officer"), edition=contest.edition)
    assert hidden.value.code == "voting.totals_hidden"
    if skew > 0:
        contests = database("voting")["contests"]
        announced = wait_for(lambda: (contests.find_one({"_id": contest.edition}) or {}).get("announced"), 15)
        assert announced == "open", "its timer has come by, and has closed nothing"
    service.command("cast", actor(), args, third)


def test_no_totals_while_a_vote_that_came_in_time_may_be_on_its_way(
    serve: Any, prizes: Any, open_contest: Any, state_of: Any
) -> None:
    """Else whoever holds back half of a vote until after the close could cast it with knowledge of the totals."""
    service = serve("voting", **{**QUICK, "WSIS_VOTING_GRACE_SECONDS": "3600", "WSIS_REVIEW_HOLD_SCORE": "0"})
    contest = open_contest()
    args, (first, second, _) = {"edition": contest.edition}, contest.ballot()
    service.command("cast", actor(), args, first)
    prizes.move(contest, clock.now())
    state_of(service, contest, "closed")

    def assert_hidden() -> None:
        with pytest.raises(SuiteError, match="voting.totals_hidden"):
            service.call("read_tally", actor("officer"), edition=contest.edition)
        assert contest.edition not in prizes.results

    assert_hidden()
    service.command("cast", actor(), args, second, received_at=contest.closes_at - timedelta(milliseconds=1))
    for _ in range(2):  # others that are due are certified: this one has had its turn between them
        due = open_contest()
        prizes.move(due, clock.now() - timedelta(hours=2))
        state_of(service, due, "certified")
        assert_hidden()


def test_the_eighteenth_vote_in_the_last_millisecond_completes_the_ballot(
    serve: Any, prizes: Any, open_contest: Any
) -> None:
    service, who, late = serve("voting", **QUICK), actor(), actor()
    contest = open_contest(categories=tuple(line.code for line in action_lines()))
    args = {"edition": contest.edition}
    *most, last = contest.ballot()
    for voter in (who, late):
        assert service.command("cast", voter, args, {"votes": most})["complete"] is False
    in_time = contest.closes_at - timedelta(milliseconds=1)
    assert service.command("cast", who, args, last, received_at=in_time)["complete"] is True
    with pytest.raises(SuiteError) as refused:
        service.command("cast", late, args, last, received_at=contest.closes_at)
    assert refused.value.code == "voting.closed"
    prizes.move(contest, clock.now())
    said = wait_for(
        lambda: (seen := service.call("read_voting", edition=contest.edition))["state"] == "certified" and seen, 60
    )
    assert said["totals"] == {"votes_cast": 35, "votes_counted": 18, "ballots_complete": 1}


def test_votes_accepted_before_the_close_count_though_nobody_was_there_to_record_them(
    serve: Any, prizes: Any, amqp_client: Any, open_contest: Any
) -> None:
    first = serve("voting", **QUICK)
    contest, who = open_contest(), actor()
    first.call("read_voting", edition=contest.edition)
    first.stop()
    payload = {"args": {"edition": contest.edition}, "body": {"votes": contest.ballot()}}
    for _ in range(3):  # the gateway takes it, and the client, who hears nothing, sends it again
        settled, _ = amqp_client.command("voting", "cast", payload, make_context(who), message_id="c" * 32, wait=0)
        assert not settled
    contest.closes_at = clock.now()
    prizes.tell("voting_window_changed", contest.window())
    second = serve("voting", **QUICK)
    totals = wait_for(
        lambda: (said := second.call("read_voting", edition=contest.edition))["state"] == "certified" and said, 60
    )["totals"]
    assert totals == {"votes_cast": 3, "votes_counted": 3, "ballots_complete": 1}
    with pytest.raises(SuiteError) as refused:
        second.command("cast", actor(), {"edition": contest.edition}, contest.ballot()[0])
    assert refused.value.code == "voting.closed"
