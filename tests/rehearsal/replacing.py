"""Every container replaced while people vote through nginx, and with it the passwords of broker and store; then what
befalls those that lead (failures.py); then what was counted."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from tests.faults.kit.contest import Contest, opened
from tests.faults.kit.crowd import Crowd
from tests.faults.kit.ledger import Ledger
from tests.faults.kit.machine import Duration, Machine
from tests.faults.kit.people import registered
from tests.load.figures import Figure
from tests.rehearsal.engine import Failed
from tests.rehearsal.failures import FAILURES, Failure
from tests.rehearsal.project import BROKERS, MOST_LED, STORES, Project
from wsis_local.patience import Deadline

CONNECTIONS, PAUSE = 4, 0.5  # seconds between two votes of one connection: they last as long as it takes
WHOLE_SECONDS = 300


class Replacing:
    """`play()` returns the figures."""

    def __init__(self, project: Project, folder: Path, voters: int, say: Callable[[str], None]) -> None:
        self._project, self._folder, self._say, self._voters = project, folder, say, voters
        self.edition, self._failures = "", list[Figure]()

    def play(self) -> list[Figure]:
        """Open a contest, vote amid the replacements, close it, compare."""
        settings, suite = self._project.settings(), self._project.suite()
        # A new one: where volumes were kept, people have voted in the former.
        self.edition = str(1 + max(int(row["edition"]) for row in suite.visitor.get("/v1/editions")["items"]))
        contest = opened(settings, self.edition, each=2, suite=suite)
        self._say(f"voting is open, {len(contest.categories)} categories")
        voters = registered(settings, self._voters, told=False)
        crowd = Crowd(contest, voters, Ledger(self._folder / "ledger"), self._project.https, self._project.tls)
        jobs = crowd.jobs(range(self._voters))
        cast = asyncio.run(crowd.meanwhile(jobs, lambda: self._befall(crowd), CONNECTIONS, PAUSE))
        missing = asyncio.run(crowd.missing(cast))
        tally = self._tally(contest)
        wanted = crowd.ledger.by_project()
        suite.close()
        return [
            Figure("votes acknowledged", crowd.done, "votes", at_least=1),
            Figure("votes that no ballot has", missing, "votes", at_most=0),
            Figure("lost", (wanted - tally).total(), "votes", at_most=0),
            Figure("doubled", (tally - wanted).total(), "votes", at_most=0),
            Figure("5xx while the gateways were replaced", self._of_gateways, "answers", at_most=0),
            *self._failures,
            Figure("replaced while nobody voted", self._unseen, "containers", at_most=0),
            Figure("answers 202, for later", crowd.seen.statuses[202], "answers"),
            Figure("answers 503 in all", crowd.seen.statuses[503], "answers"),
            Figure("connections lost", crowd.seen.statuses["lost"], "connections"),
        ]

    async def _befall(self, crowd: Crowd) -> None:
        await self._rotate(crowd)
        for failure in FAILURES:
            await self._befalls(failure, crowd)
        share = await asyncio.to_thread(self._project.most_led)
        self._failures.append(
            Figure("queues that one of the brokers leads, once rebalanced", share, "share", at_most=MOST_LED)
        )

    async def _rotate(self, crowd: Crowd) -> None:
        """deploy/rotate, with the containers replaced by ourselves: each is looked at."""
        former, began, before = self._project.logins(), time.monotonic(), Counter(crowd.seen.statuses)
        await asyncio.to_thread(self._project.rotate, "begin")
        await self._replace_all(crowd)
        await asyncio.to_thread(self._project.rotate, "end")
        self._say(f"all passwords of broker and store replaced in {time.monotonic() - began:.0f} s")
        refused = await asyncio.to_thread(self._project.faults, *former)
        taken = len(BROKERS) + 1 - refused.count("does not take our login") - refused.count("it refuses us")
        left = await asyncio.to_thread(self._project.faults)
        seen = Counter(crowd.seen.statuses) - before
        unexpected = sum(seen[status] for status in seen if isinstance(status, int) and status >= 500 and status != 503)
        self._failures += [
            Figure("servers that take a former password", taken, "servers", at_most=0),
            Figure("doctor finds afterwards", len(left.splitlines()), "lines", at_most=0),
            Figure("5xx but 503 while passwords were replaced", unexpected, "answers", at_most=0),
        ]

    async def _befalls(self, failure: Failure, crowd: Crowd) -> None:
        """A failure of the one that leads, for as long as it takes, and until all is whole again."""
        name = await asyncio.to_thread(failure.who, self._project)
        with Machine() as machine:
            begin, end = await asyncio.to_thread(failure.prepare, self._project, name)
            await asyncio.to_thread(begin)
            began = time.monotonic()
            try:
                while (took := crowd.seen.first_good_after(began)) == float("inf") and not crowd.idle:
                    await asyncio.sleep(0.01)
                await asyncio.sleep(max(0.0, began + failure.seconds - time.monotonic()))
            finally:
                await asyncio.to_thread(end)
            figure = Duration(
                f"{failure.what}, to the first good vote", took, "s", at_most=failure.at_most, began=began
            )
            self._failures.append(replace(figure, factor=machine.factor(figure)))
        ended = time.monotonic()
        await asyncio.to_thread(self._wait_whole, name)
        self._say(f"{name}: {failure.what}; whole again {time.monotonic() - ended:.0f} s after its end")

    async def _replace_all(self, crowd: Crowd) -> None:
        self._of_gateways = self._unseen = 0
        for name in await asyncio.to_thread(self._project.names):
            before, began = Counter(crowd.seen.statuses), time.monotonic()
            await asyncio.to_thread(self._replace, name)
            seen = crowd.seen.statuses - before
            errors = sum(count for status, count in seen.items() if isinstance(status, int) and status >= 500)
            self._of_gateways += errors if name.startswith("gateway") else 0
            self._unseen += not seen
            answers = ", ".join(f"{count} x {status}" for status, count in sorted(seen.items(), key=str))
            self._say(f"{name} replaced in {time.monotonic() - began:.0f} s; answers meanwhile: {answers or 'none'}")

    def _replace(self, name: str) -> None:
        self._project.replace(name)
        self._wait_whole(name)

    def _wait_whole(self, name: str) -> None:
        if name in BROKERS:
            self._until(lambda: self._all_suffice(name), f"members of the queues beside {name}")
        if name in STORES:
            self._until(lambda: self._all_follow(name), "members of the store")

    def _all_suffice(self, name: str) -> bool:
        """The next one can be stopped: its queues have two other members."""
        other = BROKERS[(BROKERS.index(name) + 1) % len(BROKERS)]
        try:
            self._project.inside(other, "rabbitmq-queues", "check_if_node_is_quorum_critical")
        except Failed:
            return False
        return True

    def _all_follow(self, name: str) -> bool:
        """One member takes writes, and each other follows it: amid an election nobody does."""
        hello = "const { isWritablePrimary, secondary } = db.hello(); print(isWritablePrimary ? 1 : secondary ? 2 : 0)"
        try:
            said = [self._project.asked_of(each, hello) for each in STORES]
        except Failed:
            return False
        return sorted(said) == ["1", "2", "2"]

    def _until(self, condition: Callable[[], bool], what: str) -> None:
        deadline = Deadline(WHOLE_SECONDS)
        while not condition():
            if deadline.passed:
                raise Failed(f"{what} are not whole after {WHOLE_SECONDS} s")
            time.sleep(1)

    def _tally(self, contest: Contest) -> Counter[str]:
        """How many votes each project has in the certified count."""
        return Counter({row["project"]: row["cast"] for row in contest.close(seconds=600)["projects"]})
