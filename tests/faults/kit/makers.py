"""Those whose work makes public events: officers who close discussions and open them again, in turn.

Each change is one event about its discussion. It is sent, under one Idempotency-Key, until it is acknowledged; the next
one of that discussion comes after it. So the moment in an event says which change it tells of. Most discussions are
changed many in one act, which is one transaction; each fifth one alone.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.faults.kit.contest import Contest
from tests.faults.kit.crowd import AWAY, MAX_SECONDS
from tests.faults.kit.http import Connection
from tests.faults.kit.people import Someone
from wsis_local.patience import Deadline

TYPE = "wsis.consultation.discussion_changed.v1"
STATES = ("closed", "open")
TOGETHER = 20  # discussions of one act, at most
ALONE = 5  # of so many discussions one has acts of its own


class Change(NamedTuple):
    """An acknowledged change of a discussion, between two moments of the wall clock."""

    sent: float
    acknowledged: float


class Act(NamedTuple):
    """What one officer does again and again: the route, whom it changes, and what its body has besides."""

    path: str
    discussions: list[str]
    body: dict[str, Any]


@dataclass
class Makers:
    """The discussions of a test, and what was acknowledged of each, in order."""

    path: str
    officer: Someone
    port: int
    discussions: Sequence[str]
    changes: dict[str, list[Change]] = field(default_factory=dict)
    statuses: Counter[int | str] = field(default_factory=Counter)
    done: int = 0

    @property
    def unexpected(self) -> dict[int | str, int]:
        """Responses that nobody should see."""
        return {status: count for status, count in self.statuses.items() if status not in (200, 503, "lost")}

    async def work(self, each: int, pause: float = 0.0, over: Callable[[], bool] = lambda: False) -> None:
        """So many changes of each discussion, all side by side, or until it is `over`; `pause`: seconds between two of
        one."""
        async with asyncio.TaskGroup() as group:
            for act in acts(self.path, self.discussions):
                group.create_task(self._work(act, each, pause, over))

    async def _work(self, act: Act, each: int, pause: float, over: Callable[[], bool]) -> None:
        connection = Connection("127.0.0.1", self.port)
        for number in range(each):
            if over():
                break
            change = await self._change(connection, act, STATES[number % len(STATES)])
            for discussion in act.discussions:
                self.changes.setdefault(discussion, []).append(change)
            self.done += len(act.discussions)
            await asyncio.sleep(pause)
        connection.close()

    async def _change(self, connection: Connection, act: Act, state: str) -> Change:
        key, body = uuid.uuid4().hex, json.dumps({**act.body, "state": state, "reason": "A test"}).encode()
        sent, deadline = time.time(), Deadline(MAX_SECONDS)
        while not deadline.passed:
            headers = {"Authorization": f"Bearer {self.officer.token}", "Idempotency-Key": key}
            try:
                answer = await connection.request("PUT", act.path, body, headers)
            except AWAY:
                self.statuses["lost"] += 1
                await asyncio.sleep(0.1)
                continue
            self.statuses[answer.status] += 1
            if answer.status == 200:
                return Change(sent, time.time())
            if answer.status < 500:
                raise AssertionError(f"{answer.status} {answer.body[:300]!r}")
            await asyncio.sleep(0.2)
        raise AssertionError(f"not acknowledged in {MAX_SECONDS:.0f} s: {dict(self.statuses)}")


def acts(path: str, discussions: Sequence[str]) -> list[Act]:
    """The acts that change these discussions, each discussion by one of them."""
    alone = [Act(f"{path}/discussions/{each}/state", [each], {}) for each in discussions[::ALONE]]
    others = [each for number, each in enumerate(discussions) if number % ALONE]
    groups = [others[first : first + TOGETHER] for first in range(0, len(others), TOGETHER)]
    return alone + [Act(f"{path}/discussion-states", group, {"discussions": group}) for group in groups]


def makers(contest: Contest, port: int, discussions: int) -> Makers:
    """New discussions of the edition's consultation, and the contest's officer."""
    path = f"/v1/consultations/{contest.edition}"
    code = f"lot_{uuid.uuid4().hex[:8]}"
    texts: dict[str, Any] = {"title": {"en": "By lot"}, "description": {"en": "A test"}}
    contest.officer.post(f"{path}/communities", {"code": code, "order": 1, **texts})
    body = {"community": code, "language": "en", "title": "By lot", "text": "A test"}
    made = [str(contest.officer.post(f"{path}/discussions", body)["id"]) for _ in range(discussions)]
    return Makers(path, contest.officer.someone, port, made)
