"""Votes at a given rate, whether answers come or not: what waits is measured from the moment that it was due.

A closed loop asks less while the server is slow, and so hides how slow it is (coordinated omission).
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from tests.faults.kit.crowd import AWAY, Crowd, Job
from tests.faults.kit.http import Connection

KEPT_SECONDS = 10  # without a request; the gateway closes a connection after 20, just as the next one may be sent


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
    seen, waiting = Loop(), iter(jobs)

    async def one(connection: Connection, due: float) -> None:
        try:
            answer = await crowd.send(connection, *next(waiting), "")
            seen.statuses[answer.status] += 1
        except AWAY as error:
            seen.statuses[type(error).__name__] += 1
        seen.waited.append(1000 * (time.monotonic() - due))

    asyncio.run(paced(crowd.port, rate, seconds, one))
    return seen


async def paced(port: int, rate: float, seconds: float, do: Callable[[Connection, float], Awaitable[None]]) -> None:
    """Begin `do(connection, due)` `rate` times in each second for `seconds`, however long the former ones take; returns
    when all are done."""
    idle = list[tuple[float, Connection]]()

    async def one(due: float) -> None:
        since, connection = idle.pop() if idle else (due, Connection("127.0.0.1", port))
        if time.monotonic() - since > KEPT_SECONDS:
            connection.close()  # and opened anew
        await do(connection, due)
        idle.append((time.monotonic(), connection))

    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for number in range(int(rate * seconds)):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            group.create_task(one(due))
    for _, connection in idle:
        connection.close()
