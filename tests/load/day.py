"""A day of voting with a mishap: votes and reads at a given rate, and one of two voting processes killed in the middle.

345 nominees as in 2017, each voter with an order of the lists. It begins with some seconds from an empty cache, whose
figures stand apart. A vote that is told to come again, or whose answer is lost, is sent again under its key, and
counts from when it was due; of one that is accepted for later the outcome is looked up. At the end the certified tally
must hold every acknowledged vote, once.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine, Iterator
from pathlib import Path

from tests.faults.kit.crowd import Crowd, Job, Seen, percentile
from tests.faults.kit.http import Connection
from tests.faults.kit.ledger import Ledger
from tests.faults.kit.readers import Readers
from tests.faults.kit.suite import Suite
from tests.load import open_loop
from tests.load.figures import Figure, NotMeasured

NOMINEES, CATEGORIES = 345, 18
VOTES, READS = 150, 500  # in each second
BEFORE_SECONDS = 10
AT_A_TIME = 1000  # voters: each votes every seven seconds or so
MOST_MS = 500


def run(folder: Path, *, seconds: int = 60, accounts: int = 2000) -> Iterator[Figure]:
    """Some of the `accounts` vote, as many as that needs; all of them read."""
    voters = -(-VOTES * (BEFORE_SECONDS + seconds) // CATEGORIES) + AT_A_TIME
    with Suite(folder, nominees=NOMINEES, WSIS_VOTING_PROCESSES="2") as suite:
        began = time.monotonic()
        crowd = suite.crowd(max(voters, accounts), Ledger(suite.folder / "ledger"))
        yield Figure("nominees", sum(len(projects) for projects in suite.contest.nominees.values()), "projects")
        yield Figure("accounts with tokens", len(crowd.voters), "accounts")
        yield Figure("accounts with tokens, made in", time.monotonic() - began, "s")
        readers, jobs = Readers(crowd), iter(crowd.in_turn(range(voters), AT_A_TIME))
        try:
            asyncio.run(_load(crowd, readers, jobs, BEFORE_SECONDS))
            yield Figure(f"votes in the first {BEFORE_SECONDS} s, p95", percentile(crowd.seen.seconds, 0.95), "ms")
            yield Figure("reads told to come again (503) then", readers.statuses[503], "answers")
            crowd.seen, readers = Seen(), readers.anew()
            killed = asyncio.run(_amid(suite, _load(crowd, readers, jobs, seconds), seconds / 2))
        except* AssertionError as group:
            raise NotMeasured(_first(group)) from group
        yield from _figures(crowd, readers, killed, seconds)
        suite.stack.wait_ready()
        yield from _tally(suite, crowd.ledger)


async def _load(crowd: Crowd, readers: Readers, jobs: Iterator[Job], seconds: float) -> None:
    async def vote(connection: Connection, due: float) -> None:
        await crowd.cast(connection, *next(jobs), due, follow=True)

    async with asyncio.TaskGroup() as group:
        group.create_task(open_loop.paced(crowd.port, VOTES, seconds, vote))
        group.create_task(open_loop.paced(crowd.port, READS, seconds, readers.read))


async def _amid(suite: Suite, load: Coroutine[None, None, None], after: float) -> float:
    """Kill a process amid the load; returns when that was (monotonic)."""
    async with asyncio.TaskGroup() as group:
        group.create_task(load)
        await asyncio.sleep(after)
        at = time.monotonic()
        await asyncio.to_thread(suite.stack.kill, "voting-0")
    return at


def _first(error: BaseException) -> str:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return str(error)


def _figures(crowd: Crowd, readers: Readers, killed: float, seconds: int) -> Iterator[Figure]:
    seen, name = crowd.seen, f"{VOTES} votes/s for {seconds} s, one of two processes killed"
    yield Figure(f"{name}, p50", percentile(seen.seconds, 0.5), "ms")
    yield Figure(f"{name}, p95", percentile(seen.seconds, 0.95), "ms", at_most=MOST_MS)
    yield Figure(f"{name}, p99", percentile(seen.seconds, 0.99), "ms")
    yield Figure("from the kill to the first vote sent and stored after it", seen.first_good_after(killed), "s")
    again = seen.statuses[503] + seen.statuses["lost"]
    yield Figure("votes told to come again (503), or without answer", again, "answers")
    yield Figure("votes accepted, and looked up later (202)", seen.statuses[202], "answers")
    yield Figure("votes with another answer", sum(seen.unexpected.values()), "answers", at_most=0)
    beside = f"{READS} reads/s beside them"
    yield Figure(f"{beside}, p50", percentile(readers.seconds, 0.5), "ms")
    yield Figure(f"{beside}, p95", percentile(readers.seconds, 0.95), "ms", at_most=MOST_MS)
    yield Figure(f"{beside}, p99", percentile(readers.seconds, 0.99), "ms")
    yield Figure("reads that were still the same (304)", readers.statuses[304], "answers")
    yield Figure("reads told to come again (503)", readers.statuses[503], "answers")
    yield Figure("reads with another answer", sum(readers.unexpected.values()), "answers", at_most=0)


def _tally(suite: Suite, ledger: Ledger) -> Iterator[Figure]:
    promised = ledger.by_project()
    tally = suite.contest.close(seconds=300)
    cast = Counter({row["project"]: row["cast"] for row in tally["projects"]})
    recount = suite.contest.officer.post(f"{suite.contest.path}/tally/recount")
    yield Figure("votes acknowledged", promised.total(), "votes")
    yield Figure(
        "acknowledged votes in the certified tally", (promised & cast).total(), "votes", at_least=promised.total()
    )
    yield Figure("votes doubled", (cast - promised).total(), "votes", at_most=0)
    yield Figure("places where counters and stored votes differ", recount["places"], "places", at_most=0)
