"""D4, D5, D9, D10: a part is away, slow or full for a while."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest
from tests.faults.kit.http import Connection
from tests.faults.kit.machine import Duration
from tests.load.figures import Figure
from wsis_local.patience import Deadline
from wsis_local.ports import listens
from wsis_testkit import wait_for


def test_the_store_is_away(suite: Any, crowd: Any, settled: Any, report: Any, long: bool) -> None:
    """D4: frozen, then killed. Voters hear 202 or 503 meanwhile, and nothing is dead-lettered."""
    seconds, voters = (30, 1500) if long else (4, 60)
    some, before = crowd(voters), suite.dead_letters()
    back = 0.0

    async def faults() -> None:
        nonlocal back
        await some.until(100)
        suite.stack.kill("store", signal.SIGSTOP)
        await asyncio.sleep(seconds)
        suite.stack.kill("store")
        await asyncio.to_thread(wait_for, suite.stack.store.answers, 60, "the store")
        back = time.monotonic()

    jobs = asyncio.run(some.meanwhile(some.jobs(range(voters)), faults))
    report(
        Figure("D4 store away", seconds, "s"),
        Duration(
            "D4 from its return to the first good vote",
            some.seen.first_good_after(back),
            "s",
            at_most=60,
            began=back,
        ),
        Figure("D4 dead letters", suite.dead_letters() - before, "messages", at_most=0),
    )
    settled("D4", some, jobs)


VOTERS = 100


def _stop(stack: Any) -> None:
    stack.stop_program("broker")
    stack.start_program("broker")


def _kill(stack: Any) -> None:
    port = stack.ports["broker"]
    stack.kill("broker")  # Supervisor starts it again
    wait_for(lambda: not listens(port), 10, "the end of the broker")


@pytest.mark.parametrize("restart", [_stop, _kill])
def test_the_broker_restarts(
    restart: Callable[[Any], None], suite: Any, crowd: Any, events: Any, settled: Any, report: Any
) -> None:
    """D5: stopped in good order, or by kill -9, amid votes and events; gateway and services find it by themselves."""
    some, work, port, gateway = crowd(VOTERS), events(5), suite.stack.ports["broker"], suite.workers()
    opened = 0.0

    async def faults() -> None:
        nonlocal opened
        await some.until(100)
        await asyncio.to_thread(restart, suite.stack)
        await asyncio.to_thread(wait_for, lambda: listens(port), 60, "the broker's port")
        opened = time.monotonic()
        assert not some.idle, "the votes were too few"

    async def votes() -> list[tuple[int, str]]:
        async with asyncio.TaskGroup() as group:
            group.create_task(work.work(12, pause=0.3))
            voting = group.create_task(some.meanwhile(some.jobs(range(VOTERS)), faults))
        return voting.result()

    jobs = asyncio.run(votes())
    suite.stack.wait_ready()
    assert suite.workers() == gateway, "the gateway recovered without a restart"
    name = f"D5 {restart.__name__.strip('_')}, from the broker's port to the first good vote"
    report(Duration(name, some.seen.first_good_after(opened), "s", at_most=15, began=opened))
    settled("D5", some, jobs)


# Of each of five discussions, each time that agencies is at work, and then is frozen: even, as a discussion that is
# closed again does not change.
CHANGES = (2, 2, 2, 2, 2, 2, 2, 8)


def test_a_reader_that_does_not_move_holds_nobody_up(
    suite: Any, crowd: Any, events: Any, settled: Any, report: Any
) -> None:
    """D9: agencies, which reads all events, is frozen. Votes and those who make events are answered as before, and
    what it has not read waits for it. It is frozen in turn, so that both medians are of the same load."""
    at_work, frozen, work = crowd(16), crowd(16), events(5)
    jobs = at_work.jobs(range(16))

    async def votes(some: Any, part: list[tuple[int, str]], changes: int) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(some.vote(part, connections=8))
            group.create_task(work.work(changes))

    for turn, changes in enumerate(CHANGES):
        part = jobs[turn :: len(CHANGES)]
        asyncio.run(votes(at_work, part, changes))
        suite.stack.kill("agencies", signal.SIGSTOP)
        try:
            asyncio.run(votes(frozen, part, changes))
            if changes == max(CHANGES):
                wait_for(lambda: suite.messages("events.many--agencies.on_public") >= 40, 30, "the events in its queue")
        finally:
            suite.stack.kill("agencies", signal.SIGCONT)
    report(
        Figure(
            "D9 median of an answer, agencies frozen / at work",
            frozen.seen.percentile(0.5) / at_work.seen.percentile(0.5),
            "times",
            at_most=1.5,
        ),
    )
    settled("D9", at_work, jobs)
    settled("D9", frozen, jobs)


def test_a_full_broker_is_a_clean_503(suite: Any, crowd: Any, settled: Any, report: Any) -> None:
    """D10: memory alarm. A vote is refused in time and told when to come again, and so is a read that the gateway has
    to ask a service for; what is in its cache is served."""
    some = crowd(10)
    jobs, ctl = some.jobs(range(10)), suite.stack.broker.ctl
    path, keys = f"{suite.contest.path}/voting", f"{suite.contest.path}/voting/keys"
    own = {"Authorization": f"Bearer {some.voters[0].token}"}

    async def under_an_alarm() -> tuple[list[Any], int]:
        connection, refused = Connection("127.0.0.1", some.port), []  # to one worker, with its cache
        assert (await connection.request("GET", keys)).status == 200
        alarm = asyncio.create_task(asyncio.to_thread(ctl, "set_vm_memory_high_watermark", "0.0001"))
        while not (await asyncio.wait([alarm], timeout=1))[0]:  # a connection that is idle for long would be closed
            await connection.request("GET", keys)
        await alarm
        deadline = Deadline(30)
        while len(refused) < 3:  # the cache keeps what it has for a minute, and each of these takes seconds
            assert not deadline.passed, "the alarm changes nothing"
            began = time.monotonic()
            answer = await some.send(connection, 0, jobs[0][1], "alarm-1")
            if answer.status not in (200, 201, 202):
                refused.append((answer, time.monotonic() - began, began))
        began = time.monotonic()
        read = await connection.request("GET", f"{suite.contest.path}/ballot", None, own)
        refused.append((read, time.monotonic() - began, began))
        assert (await connection.request("GET", keys)).status == 200, "from the cache"
        health = await connection.request("GET", "/healthz")
        return refused, health.status

    async def first_good() -> tuple[float, float]:
        connection, began = Connection("127.0.0.1", some.port), time.monotonic()
        while (await some.send(connection, 0, jobs[0][1], "alarm-1")).status not in (200, 201):
            await asyncio.sleep(0.1)
        return time.monotonic() - began, began

    assert suite.contest.visitor.get(path)["state"] == "open"
    try:
        refused, health = asyncio.run(under_an_alarm())
    finally:
        ctl("set_vm_memory_high_watermark", "0.6")
    recovery, ended = asyncio.run(first_good())
    slowest, asked = max((took, began) for _, took, began in refused)
    assert health == 200
    assert {answer.status for answer, *_ in refused} == {503}
    assert all(int(answer.headers["retry-after"]) > 0 for answer, *_ in refused)
    report(
        Duration("D10 slowest 503 under a memory alarm", slowest, "s", at_most=4, began=asked),
        Duration("D10 from the end of the alarm to a good vote", recovery, "s", at_most=10, began=ended),
    )
    asyncio.run(some.vote(jobs))
    settled("D10", some, jobs)
