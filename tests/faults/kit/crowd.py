"""Voters who do not give up: each vote is sent, under one Idempotency-Key, until it is acknowledged."""

from __future__ import annotations

import asyncio
import json
import random
import ssl
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from tests.faults.kit.checker import Checker
from tests.faults.kit.contest import Contest
from tests.faults.kit.http import Connection, Response
from tests.faults.kit.ledger import Entry, Ledger
from tests.faults.kit.people import Someone
from wsis_local.patience import Deadline, factor
from wsis_testkit.sizes import size

MAX_SECONDS = 180.0  # for one vote, whatever happens, on a quiet machine
LONGEST_PAUSE = 8.0  # seconds between two looks for an outcome
AFTERWARDS = size(50, 200)  # votes that must go well after the last fault
AWAY = (OSError, EOFError, TimeoutError)  # asyncio's IncompleteReadError is an EOFError
Job = tuple[int, str]  # number of the voter, category


@dataclass
class Seen:
    """What the crowd saw."""

    statuses: Counter[int | str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)  # from the first try to the acknowledgement, each vote
    tries: list[float] = field(default_factory=list)  # each answer
    acknowledged: list[tuple[float, float]] = field(default_factory=list)  # (sent, answered), monotonic
    slowest_503: float = 0.0
    without_retry_after: int = 0

    @property
    def unexpected(self) -> dict[int | str, int]:
        """Answers that a voter should never see."""
        fine = (200, 201, 202, 503, "lost")
        return {status: count for status, count in self.statuses.items() if status not in fine}

    def first_good_after(self, moment: float) -> float:
        """Seconds from a moment (monotonic) until a vote that was sent after it was acknowledged."""
        return min((done for sent, done in self.acknowledged if sent >= moment), default=float("inf")) - moment

    def percentile(self, share: float) -> float:
        """Milliseconds until an answer."""
        return percentile(self.tries, share)


def percentile(seconds: Sequence[float], share: float) -> float:
    """Milliseconds that this share of them stays under."""
    ranked = sorted(seconds)
    return 1000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else float("nan")


class Crowd:
    """The voters of one contest, with the ledger in which they write what they were told."""

    def __init__(
        self,
        contest: Contest,
        voters: Sequence[Someone],
        ledger: Ledger,
        port: int,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.contest, self.voters, self.ledger, self.port, self.tls = contest, voters, ledger, port, tls
        self.seen = Seen()
        self.checker: Checker | None = None
        self.done, self.enough, self.idle = 0, False, False

    def jobs(self, voters: Iterable[int], seed: int = 1) -> list[Job]:
        """A vote in each category for each of the voters, mixed."""
        made = [(number, category) for number in voters for category in self.contest.categories]
        random.Random(seed).shuffle(made)
        return made

    def in_turn(self, voters: Iterable[int], at_a_time: int) -> list[Job]:
        """The same, of voters who come one after the other, and stay as long as it takes `at_a_time` of them to come:
        ballots are completed all the time."""
        dice = random.Random(1)
        return sorted(self.jobs(voters), key=lambda job: job[0] + at_a_time * dice.random())

    async def vote(self, jobs: Iterable[Job], connections: int = 32, pause: float = 0.0) -> list[Job]:
        """Cast them all, or until `enough`; returns those that were cast, all acknowledged and on the ledger. `pause`:
        seconds between two on one connection."""
        waiting, cast = iter(jobs), list[Job]()
        self.enough, self.idle = False, False

        async def one() -> None:
            connection = Connection("127.0.0.1", self.port, tls=self.tls)
            while not self.enough and (job := next(waiting, None)) is not None:
                cast.append(job)
                await self.cast(connection, *job)
                await asyncio.sleep(pause)
            connection.close()

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(connections):
                    group.create_task(one())
        finally:
            self.idle = True
        return cast

    async def meanwhile(
        self,
        jobs: Iterable[Job],
        faults: Callable[[], Awaitable[None]],
        connections: int = 32,
        pause: float = 0.0,
        *,
        whole: bool = False,
    ) -> list[Job]:
        """Cast votes while something happens to the suite, and some more after it; `whole`: all of them. Returns what
        was cast."""

        async def befall() -> None:
            await faults()
            await self.until(AFTERWARDS)
            self.enough = not whole

        async with asyncio.TaskGroup() as group:
            voting = group.create_task(self.vote(jobs, connections, pause))
            group.create_task(befall())
        return voting.result()

    async def until(self, votes: int) -> None:
        """Wait until so many more votes are acknowledged, or all are: faults come amid the work."""
        wanted = self.done + votes
        while self.done < wanted and not self.idle:
            await asyncio.sleep(0.01)

    async def send(self, connection: Connection, number: int, category: str, key: str, project: str = "") -> Response:
        """One request for one vote; without a key where it is empty."""
        body = {"category": category, "project": project or self.contest.choice(number, category)}
        headers = {"Authorization": f"Bearer {self.voters[number].token}", **({"Idempotency-Key": key} if key else {})}
        return await connection.request("POST", f"{self.contest.path}/votes", json.dumps(body).encode(), headers)

    async def ballot(self, connection: Connection, number: int) -> dict[str, str]:
        """What the suite says that this voter has chosen: category -> project. Voters look again where the suite is
        away or tells them to come again, since votes come first."""
        deadline = Deadline(MAX_SECONDS)
        while not deadline.passed:
            headers = {"Authorization": f"Bearer {self.voters[number].token}"}
            try:
                answer = await connection.request("GET", f"{self.contest.path}/ballot", None, headers)
            except AWAY:
                await asyncio.sleep(0.1)
                continue
            if answer.status == 200:
                return {row["category"]: row["project"] for row in answer.json["voted"]}
            if answer.status != 503:
                raise AssertionError(f"ballot: {answer.status} {answer.body[:200]!r}")
            await asyncio.sleep(float(answer.headers["retry-after"]))
        raise AssertionError(f"no ballot in {MAX_SECONDS:.0f} s")

    async def chosen(self) -> Counter[str]:
        """How many votes each project has of these voters, as their ballots say."""
        connection = Connection("127.0.0.1", self.port, tls=self.tls)
        ballots = [await self.ballot(connection, number) for number in range(len(self.voters))]
        connection.close()
        return Counter(project for ballot in ballots for project in ballot.values())

    async def missing(self, jobs: Iterable[Job], connections: int = 16) -> int:
        """How many of the votes are not on their voter's ballot as she cast them."""
        wanted: dict[int, list[str]] = {}
        for number, category in jobs:
            wanted.setdefault(number, []).append(category)
        rows, lost = iter(wanted.items()), 0

        async def look() -> None:
            nonlocal lost
            connection = Connection("127.0.0.1", self.port, tls=self.tls)
            for number, categories in rows:
                held = await self.ballot(connection, number)
                lost += sum(held.get(category) != self.contest.choice(number, category) for category in categories)
            connection.close()

        async with asyncio.TaskGroup() as group:
            for _ in range(connections):
                group.create_task(look())
        return lost

    async def cast(
        self, connection: Connection, number: int, category: str, due: float | None = None, *, follow: bool = False
    ) -> None:
        """One vote until it is acknowledged, and on the ledger; measured from when it was due (monotonic). What was
        accepted (202) is sent again, or looked up where the answer says (`follow`)."""
        key, began = uuid.uuid4().hex, time.monotonic() if due is None else due
        while True:
            sent = time.monotonic()
            if sent - began > MAX_SECONDS * factor():
                raise AssertionError(f"not acknowledged in {MAX_SECONDS:.0f} s: {dict(self.seen.statuses)}")
            try:
                answer = await self.send(connection, number, category, key)
            except AWAY:
                self.seen.statuses["lost"] += 1
                await asyncio.sleep(0.1)
                continue
            now = time.monotonic()
            self.seen.statuses[answer.status] += 1
            self.seen.tries.append(now - sent)
            if self.checker and answer.status in (200, 201, 202):
                self.checker.told(self.voters[number].account, category, answer)
            if answer.status in (200, 201):
                break
            if answer.status == 202 and follow:
                await self._follow(connection, number, answer.headers["location"])
                now = time.monotonic()
                break
            if answer.status == 503:
                self.seen.slowest_503 = max(self.seen.slowest_503, now - sent)
                self.seen.without_retry_after += "retry-after" not in answer.headers
            elif answer.status != 202 and answer.status < 500:  # what is wrong with the suite is counted
                raise AssertionError(f"{answer.status} {answer.body[:300]!r}")
            await asyncio.sleep(0.2)  # the same vote again: its outcome is the answer once it is there
        entry = Entry(self.voters[number].account, category, self.contest.choice(number, category))
        await self.ledger.write(entry)
        self.done += 1
        self.seen.seconds.append(now - began)
        self.seen.acknowledged.append((sent, now))

    async def _follow(self, connection: Connection, number: int, location: str) -> None:
        """Returns when the outcome of an accepted vote is there. It must be stored."""
        headers, deadline = {"Authorization": f"Bearer {self.voters[number].token}"}, Deadline(MAX_SECONDS)
        pause = 0.5
        while not deadline.passed:
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)  # thousands who ask at once would be one more load
            try:
                answer = await connection.request("GET", location, None, headers)
            except AWAY:
                continue
            if answer.status == 200 and answer.json["state"] == "decided":
                if any(vote["result"] == "refused" for vote in answer.json["votes"]):
                    raise AssertionError(f"accepted and refused: {answer.body[:300]!r}")
                return
        raise AssertionError(f"accepted and not decided in {MAX_SECONDS:.0f} s")
