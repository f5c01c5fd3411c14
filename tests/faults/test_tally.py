"""D1 to D11, D14 to D18 and O1 in one figure: the certified tally holds every acknowledged vote, once."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections import Counter
from typing import Any

from tests.faults.kit.crowd import Crowd
from tests.faults.kit.people import ROOT
from tests.load.figures import Figure
from wsis_testkit import wait_for

VERIFIER = ROOT / "services/voting/verify/verify.py"


def test_the_tally_holds_each_acknowledged_vote_once(
    suite: Any, crowds: list[tuple[str, Crowd]], report: Any, failed: list[str]
) -> None:
    """Last of all: votes of all crowds, by project, as their ledgers say and as the officers read. Of a test that has
    failed the ballots say what was cast: votes may be on no ledger."""
    suite.mend()
    promised: Counter[str] = sum((some.ledger.by_project() for _, some in crowds), Counter())
    tally = suite.contest.close(seconds=120)
    cast = Counter({row["project"]: row["cast"] for row in tally["projects"]})
    sound = (some.ledger.by_project() for test, some in crowds if test not in failed)
    unsure = (asyncio.run(some.chosen()) for test, some in crowds if test in failed)
    once: Counter[str] = sum((*sound, *unsure), Counter())
    recount = suite.contest.officer.post(f"{suite.contest.path}/tally/recount")
    report(
        Figure("acknowledged", promised.total(), "votes"),
        Figure("recovered", (promised & cast).total(), "votes"),
        Figure("lost", (promised - cast).total(), "votes", at_most=0),
        Figure("doubled", (cast - once).total(), "votes", at_most=0),
        Figure("places where counters and stored votes differ", recount["places"], "places", at_most=0),
    )
    log = suite.stack.run_dir / "public-log" / suite.contest.edition
    wait_for((log / "certification.json").exists, 60, "the files, which grow until then")
    verified = subprocess.run([sys.executable, VERIFIER, log], capture_output=True, text=True)
    assert verified.returncode == 0, verified.stdout + verified.stderr
