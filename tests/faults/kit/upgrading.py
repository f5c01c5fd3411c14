"""An upgrade and its rollback, amid votes, reads, mails and events."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tests.faults.kit.counted import mails_twice, tally
from tests.faults.kit.crowd import Crowd
from tests.faults.kit.event_readers import LogReader, QueueReader, WebhookReader, figures, settle
from tests.faults.kit.makers import Makers, makers
from tests.faults.kit.others import Subscribers
from tests.faults.kit.readers import Readers
from tests.faults.kit.suite import Suite
from tests.faults.kit.two_versions import FORMER, TODAY, TwoVersions
from tests.load.figures import Figure
from wsis_local.patience import load
from wsis_shared.plugin import discover

CONNECTIONS, PAUSE = 4, 0.4  # of voters: the load is light, since a roll is judged by what it loses, not by its speed
VOTES = 10  # that each step sees, before a former process stops
DISCUSSIONS = 10
Agencies = dict[str, WebhookReader | QueueReader]
MANY = 10**6  # changes of each discussion: until the rolls are over


class Upgrade:
    """`play` returns what was seen."""

    def __init__(self, suite: Suite, crowd: Crowd, say: Callable[[str], None]) -> None:
        assert isinstance(suite.stack, TwoVersions)
        self._suite, self._stack, self._crowd, self._say = suite, suite.stack, crowd, say
        self._visitors = Readers(crowd)
        self._subscribers = Subscribers(crowd.port, suite.stack.environment())
        self._figures: list[Figure] = []
        self._steps = self._idle_steps = 0
        self._over = False

    def play(self) -> list[Figure]:
        """Forward, back, and count."""
        contest, officer = self._suite.contest, self._suite.contest.officer
        work = self._work = makers(contest, self._crowd.port, DISCUSSIONS)
        agencies: Agencies = {"webhook": WebhookReader(officer), "queue": QueueReader(officer)}
        log = LogReader(contest.visitor)
        try:
            asyncio.run(self._amid(work))
            settle(work.changes, (log, *agencies.values()))
        finally:
            for reader in agencies.values():
                reader.stop()
        self._add(*figures("event log", work.changes, log))
        for name, reader in agencies.items():
            self._add(*figures(name, work.changes, reader))
        self._add(*self._answers())
        for line in self._reasons():
            self._say(f"    {line}")
        self._add(*self._mails(), *tally(self._suite, self._crowd.ledger))
        dead = self._suite.dead_letters(plugin.name for plugin in discover(routes=False))
        self._add(Figure("dead letters", dead, "messages", at_most=0))
        return self._figures

    async def _amid(self, work: Makers) -> None:
        async with asyncio.TaskGroup() as beside:
            beside.create_task(self._visitors.look(lambda: self._over, PAUSE))
            beside.create_task(self._subscribers.subscribe(lambda: self._over, 4 * PAUSE))
            beside.create_task(work.work(MANY, 4 * PAUSE, lambda: self._over))
            try:
                jobs = self._crowd.jobs(range(len(self._crowd.voters)))
                await self._crowd.meanwhile(jobs, self._rolls, CONNECTIONS, PAUSE)
            finally:
                self._over = True

    async def _rolls(self) -> None:
        await self._crowd.until(VOTES)
        self._say(f"    the former version alone, {self._crowd.done:,} votes, 5xx {self._failed()}, {load()}")
        with self._timed("migrations of today's version"):
            await asyncio.to_thread(self._stack.prepare, TODAY)
        for side, name in ((TODAY, "upgrade"), (FORMER, "rollback")):
            with self._timed(name):
                await self._stack.roll(side, self._between)
            await asyncio.to_thread(self._stack.wait_ready)
        self._add(
            Figure("steps", self._steps, "steps", at_least=1),
            Figure("steps without votes", self._idle_steps, "steps", at_most=0),
        )

    async def _between(self, step: str) -> None:
        before = self._crowd.done
        await self._crowd.until(VOTES)
        self._steps += 1
        self._idle_steps += self._crowd.done - before < VOTES
        self._say(f"    {step}, {self._crowd.done:,} votes, 5xx {self._failed()}")

    def _statuses(self) -> Counter[int | str]:
        seen = (self._crowd.seen, self._visitors, self._subscribers, self._work)
        return sum((each.statuses for each in seen), Counter())

    def _failed(self) -> int:
        return sum(count for status, count in self._statuses().items() if isinstance(status, int) and status >= 500)

    def _answers(self) -> list[Figure]:
        statuses = self._statuses()
        lost = sum(count for status, count in statuses.items() if isinstance(status, str))
        return [
            Figure("answers", statuses.total(), "answers"),
            Figure("5xx", self._failed(), "answers", at_most=0),
            Figure("requests without answer", lost, "requests", at_most=0),
        ]

    def _reasons(self) -> Iterator[str]:
        """What the gateways say of each answer of 5xx: `suite.no_answer_in_time` may be the machine's fault."""
        for path in sorted(self._stack.logs.glob("gateway-*.log")):
            for line in path.read_text("utf-8", "replace").splitlines():
                said = json.loads(line) if line.startswith('{"timestamp"') else {}
                if said.get("status", 0) >= 500:
                    what = f"{said['status']} {said['method']} {said['route']}, {said['ms']:,.0f} ms"
                    yield f"{said['timestamp']} {path.stem}: {what}, {said.get('error', '')}"

    def _mails(self) -> list[Figure]:
        mails = self._subscribers.mails()
        again = self._subscribers.repeated & set(mails)
        once = [count for address, count in mails.items() if address not in again]
        return [
            Figure("mails", mails.total(), "mails", at_least=1),
            Figure("mails lost", len(set(self._subscribers.accepted) - set(mails)), "mails", at_most=0),
            Figure("mails doubled", sum(once) - len(once), "mails", at_most=0),
            Figure("mails doubled, the form was sent again", sum(mails[each] - 1 for each in again), "mails"),
            Figure("mails twice to one recipient", mails_twice(self._stack), "mails", at_most=0),
        ]

    def _add(self, *figures: Figure) -> None:
        for figure in figures:
            self._figures.append(figure)
            self._say(str(figure))

    @contextmanager
    def _timed(self, what: str) -> Iterator[None]:
        began = time.monotonic()
        yield
        self._add(Figure(what, time.monotonic() - began, "s"))
