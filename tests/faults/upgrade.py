"""`make upgrade`: a suite of a former version becomes one of the code of this folder and is rolled back, part by part,
under votes, reads, mails and events.

Prints the seconds of each step and what was lost. Exit status: 0 when nothing was lost, doubled, missed or answered by
5xx, 1 otherwise, 2 where the former version is not in this clone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.kit.ledger import Ledger
from tests.faults.kit.suite import Suite
from tests.faults.kit.two_versions import FORMER, TODAY, TwoVersions
from tests.faults.kit.upgrading import Upgrade
from tests.load.figures import Figure
from wsis_local.patience import load
from wsis_testkit import versions


def main(arguments: list[str]) -> int:
    """Play, print, judge."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.upgrade", description=__doc__)
    parser.add_argument("--from", dest="former", metavar="TAG", help="tag or commit [the last release]")
    parser.add_argument("--voters", type=int, default=400, metavar="N", help="with 18 votes each [400]")
    chosen = parser.parse_args(arguments)
    former, began = chosen.former or versions.last_release(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="wsis-upgrade-") as name:
        folder = Path(name)
        try:
            sides = {FORMER: versions.former(former, folder / "former"), TODAY: versions.today()}
        except versions.NotHere as error:
            print(f"upgrade: {error}; FROM=<tag or commit> names another")
            return 2
        print(f"from {former} to the code of this folder, and back", flush=True)
        stack = type("Stack", (TwoVersions,), {"sides": sides})
        with Suite(folder / "suite", stack=stack) as suite:
            ready = Figure("suite and contest of the former version", time.monotonic() - began, "s")
            _say(str(ready))
            crowd = suite.crowd(chosen.voters, Ledger(folder / "ledger"))
            figures = Upgrade(suite, crowd, _say).play()
    short = [figure for figure in figures if not figure.reached]
    verdict = f"NOT passed: {'; '.join(map(str, short))}" if short else "passed"
    print(f"upgrade {verdict}, {time.monotonic() - began:.0f} s, {load()}")
    return 1 if short else 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
