"""Recorders that are killed, and several at once."""

from __future__ import annotations

import signal
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.errors import SuiteError, Unavailable
from wsis_testkit import actor, make_context, wait_for
from wsis_testkit.sizes import size

SETTINGS = {"WSIS_VOTING_GRACE_SECONDS": "0.2", "WSIS_VOTING_RECORDER_DEAD_SECONDS": "8"}
VOTERS, THREADS = size(60, 120), 16


@pytest.fixture
def amqp_clients(environment: Any) -> Any:
    made = [AmqpClient(environment["WSIS_AMQP_URI"], f"gateway-{number}").start() for number in range(2)]
    yield made
    for amqp_client in made:
        amqp_client.stop()


def flood(amqp_clients: Any, contest: Any, at_half: Any) -> set[tuple[str, str]]:
    """All voters vote in all categories; whoever gets no answer asks again under the same id. Returns what was
    accepted, (account, category)."""
    accepted: set[tuple[str, str]] = set()
    half, lock = threading.Event(), threading.Lock()
    voters = [actor() for _ in range(VOTERS)]

    def cast(job: tuple[int, Any, str]) -> None:
        number, who, category = job
        payload = {
            "args": {"edition": contest.edition},
            "body": {"category": category, "project": contest.project(category, 1 + number % 2)},
        }
        message_id, context = uuid.uuid4().hex, make_context(who)
        while True:
            try:
                settled, _ = amqp_clients[number % len(amqp_clients)].command(
                    "voting", "cast", payload, context, message_id=message_id, wait=60
                )
            except Unavailable:
                continue
            assert settled
            break
        with lock:
            accepted.add((who.id, category))
            if len(accepted) == VOTERS * len(contest.categories) // 2:
                half.set()

    jobs = [(number, who, category) for category in contest.categories for number, who in enumerate(voters)]
    with ThreadPoolExecutor(THREADS) as pool:
        sent = [pool.submit(cast, job) for job in jobs]
        assert half.wait(60)
        at_half()
        for job in sent:
            job.result(90)
    return accepted


def certified(service: Any, prizes: Any, contest: Any) -> Any:
    prizes.move(contest, clock.now())
    return wait_for(
        lambda: (said := service.call("read_voting", edition=contest.edition))["state"] == "certified" and said,
        90,
        "certified",
    )


def test_recorder_killed_amid_the_flood_loses_and_doubles_nothing(
    serve: Any, prizes: Any, amqp_clients: Any, open_contest: Any
) -> None:
    contest, running = open_contest(), [serve("voting", **SETTINGS)]

    def kill() -> None:
        running[0].stop(signal.SIGKILL)
        running.append(serve("voting", **SETTINGS))

    accepted = flood(amqp_clients, contest, kill)
    service = running[-1]
    assert len(accepted) == VOTERS * len(contest.categories)
    totals = certified(service, prizes, contest)["totals"]
    assert totals == {"votes_cast": len(accepted), "votes_counted": len(accepted), "ballots_complete": VOTERS}
    assert service.run_job("recount_tally", actor("officer"), edition=contest.edition)["agrees"] is True
    service.stop()


def test_two_recorders_share_the_flood_and_one_leaves(
    serve: Any, prizes: Any, amqp_clients: Any, database: Any, open_contest: Any
) -> None:
    contest = open_contest()
    staying, leaving = serve("voting", **SETTINGS), serve("voting", **SETTINGS)
    accepted = flood(amqp_clients, contest, lambda: leaving.stop(signal.SIGTERM))
    totals = certified(staying, prizes, contest)["totals"]
    assert totals == {"votes_cast": len(accepted), "votes_counted": len(accepted), "ballots_complete": VOTERS}
    counters = database("voting")["counters"].count_documents({"edition": contest.edition, "hour": None})
    assert counters == 2, "both have counted"
    staying.stop()


def test_votes_accepted_before_the_close_count_though_nobody_was_there_to_record_them(
    serve: Any, prizes: Any, amqp_client: Any, open_contest: Any
) -> None:
    first = serve("voting", **SETTINGS)
    contest, who = open_contest(), actor()
    first.call("read_voting", edition=contest.edition)
    first.stop()
    payload = {"args": {"edition": contest.edition}, "body": {"votes": contest.ballot()}}
    for _ in range(3):  # the gateway takes it, and the client, who hears nothing, sends it again
        settled, _ = amqp_client.command("voting", "cast", payload, make_context(who), message_id="c" * 32, wait=0)
        assert not settled
    contest.closes_at = clock.now()
    prizes.tell("voting_window_changed", contest.window())
    second = serve("voting", **SETTINGS)
    totals = wait_for(
        lambda: (said := second.call("read_voting", edition=contest.edition))["state"] == "certified" and said, 60
    )["totals"]
    assert totals == {"votes_cast": 3, "votes_counted": 3, "ballots_complete": 1}
    with pytest.raises(SuiteError) as refused:
        second.command("cast", actor(), {"edition": contest.edition}, contest.ballot()[0])
    assert refused.value.code == "voting.closed"
