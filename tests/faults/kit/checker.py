"""D1b: no acknowledgement without its ballot. A checker beside the run, which asks the store and the public log.

It follows what voters were told (201 with a receipt, or 202), and looks for each vote on its ballot in the store and,
by the commitment of its receipt, among the leaves of the public log. What is missing after ten minutes is overdue.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.faults.kit.contest import Contest
from tests.faults.kit.http import Response
from tests.load.figures import Figure
from wsis_local.stack import Stack
from wsis_shared.mongo_connection import connect

WITHIN = 600.0  # seconds
ACCOUNTS = 1000
Vote = tuple[str, str]  # account, category


class Checker:
    """Give it to a crowd as `checker`. `open` are the votes that were acknowledged and are not seen in both places."""

    def __init__(self, stack: Stack, contest: Contest, within: float = WITHIN) -> None:
        self._stack, self._contest, self._within = stack, contest, within
        self.open: dict[Vote, float] = {}
        self._commitments: dict[Vote, str] = {}
        self._leaves: set[str] = set()
        self._read = 0
        self.acknowledged, self.slowest = 0, 0.0
        self.overdue: set[Vote] = set()

    def told(self, account: str, category: str, answer: Response) -> None:
        """A voter was told that the vote is accepted (202) or stored."""
        vote = (account, category)
        if answer.status == 202:
            self._begin(vote)
        elif (receipt := answer.json.get("receipt")) is not None and vote not in self._commitments:
            self._begin(vote)
            self._commitments[vote] = receipt["commitment"]

    def _begin(self, vote: Vote) -> None:
        if vote not in self.open:
            self.acknowledged += 1
            self.open[vote] = time.monotonic()

    async def watch(self, over: Callable[[], bool]) -> None:
        """Look again and again until it is over."""
        while not over():
            await asyncio.sleep(1)
            await asyncio.to_thread(self.look)

    async def settle(self) -> None:
        """Look until all that was acknowledged is found, or is overdue."""
        while set(self.open) - self.overdue:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(0.5)

    def look(self) -> None:
        """One look. While store or gateway are away it sees nothing."""
        waiting, now = list(self.open.items()), time.monotonic()
        try:
            self._read_leaves()
            stored = self.stored([vote for vote, _ in waiting])
        except Exception:  # noqa: BLE001 -- whatever is away: the next look sees it, or the vote is overdue
            stored = set()
        for vote, since in waiting:
            if vote in stored and self._commitments.get(vote) in self._leaves:
                self.slowest = max(self.slowest, now - since)
                del self.open[vote]
            elif now - since > self._within:
                self.overdue.add(vote)

    def _read_leaves(self) -> None:
        path = f"{self._contest.path}/log/leaves"
        while page := self._contest.visitor.get(path, after=self._read, limit=4096)["items"]:
            self._leaves |= {leaf["c"] for leaf in page}
            self._read += len(page)

    def stored(self, votes: list[Vote]) -> set[Vote]:
        """Those of the votes that are on their ballots in the store."""
        accounts, found = sorted({account for account, _ in votes}), set[Vote]()
        with self._ballots() as ballots:
            for first in range(0, len(accounts), ACCOUNTS):
                ids = [f"{self._contest.edition}|{account}" for account in accounts[first : first + ACCOUNTS]]
                for row in ballots.find({"_id": {"$in": ids}}, {"account": 1, "voted": 1}):
                    found |= {(row["account"], category) for category in row["voted"]}
        return found

    @contextmanager
    def _ballots(self) -> Iterator[Any]:
        with connect(self._stack.store.uri) as client:
            yield client["wsis_voting"]["ballots"]

    def figures(self) -> list[Figure]:
        """What it saw."""
        return [
            Figure("D1b acknowledgements followed", self.acknowledged, "votes", at_least=1),
            Figure("D1b from the acknowledgement to ballot and public log, at most", self.slowest, "s"),
            Figure(f"D1b without ballot or leaf after {self._within:.0f} s", len(self.overdue), "votes", at_most=0),
        ]
