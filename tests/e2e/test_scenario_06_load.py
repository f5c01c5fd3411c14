"""Scenario 6: votes and reads at the same time, and a voting process dies amid them. Every vote answered as accepted is
in the tally, and none is there twice.

How fast that is, with 345 nominees and 60,000 accounts, is measured by `make bench-day`.
"""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.faults.kit.contest import opened
from tests.faults.kit.crowd import Crowd
from tests.faults.kit.ledger import Ledger
from tests.faults.kit.people import registered
from tests.faults.kit.readers import Readers
from wsis_local.supervise import Supervisor
from wsis_testkit import wait_for
from wsis_testkit.sizes import size

EDITION = "2072"
VOTERS, READERS = size(25, 50), 4
VICTIM = "voting-0"


async def _day(crowd: Crowd, readers: Readers, kill: Callable[[], object]) -> None:
    jobs = crowd.jobs(range(VOTERS))

    async def fault() -> None:
        await crowd.until(len(jobs) // 2)
        await asyncio.to_thread(kill)

    async with asyncio.TaskGroup() as group:
        voting = group.create_task(crowd.meanwhile(jobs, fault, whole=True))
        for _ in range(READERS):
            group.create_task(readers.look(voting.done))


def test_a_voting_process_dies_amid_votes_and_reads(stage: Any, tmp_path: Path):
    contest = opened(stage.environment, EDITION, each=2)
    port = int(urlsplit(stage.suite.address).port or 80)
    crowd = Crowd(contest, registered(stage.environment, VOTERS), Ledger(tmp_path / "ledger"), port)
    readers, supervisor = Readers(crowd), Supervisor(Path(stage.environment["WSIS_RUN_DIR"]))

    def victim() -> Any:
        return next(process for process in supervisor.processes() if process.name == VICTIM)

    before = victim().pid
    asyncio.run(_day(crowd, readers, lambda: supervisor.signal(VICTIM, signal.SIGKILL)))
    wait_for(lambda: victim().state == "RUNNING", 60, "the process to be started again")
    assert victim().pid != before

    assert (crowd.seen.unexpected, readers.unexpected) == ({}, {})
    assert min(readers.statuses[200], readers.statuses[304]) > 0
    promised = crowd.ledger.by_project()
    assert promised.total() == VOTERS * len(contest.categories)

    tally = contest.close()
    assert Counter({row["project"]: row["cast"] for row in tally["projects"]}) == promised
    assert tally["ballots"] == {"started": VOTERS, "complete": VOTERS}
    recount = contest.officer.post(f"{contest.path}/tally/recount")
    assert (recount["agrees"], recount["places"]) == (True, 0)
    contest.officer.suite.close()
