"""D22, each night: the whole suite on a broker of three nodes. Votes are cast while the node that leads their queue is
killed, then frozen."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.kit.ledger import Ledger
from tests.faults.kit.machine import Duration
from tests.faults.kit.suite import TWO_OF_EACH, Suite
from tests.load.figures import Figure
from wsis_shared.amqp import topology
from wsis_testkit import wait_for
from wsis_testkit.sizes import NIGHTLY

FIRST_GOOD_VOTE, VOTERS = 10, 600
FROZEN_SECONDS = 20  # until long after the others have given it up
VOTES = topology.command_queue("voting", "cast").name

pytestmark = pytest.mark.skipif(not NIGHTLY, reason="minutes: each night; each run has test_broker_cluster.py")


@pytest.fixture(scope="module")
def trio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    with Suite(tmp_path_factory.mktemp("three-brokers"), brokers=3, **TWO_OF_EACH) as made:
        yield made


def _leader(suite: Suite) -> str:
    """The program that is the leader's node."""
    found: Any = wait_for(lambda: suite.stack.broker.request("GET", f"queues/%2F/{VOTES}"), 30, "the leader")
    return f"broker-{suite.stack.broker.nodes.index(found['leader'])}"


async def _killed(suite: Suite, leader: str) -> None:
    suite.stack.kill(leader)


async def _frozen(suite: Suite, leader: str) -> None:
    suite.stack.kill(leader, signal.SIGSTOP)
    await asyncio.sleep(FROZEN_SECONDS)
    suite.stack.kill(leader, signal.SIGCONT)


@pytest.mark.parametrize(("what", "fault"), [("killed", _killed), ("frozen", _frozen)], ids=["killed", "frozen"])
def test_votes_go_on_without_the_leader(
    trio: Suite, settled: Any, report: Any, tmp_path: Path, what: str, fault: Callable[[Suite, str], Awaitable[None]]
) -> None:
    trio.stack.wait_ready()
    some = trio.crowd(VOTERS, Ledger(tmp_path / "ledger"))
    began = 0.0

    async def faults() -> None:
        nonlocal began
        await some.until(200)
        leader = await asyncio.to_thread(_leader, trio)
        began = time.monotonic()
        await fault(trio, leader)

    jobs = asyncio.run(some.meanwhile(some.jobs(range(VOTERS)), faults))
    report(
        Duration(
            f"D22 leader of three brokers {what}, to the first good vote",
            some.seen.first_good_after(began),
            "s",
            at_most=FIRST_GOOD_VOTE,
            began=began,
        ),
        Figure("D22 503 meanwhile", some.seen.statuses[503], f"of {some.seen.statuses.total():,} answers"),
    )
    settled("D22", some, jobs)
