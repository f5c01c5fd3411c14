"""O1: the store is lost amid a vote, and comes back from a snapshot of its disk, as docs/runbooks/restore.md says.

The other way of the runbook, mongodump and mongorestore, has no test: no package that the suite installs has them.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from tests.faults.kit.ledger import Ledger
from tests.faults.kit.people import ROOT
from tests.faults.kit.suite import Suite
from tests.load.figures import Figure
from wsis_shared.mongo_connection import connect

from wsis_demo.client import Problem

VERIFIER = ROOT / "services/voting/verify/verify.py"
VOTERS = 20


def _snapshot(suite: Suite, target: Path) -> None:
    """A copy of the disk of a member that goes on, with its writes held back meanwhile."""
    with connect(suite.stack.store.uri, stable=False) as client:
        client.admin.command("fsync", lock=True)
        try:
            shutil.copytree(suite.stack.run_dir / "store", target)
        finally:
            client.admin.command("fsyncUnlock")


def test_a_snapshot_of_the_store_is_a_backup(tmp_path: Path, report: Callable[..., None]) -> None:
    with Suite(tmp_path / "suite") as suite:
        crowd = suite.crowd(2 * VOTERS, Ledger(tmp_path / "ledger"), told=False)
        jobs = crowd.jobs(range(VOTERS))
        asyncio.run(crowd.vote(jobs))
        suite.stack.wait_until(lambda: _logged(suite) == len(jobs), "the votes in the public log")
        _snapshot(suite, tmp_path / "backup")
        began = time.monotonic()
        suite.stack.stop()
        shutil.rmtree(suite.stack.run_dir / "store")
        shutil.copytree(tmp_path / "backup", suite.stack.run_dir / "store")
        suite.stack.start()
        took = time.monotonic() - began
        assert asyncio.run(crowd.missing(jobs)) == 0
        asyncio.run(crowd.vote(crowd.jobs(range(VOTERS, 2 * VOTERS))))
        tally = suite.contest.close()
        recount = suite.contest.officer.post(f"{suite.contest.path}/tally/recount")
        log = suite.stack.run_dir / "public-log" / suite.contest.edition
        verified = subprocess.run([sys.executable, VERIFIER, log], capture_output=True, text=True)
    cast = Counter({row["project"]: row["cast"] for row in tally["projects"]})
    promised = crowd.ledger.by_project()
    report(
        Figure("O1 from the loss of the store to a suite that is ready", took, "s"),
        Figure("O1 votes of before and after", cast.total(), "votes", at_least=len(crowd.voters) * 18),
        Figure("O1 lost", (promised - cast).total(), "votes", at_most=0),
        Figure("O1 doubled", (cast - promised).total(), "votes", at_most=0),
        Figure("O1 places where counters and stored votes differ", recount["places"], "places", at_most=0),
    )
    assert verified.returncode == 0, verified.stdout + verified.stderr


def _logged(suite: Suite) -> int:
    try:
        return int(suite.contest.visitor.get(f"{suite.contest.path}/log/head")["size"])
    except Problem as error:
        if error.code != "voting.log_empty":  # so soon after the first vote
            raise
        return 0
