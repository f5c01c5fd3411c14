"""P2, a soak: votes, reads and events for hours, at 1.4 of two cores, clients among them; what grows meanwhile?

Of each process the memory that it alone wrote and the open descriptors, and at the broker the queues of responses.
Slopes are those of the line with the least squares, over what comes after the first quarter: until then caches fill,
and the jobs that timers begin each hour have run once, so that what they load is there.
Not the resident memory: the kernel takes pages of files back, which would hide what grows. Of descriptors the least
number of a quarter counts: connections of clients come and go, what is never closed stays.
Python takes memory in pieces of 1 MiB (`ARENA_BITS` in CPython's obmalloc), and one piece amid the last 90 minutes of
two hours is a slope of 1 MB/h. So the soak begins with a peak: what requests that wait need is taken before.
A child that lives for less than half of the time, as those that search for clusters, has no slope.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import linear_regression

import psutil
from tests.faults.kit.crowd import Crowd, Job
from tests.faults.kit.http import Connection
from tests.faults.kit.ledger import Ledger
from tests.faults.kit.makers import Makers, makers
from tests.faults.kit.readers import Readers
from tests.faults.kit.suite import Suite
from tests.load import open_loop
from tests.load.figures import Figure
from tests.load.memory import MEGABYTE, processes, written

VOTES, READS, CHANGES = 40, 100, 10  # in each second
DISCUSSIONS = 10
PEAK, PEAK_SECONDS = 1.5, 60  # so many times the votes and reads: two cores cannot keep up with it
VOTERS_AT_A_TIME = 500  # were votes mixed, nearly all ballots would be complete at the end alone
SAMPLES = 240  # in all, at most one in a second
SAMPLES_FILE = Path(".run/soak.json")  # `Samples` of the last run
LONG_ENOUGH = 60  # minutes: in less, what is freed late looks like a slope
MOST_MB_PER_HOUR, MOST_DESCRIPTORS, MOST_QUEUES = 1.0, 10, 0
CATEGORIES = 18
CHILD = " worker "  # in the names of `processes`
HOURLY_JOBS = ("/v1/entry-snapshots", "/v1/entry-duplicate-scans")


@dataclass
class Samples:
    """What was measured, each with the hours since the beginning."""

    memory: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    descriptors: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))
    queues: list[tuple[float, float]] = field(default_factory=list)

    def take(self, suite: Suite, hours: float) -> None:
        """One more sample."""
        for name, process in processes(suite.stack):
            if CHILD in name:
                name = f"{name} ({process.pid})"
            try:
                self.memory[name].append((hours, written(process) / MEGABYTE))
                self.descriptors[name].append((hours, float(process.num_fds())))
            except psutil.Error:
                continue  # a child that has just ended
        try:
            rows = suite.stack.broker.request("GET", "queues/%2F?disable_stats=true&enable_queue_totals=true")
        except OSError:
            return  # a broker that is busy; the next sample is soon
        assert isinstance(rows, list)
        self.queues.append((hours, float(sum(str(row["name"]).startswith("rpc.reply-") for row in rows))))


def run(folder: Path, *, minutes: float = 5.0) -> Iterator[Figure]:
    """Play for so long; bars hold for an hour and more."""
    seconds, samples = 60 * minutes, Samples()
    with Suite(folder, WSIS_VOTING_PROCESSES="2") as suite:
        voters = -(-int(VOTES * (seconds + PEAK * PEAK_SECONDS)) // CATEGORIES)
        crowd = suite.crowd(voters, Ledger(suite.folder / "ledger"))
        work = makers(suite.contest, crowd.port, DISCUSSIONS)
        readers = Readers(crowd)
        officer = suite.contest.officer
        for path in HOURLY_JOBS:
            officer.post(path, {})  # until the job has ended
        asyncio.run(_load(suite, crowd, work, readers, seconds, samples))
        name = f"{VOTES} votes/s, {READS} reads/s and {CHANGES} events/s for {minutes:g} min"
        yield Figure(f"{name}: votes acknowledged", crowd.done, "votes")
        yield Figure("events acknowledged", work.done, "events")
        wrong = (crowd.seen.unexpected, work.unexpected, readers.unexpected)
        yield Figure("wrong answers", sum(sum(seen.values()) for seen in wrong), "answers", at_most=0)
        SAMPLES_FILE.parent.mkdir(exist_ok=True)
        SAMPLES_FILE.write_text(json.dumps(vars(samples)), "utf-8")  # for who asks how it grew: by steps, or steadily
        yield from figures(samples, judged=minutes >= LONG_ENOUGH)


async def _load(suite: Suite, crowd: Crowd, work: Makers, readers: Readers, seconds: float, samples: Samples) -> None:
    began, jobs = time.monotonic(), iter(_votes(crowd))
    every = max(1.0, seconds / SAMPLES)

    async def vote(connection: Connection, due: float) -> None:
        job: Job | None = next(jobs, None)
        if job is not None:
            await crowd.cast(connection, *job, due, follow=True)

    def is_over() -> bool:
        return time.monotonic() - began >= seconds

    async def sample() -> None:
        while not is_over():
            await asyncio.to_thread(samples.take, suite, (time.monotonic() - began) / 3600)
            await asyncio.sleep(every)

    async def play(rate: float, do: Callable[[Connection, float], Awaitable[None]]) -> None:
        await open_loop.paced(crowd.port, PEAK * rate, PEAK_SECONDS, do)
        await open_loop.paced(crowd.port, rate, seconds - PEAK_SECONDS, do)

    async with asyncio.TaskGroup() as group:
        group.create_task(play(VOTES, vote))
        group.create_task(play(READS, readers.read))
        group.create_task(work.work(int(CHANGES * seconds / DISCUSSIONS), DISCUSSIONS / CHANGES, is_over))
        group.create_task(sample())


def _votes(crowd: Crowd) -> list[Job]:
    """A vote of each voter, and then the others in turn: a scan for clusters keeps all who have voted in memory, so
    that their number must not grow all the time, while ballots are completed all the time."""
    jobs = crowd.in_turn(range(len(crowd.voters)), VOTERS_AT_A_TIME)
    firsts = set({job[0]: job for job in jobs}.values())
    return sorted(jobs, key=lambda job: job not in firsts)


def figures(samples: Samples, *, judged: bool) -> Iterator[Figure]:
    """Slopes of each process and of the queues."""
    lasting = [name for name, rows in samples.memory.items() if len(rows) > len(samples.queues) // 2]
    ended = samples.memory.keys() - set(lasting)
    assert all(CHILD in name for name in ended), f"a process ended: {ended}"
    yield Figure("children that did not last", len(ended), "processes")
    for name in lasting:
        rows = samples.memory[name]
        yield Figure(f"memory that {name} wrote", rows[-1][1], "MB")
        most = MOST_MB_PER_HOUR if judged else None
        yield Figure(f"memory that {name} wrote, slope", slope(rows), "MB/h", at_most=most)
    for name in lasting:
        rows = samples.descriptors[name]
        yield Figure(
            f"descriptors of {name}, more at least in the last quarter than in the second",
            left_open(rows),
            "descriptors",
            at_most=MOST_DESCRIPTORS if judged else None,
        )
    yield Figure("queues of responses", samples.queues[-1][1], "queues")
    yield Figure(
        "queues of responses, more than after the first quarter", growth(samples.queues), "queues", at_most=MOST_QUEUES
    )


def slope(rows: Sequence[tuple[float, float]]) -> float:
    """What a value grows by in an hour."""
    later = rows[len(rows) // 4 :]
    return linear_regression(*zip(*later, strict=True)).slope if len(later) > 1 else 0.0


def growth(rows: Sequence[tuple[float, float]]) -> float:
    """The last value less the one after the first quarter."""
    return rows[-1][1] - rows[len(rows) // 4][1]


def left_open(rows: Sequence[tuple[float, float]]) -> float:
    """The least value of the last quarter less the least of the second."""
    quarter = len(rows) // 4
    second, last = rows[quarter : 2 * quarter + 1], rows[-max(quarter, 1) :]
    return min(value for _, value in last) - min(value for _, value in second)
