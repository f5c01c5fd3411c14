"""O1: the store is lost amid a vote, and comes back from a snapshot of its disk, as docs/runbooks/restore.md says.

The last rows but the tally, which judges what the restored store holds. The other way of the runbook, mongodump and
mongorestore, has no test: no package that the suite installs has them.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from pathlib import Path
from typing import Any

from tests.faults.kit.ledger import Ledger
from tests.faults.kit.suite import Suite
from tests.load.figures import Figure
from wsis_shared.mongo_connection import connect

from wsis_demo.client import Problem

VOTERS = 20


def _snapshot(suite: Suite, target: Path) -> None:
    """A copy of the disk of a member that goes on, with its writes held back meanwhile."""
    with connect(suite.stack.store.uri, stable=False) as client:
        client.admin.command("fsync", lock=True)
        try:
            shutil.copytree(_disks(suite)[suite.stack.store.primary()], target)
        finally:
            client.admin.command("fsyncUnlock")


def _disks(suite: Suite) -> list[Path]:
    """Of each member."""
    return sorted((suite.stack.run_dir / "store").glob("mongod*"))


def test_a_snapshot_of_the_store_is_a_backup(
    suite: Any, crowd: Any, ledgers: list[Ledger], settled: Any, report: Any, tmp_path: Path
) -> None:
    some = crowd(2 * VOTERS)
    before, after = some.jobs(range(VOTERS)), some.jobs(range(VOTERS, 2 * VOTERS))
    asyncio.run(some.vote(before))
    promised = sum(ledger.by_project().total() for ledger in ledgers)
    suite.stack.wait_until(lambda: _logged(suite) == promised, "the votes in the public log")
    _snapshot(suite, tmp_path / "backup")
    began = time.monotonic()
    suite.stack.stop()
    for disk in _disks(suite):
        shutil.rmtree(disk)
        shutil.copytree(tmp_path / "backup", disk)
    suite.stack.start()
    report(Figure("O1 from the loss of the store to a suite that is ready", time.monotonic() - began, "s"))
    assert asyncio.run(some.missing(before)) == 0
    asyncio.run(some.vote(after))
    settled("O1", some, before + after)


def _logged(suite: Suite) -> int:
    try:
        return int(suite.contest.visitor.get(f"{suite.contest.path}/log/head")["size"])
    except Problem as error:
        if error.code != "voting.log_empty":  # so soon after the first vote
            raise
        return 0
