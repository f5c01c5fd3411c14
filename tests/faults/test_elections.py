"""D14 to D18: a member of the store's replica set dies, hangs, steps down, is cut off, or falls behind.

Each row names the seconds from the fault to the first good vote that was sent after it. Elections take 3 s here
(`wsis_local.mongod`); each night 10 s, as MongoDB does by default, and each fault is repeated.
"""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from tests.faults.kit.http import Connection
from tests.faults.kit.machine import Duration
from tests.faults.kit.members import Cut, elect_after, primary_of
from tests.faults.kit.readers import Readers
from tests.load.figures import Figure
from wsis_testkit.sizes import size

FIRST_GOOD_VOTE = 15  # seconds
VOTERS, READERS = size(60, 1000), 4
READ_SECONDS = 0.1  # between two reads of one of them
AMID = size(50, 200)  # votes before the fault

Fault = Callable[[int], Awaitable[None]]  # what befalls the primary, by its number


@pytest.fixture(scope="module", autouse=True)
def _as_long_as_in_production(suite: Any, long: bool) -> None:
    if long:
        suite.stack.wait_ready()
        elect_after(suite.stack, 10_000)


@pytest.fixture
def befall(suite: Any, crowd: Any, settled: Any, report: Any, long: bool) -> Callable[..., None]:
    """`befall("D14", "primary killed", fault)`: the fault, amid votes and reads; `mend(number)` ends it after the first
    good vote."""

    def check(row: str, what: str, fault: Fault, mend: Fault | None = None) -> None:
        some = crowd(VOTERS)
        readers, slowest, over = Readers(some), (0.0, 0.0), False

        async def faults() -> None:
            nonlocal slowest, over
            for _ in range(5 if long else 1):
                await some.until(AMID)
                number = await asyncio.to_thread(primary_of, suite.stack)
                began = time.monotonic()
                await fault(number)
                await _good_vote(some, began)
                slowest = max(slowest, (some.seen.first_good_after(began), began))
                if mend:
                    await mend(number)
                await asyncio.to_thread(suite.stack.wait_ready)
            over = True

        async def votes() -> list[tuple[int, str]]:
            async with asyncio.TaskGroup() as group:
                for _ in range(READERS):
                    group.create_task(readers.look(lambda: over, READ_SECONDS))
                voting = group.create_task(some.meanwhile(some.jobs(range(len(some.voters))), faults))
            return voting.result()

        jobs = asyncio.run(votes())
        took, began = slowest
        report(
            Duration(f"{row} {what}, to the first good vote", took, "s", at_most=FIRST_GOOD_VOTE, began=began),
            Figure(f"{row} 503 meanwhile", some.seen.statuses[503], f"of {some.seen.statuses.total():,} answers"),
            Figure(f"{row} answers that no reader should see", sum(readers.unexpected.values()), "answers", at_most=0),
        )
        settled(row, some, jobs)

    return check


async def _good_vote(some: Any, since: float) -> None:
    while some.seen.first_good_after(since) == float("inf") and not some.idle:
        await asyncio.sleep(0.01)


def test_the_primary_is_killed(suite: Any, befall: Any) -> None:
    """D14: kill -9. It starts again at once, and follows the one that was elected."""

    async def kill(number: int) -> None:
        suite.stack.kill(f"store-{number}")

    befall("D14", "primary killed", kill)


def test_the_primary_is_frozen(suite: Any, befall: Any) -> None:
    """D15: connections stay open and nothing comes. Thawed, it finds that another was elected."""

    async def send(number: int, what: int) -> None:
        suite.stack.kill(f"store-{number}", what)

    befall(
        "D15",
        "primary frozen",
        lambda number: send(number, signal.SIGSTOP),
        lambda number: send(number, signal.SIGCONT),
    )


def test_the_primary_steps_down(suite: Any, befall: Any) -> None:
    """D16: in good order, as for an upgrade of its machine."""
    store = suite.stack.store

    async def step_down(number: int) -> None:
        with store.member(store.hosts[number]) as client:
            await asyncio.to_thread(client.admin.command, {"replSetStepDown": 10, "secondaryCatchUpPeriodSecs": 5})

    befall("D16", "primary stepped down", step_down)


@pytest.fixture
def cut(suite: Any) -> Iterator[Cut]:
    suite.stack.wait_ready()
    with Cut(suite.stack) as made:
        yield made
        suite.stack.wait_ready()


def test_the_primary_is_cut_off(cut: Cut, befall: Any) -> None:
    """D17: it runs on, and hears neither the others nor clients. What it alone has stored is undone afterwards."""

    async def begin(number: int) -> None:
        await asyncio.to_thread(cut.off, number)

    async def end(_: int) -> None:
        cut.heal()

    befall("D17", "primary cut off", begin, end)


def test_a_secondary_is_behind(suite: Any, crowd: Any, settled: Any, report: Any, long: bool) -> None:
    """D18: frozen, then thawed as the primary dies: the one that has all votes must be elected, and voters find each
    vote on their ballot as soon as it is acknowledged."""
    some, behind = crowd(VOTERS), size(150, 3000)
    wrong, died = 0, 0.0

    async def reads_after_writes(numbers: range) -> None:
        nonlocal wrong
        connection = Connection("127.0.0.1", some.port)
        for number in numbers:
            category = some.contest.categories[0]
            await some.cast(connection, number, category)
            wrong += (await some.ballot(connection, number)).get(category) != some.contest.choice(number, category)
            if some.idle:
                break
        connection.close()

    async def faults() -> None:
        nonlocal died
        await some.until(AMID)
        primary = await asyncio.to_thread(primary_of, suite.stack)
        secondary = f"store-{(primary + 1) % 3}"
        suite.stack.kill(secondary, signal.SIGSTOP)
        try:
            await some.until(behind)
        finally:
            suite.stack.kill(secondary, signal.SIGCONT)
        died = time.monotonic()
        suite.stack.kill(f"store-{primary}")
        await _good_vote(some, died)

    apart = len(some.voters) // 2

    async def votes() -> list[tuple[int, str]]:
        async with asyncio.TaskGroup() as group:
            group.create_task(reads_after_writes(range(apart)))
            voting = group.create_task(some.meanwhile(some.jobs(range(apart, 2 * apart)), faults))
        return voting.result()

    jobs = asyncio.run(votes())
    report(
        Figure("D18 secondary behind", behind, "votes"),
        Duration(
            "D18 primary killed as it returns, to the first good vote",
            some.seen.first_good_after(died),
            "s",
            at_most=FIRST_GOOD_VOTE,
            began=died,
        ),
        Figure("D18 acknowledged votes that a voter did not find", wrong, "votes", at_most=0),
    )
    settled("D18", some, jobs)
