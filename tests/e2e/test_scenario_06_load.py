"""Scenario 6: votes and reads at the same time, and a voting process dies amid them. Every vote answered as accepted is
in the tally, and none is there twice.

How fast that is, with 345 nominees and 60,000 accounts, is measured by `make bench-day`.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

from tests.faults.kit.crowd import Crowd
from tests.faults.kit.ledger import Ledger
from tests.faults.kit.readers import Readers
from tests.faults.kit.suite import Suite

VOTERS, READERS = 50, 4
VICTIM = "voting-0"


async def _day(suite: Suite, crowd: Crowd, readers: Readers) -> None:
    jobs = crowd.jobs(range(VOTERS))

    async def kill() -> None:
        await crowd.until(len(jobs) // 2)
        await asyncio.to_thread(suite.stack.kill, VICTIM)

    async with asyncio.TaskGroup() as group:
        voting = group.create_task(crowd.meanwhile(jobs, kill, whole=True))
        for _ in range(READERS):
            group.create_task(readers.look(voting.done))


def test_a_voting_process_dies_amid_votes_and_reads(tmp_path: Path):
    settings = {"WSIS_VOTING_PROCESSES": "2", "WSIS_VOTING_RECORDER_DEAD_SECONDS": "5"}  # certified 5 s after the kill
    with Suite(tmp_path, each=2, **settings) as suite:
        crowd = suite.crowd(VOTERS, Ledger(tmp_path / "ledger"))
        readers, before = Readers(crowd), suite.stack.pids()[VICTIM]
        asyncio.run(_day(suite, crowd, readers))
        suite.stack.wait_ready()
        assert suite.stack.pids()[VICTIM] != before, "it was killed, and started again"

        assert (crowd.seen.unexpected, readers.unexpected) == ({}, {})
        assert min(readers.statuses[200], readers.statuses[304]) > 0
        promised = crowd.ledger.by_project()
        assert promised.total() == VOTERS * len(suite.contest.categories)

        tally = suite.contest.close()
        assert Counter({row["project"]: row["cast"] for row in tally["projects"]}) == promised
        assert tally["ballots"] == {"started": VOTERS, "complete": VOTERS}
        recount = suite.contest.officer.post(f"{suite.contest.path}/tally/recount")
        assert (recount["agrees"], recount["places"]) == (True, 0)
