"""The suite that the faults befall: everything, two of each that comes in numbers, and a contest that is open."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import psutil
import pytest
from kombu import Connection
from tests.faults.kit.contest import Contest, opened
from tests.faults.kit.crowd import Crowd
from tests.faults.kit.ledger import Ledger
from tests.faults.kit.people import ROOT, Someone, registered
from wsis_local.ports import LOOPBACK
from wsis_local.stack import Stack
from wsis_local.supervise import kill_group
from wsis_shared import keys, rates
from wsis_shared.plugin import discover
from wsis_testkit.proxy import Proxy, behind

# Nobody is refused for asking too often, and nobody waits long for votes that are not sent any more, for the public
# log, or for a webhook that was away.
SETTINGS = {
    **rates.same_for_all(discover(), "1000000000/minute"),
    "WSIS_VOTING_GRACE_SECONDS": "1",
    "WSIS_VOTING_RECORDER_DEAD_SECONDS": "12",
    "WSIS_VOTING_LOG_SECONDS": "5",
    "WSIS_WEBHOOKS_LOOPBACK": "1",
    "WSIS_WEBHOOKS_SPEEDUP": "60",
}
WORKER = "gateway worker"
TWO_OF_EACH = {"WSIS_GATEWAY_WORKERS": "2", "WSIS_VOTING_PROCESSES": "2"}


def _outside() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("WSIS_")}


class WiredStack(Stack):
    """A stack whose services and gateway reach each node of the broker through one of `wires`."""

    wires: list[Proxy]

    def environment(self) -> dict[str, str]:
        """The environment of the programs."""
        found = super().environment()
        nodes = zip(found["WSIS_AMQP_URI"].split(";"), self.wires, strict=True)
        return {**found, "WSIS_AMQP_URI": ";".join(behind(address, wire) for address, wire in nodes)}


@contextmanager
def signing(secret: str) -> Iterator[None]:
    """The process of the tests signs with this secret what goes past the gateway."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WSIS_SECRET", secret)
        keys.derive.cache_clear()
        yield
    keys.derive.cache_clear()


class Suite:
    """A stack of its own with a contest; what it starts ends with it. `services`: those that run; None: all."""

    contest: Contest

    def __init__(
        self,
        folder: Path,
        *,
        services: Sequence[str] | None = None,
        each: int = 3,
        nominees: int = 0,
        members: int = 1,
        brokers: int = 1,
        stack: type[WiredStack] = WiredStack,
        **settings: str,
    ) -> None:
        self.folder, self._each, self._nominees, self._brokers = folder, each, nominees, brokers
        self._ends = ExitStack()
        settings = {**SETTINGS, "WSIS_GATEWAY_PLUGINS": ",".join(services or ()), **settings}
        self.stack = stack(
            folder, services=services, members=members, brokers=brokers, environ={**_outside(), **settings}
        )

    def __enter__(self) -> Self:
        ports = [self.stack.ports[name] for name in ("broker", "broker_1", "broker_2")[: self._brokers]]
        self.stack.wires = [Proxy(LOOPBACK, port) for port in ports]
        self.stack.start()
        self._ends.enter_context(signing(self.stack.environment()["WSIS_SECRET"]))
        try:
            self.contest = opened(self.stack.environment(), each=self._each, nominees=self._nominees)
        except BaseException:
            self._ends.close()
            self.stack.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.contest.officer.suite.close()  # the gateway waits for connections that are kept open
        self._ends.close()
        self.stack.stop()
        for wire in self.stack.wires:
            wire.close()

    def mend(self) -> None:
        """End what a test that failed has left frozen or held back, and wait until everything is ready."""
        for pid in self.stack.pids().values():
            kill_group(pid, signal.SIGCONT)
        for wire in self.stack.wires:
            wire.thaw()
        self.stack.wait_ready()

    def crowd(self, count: int, ledger: Ledger) -> Crowd:
        """So many new voters."""
        return self.crowd_of(self.voters(count), ledger)

    def voters(self, count: int) -> list[Someone]:
        """New ones: confirmed accounts with tokens."""
        return registered(self.stack.environment(), count, told=False)

    def crowd_of(self, voters: Sequence[Someone], ledger: Ledger) -> Crowd:
        """Voters of the contest."""
        return Crowd(self.contest, voters, ledger, self.stack.ports["gateway"])

    def workers(self, program: str = "gateway") -> list[int]:
        """Process ids of gunicorn's workers."""
        return [child.pid for child in psutil.Process(self.stack.pids()[program]).children()]

    def dead_letters(self, services: Iterable[str] = ("voting",)) -> int:
        """Messages in the dead-letter queues of services, as the queues know it: nobody reads them."""
        with Connection(self.stack.broker.amqp_uri) as broker:
            declare = broker.channel().queue_declare
            return sum(declare(f"dead.{name}", passive=True).message_count for name in services)

    def messages(self, queue: str) -> int:
        """In a queue, and given to a reader who has not confirmed them: as the management API knew it up to 5 s ago; 0
        as long as it knows nothing of it, after a start of the broker."""
        found = self.stack.broker.request("GET", f"queues/%2F/{queue}")
        return int(found.get("messages", 0))  # type: ignore[union-attr]

    def drop_dead_letters(self) -> None:
        """Drop the dead letters of voting, which are no votes: voting does not certify before (see the runbook)."""
        script = [
            str(Path(sys.executable).with_name("wsis")),
            "dead-letters",
            "drop",
            "voting",
            "--yes",
            "--queue",
            "commands.voting.cast",
        ]
        environment = {**_outside(), "WSIS_AMQP_URI": self.stack.broker.amqp_uri}
        subprocess.run(script, env=environment, cwd=ROOT, check=True, capture_output=True)
