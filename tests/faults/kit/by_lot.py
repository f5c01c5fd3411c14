"""Votes and events, amid faults drawn by lot; then everything settles, and all of it is counted."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from tests.faults.kit.checker import Checker
from tests.faults.kit.crowd import Crowd, Job
from tests.faults.kit.event_readers import LogReader, QueueReader, WebhookReader, figures, settle
from tests.faults.kit.lot import Fault, Faults, drawn, programs, victims
from tests.faults.kit.makers import Makers, makers
from tests.faults.kit.readers import Readers
from tests.faults.kit.suite import Suite
from tests.load.figures import Figure

READ_SECONDS = 0.2  # between two reads of visitors
DISCUSSIONS = 50
FEWEST_VOTES = 64  # in a step
FEWEST = 25  # changes of each discussion


@dataclass
class Lot:
    """What a run is to be, and what it saw."""

    suite: Suite
    crowd: Crowd
    jobs: Sequence[Job]
    events: int
    faults: int
    longest: float  # seconds of a fault
    seed: int
    former: int = 0  # faults of this seed, which have come already
    say: Callable[[str], None] = print
    befallen: list[Fault] = field(default_factory=list)

    def play(self) -> list[Figure]:
        """Run it. Everything is whole again when it returns."""
        discussions = max(1, min(DISCUSSIONS, self.events // FEWEST))
        work = makers(self.suite.contest, self.crowd.port, discussions)
        person = self.suite.contest.officer
        readers = {"webhook": WebhookReader(person), "queue": QueueReader(person)}
        log, checker, visitors = (
            LogReader(self.suite.contest.visitor),
            Checker(self.suite.stack, self.suite.contest),
            Readers(self.crowd),
        )
        self.crowd.checker = checker
        befall = Faults(self.suite, readers)
        try:
            asyncio.run(self._amid(work, befall, checker, visitors))
            self.suite.stack.wait_ready()
            settled = settle(work.changes, (log, *readers.values()))
            asyncio.run(checker.settle())
        finally:
            for reader in readers.values():
                reader.stop()
        return [
            Figure(
                f"faults, of which the longest may last {self.longest:g} s",
                len(self.befallen),
                "faults",
                at_least=self.faults,
            ),
            *self._answers(work, visitors),
            *checker.figures(),
            befall.slowest_stop,
            Figure("events acknowledged", work.done, f"events of {discussions} subjects"),
            *figures("event log", work.changes, log),
            *(figure for name, reader in readers.items() for figure in figures(name, work.changes, reader)),
            Figure("from the last acknowledgement until every reader has every event", settled, "s"),
        ]

    async def _amid(self, work: Makers, befall: Faults, checker: Checker, visitors: Readers) -> None:
        wanted = len(self.jobs) + self.events
        over = False

        async def faults() -> None:
            pids = self.suite.stack.pids()
            members, brokers = (sum(name.startswith(f"{part}-") for name in pids) or 1 for part in ("store", "broker"))
            befallen = victims(programs(self.suite), members, brokers)
            dice = random.Random(self.seed)
            coming = drawn(self.seed, self.former + self.faults, befallen, self.longest)[self.former :]
            for number, fault in enumerate(coming):
                begin = wanted * (number + dice.random()) / (self.faults + 1)
                while self.crowd.done + work.done < begin:
                    await asyncio.sleep(0.02)
                self.say(f"{self.crowd.done:>8,} votes {work.done:>8,} events  {fault}")
                self.befallen.append(fault)
                await befall.befall(fault)

        async with asyncio.TaskGroup() as beside:
            beside.create_task(visitors.look(lambda: over, READ_SECONDS))
            beside.create_task(checker.watch(lambda: over))
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(self._vote(work))
                    group.create_task(work.work(-(-self.events // len(work.discussions))))
                    group.create_task(faults())
            finally:
                over = True

    async def _vote(self, work: Makers) -> None:
        """Cast the votes in step with the events, so that every fault meets both."""
        votes = len(self.jobs)
        step = max(FEWEST_VOTES, votes // 100)
        for first in range(0, votes, step):
            while first * self.events > votes * work.done + step * self.events:
                await asyncio.sleep(0.02)
            await self.crowd.vote(self.jobs[first : first + step])

    def _answers(self, work: Makers, visitors: Readers) -> list[Figure]:
        seen = (self.crowd.seen.statuses, work.statuses, visitors.statuses)
        unexpected = (self.crowd.seen.unexpected, work.unexpected, visitors.unexpected)
        lost = sum(count for each in seen for name, count in each.items() if isinstance(name, str))
        wrong = sum(count for each in unexpected for status, count in each.items() if isinstance(status, int))
        return [
            Figure("told to come again (503)", sum(each[503] for each in seen), "answers"),
            Figure("requests without answer", lost, "requests"),
            Figure("wrong answers", wrong, "answers", at_most=0),
        ]
