"""Those who read while others vote: mostly lists of nominees, half of them once more by ETag, and some own ballots."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable

from tests.faults.kit.crowd import AWAY, Crowd
from tests.faults.kit.http import Connection

OWN_BALLOTS = 0.1  # of all reads: these go to voting, where lists come from the gateway's memory
AGAIN = 0.5  # of the lists: who has seen it before, and asks whether it is still the same
ORDERS = 64  # in which a list is shown


class Readers:
    """The voters of a crowd, as readers. `statuses` counts answers, `seconds` holds how long each took."""

    def __init__(self, crowd: Crowd, seed: int = 1) -> None:
        self._crowd, self._dice = crowd, random.Random(seed)
        self._etags: dict[str, str] = {}
        self.statuses: Counter[int | str] = Counter()
        self.seconds: list[float] = []

    @property
    def unexpected(self) -> dict[int | str, int]:
        """Answers that a reader should never see; 503 says when to come again."""
        return {status: count for status, count in self.statuses.items() if status not in (200, 304, 503)}

    def anew(self) -> Readers:
        """The same readers, who remember what they have seen, with nothing counted yet."""
        others = Readers(self._crowd)
        others._dice, others._etags = self._dice, self._etags
        return others

    async def look(self, over: Callable[[], bool], pause: float = 0.0) -> None:
        """One read after the other until it is over; `pause`: seconds between two."""
        connection = Connection("127.0.0.1", self._crowd.port)
        while not over():
            await self.read(connection)
            await asyncio.sleep(pause)
        connection.close()

    async def read(self, connection: Connection, due: float | None = None) -> None:
        """One read of somebody, measured from when it was due (monotonic)."""
        due = time.monotonic() if due is None else due
        path, headers = self._own_ballot() if self._dice.random() < OWN_BALLOTS else self._list()
        try:
            answer = await connection.request("GET", path, None, headers)
        except AWAY as error:
            self.statuses[type(error).__name__] += 1
        else:
            self.statuses[answer.status] += 1
            if etag := answer.headers.get("etag"):
                self._etags[path] = etag
        self.seconds.append(time.monotonic() - due)

    def _own_ballot(self) -> tuple[str, dict[str, str]]:
        token = self._dice.choice(self._crowd.voters).token
        return f"{self._crowd.contest.path}/ballot", {"Authorization": f"Bearer {token}"}

    def _list(self) -> tuple[str, dict[str, str]]:
        contest = self._crowd.contest
        category, order = self._dice.choice(contest.categories), self._dice.randrange(ORDERS)
        path = f"{contest.path}/nominees?category={category}&order={order}"
        seen = self._etags.get(path) if self._dice.random() < AGAIN else None
        return path, {"If-None-Match": seen} if seen else {}
