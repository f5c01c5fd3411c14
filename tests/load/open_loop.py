"""Votes at a given rate, whether answers come or not: what waits is measured from the moment that it was due.

A closed loop asks less while the server is slow, and so hides how slow it is (coordinated omission).
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from tests.faults.kit.crowd import AWAY, Crowd, Job
from tests.faults.kit.http import Connection


@dataclass
class Loop:
    """Answers by status, and milliseconds from due to answered."""

    statuses: Counter[int | str] = field(default_factory=Counter)
    waited: list[float] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """Milliseconds."""
        ranked = sorted(self.waited)
        return ranked[min(len(ranked) - 1, int(share * len(ranked)))]

    @property
    def errors(self) -> int:
        """All that is not a stored vote."""
        return sum(count for status, count in self.statuses.items() if status != 201)


def run(crowd: Crowd, jobs: Sequence[Job], rate: float, seconds: float) -> Loop:
    """Send `rate` votes in each second for `seconds`; each once."""
    return asyncio.run(_run(crowd, iter(jobs), rate, int(rate * seconds)))


async def _run(crowd: Crowd, jobs: Iterator[Job], rate: float, count: int) -> Loop:
    seen, idle = Loop(), list[Connection]()

    async def one(job: Job, due: float) -> None:
        connection = idle.pop() if idle else Connection("127.0.0.1", crowd.port)
        try:
            answer = await crowd.send(connection, *job, "")
            seen.statuses[answer.status] += 1
        except AWAY as error:
            seen.statuses[type(error).__name__] += 1
        seen.waited.append(1000 * (time.monotonic() - due))
        idle.append(connection)

    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(count):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            group.create_task(one(next(jobs), due))
    for connection in idle:
        connection.close()
    return seen
