"""`make drill`: a suite of its own under votes, its backup, the loss of store and broker, and the way back.

Prints the seconds of each step and what was compared. Exit status: 0 when the drill has passed, 1 otherwise.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from contextlib import nullcontext
from pathlib import Path

from tests.faults.kit.files import Files
from tests.faults.kit.ledger import Ledger
from tests.faults.kit.people import ROOT
from tests.faults.kit.restoring import Drill
from tests.faults.kit.suite import Suite
from tests.load.figures import Figure
from wsis_testkit import s3

CATEGORIES = 18
VERIFIER = ROOT / "services/voting/verify/verify.py"


def main(arguments: list[str]) -> int:
    """Play, print, judge."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.drill", description=__doc__)
    parser.add_argument("--votes", type=int, default=600, metavar="N", help="[600]; a third of them amid the backup")
    parser.add_argument("--members", type=int, default=1, choices=(1, 3), help="of the store's replica set [1]")
    parser.add_argument("--s3", action="store_true", help="files in a store that speaks S3, which is lost as well")
    chosen = parser.parse_args(arguments)
    began = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="wsis-drill-") as folder,
        s3.run() if chosen.s3 else nullcontext("") as blobs,
        Suite(Path(folder) / "suite", members=chosen.members, WSIS_BLOBS_URI=blobs) as suite,
    ):
        files = Files(suite.contest, blobs) if blobs else None
        figures = [
            Figure("O1 suite and contest", time.monotonic() - began, "s"),
            *_play(suite, chosen.votes, Path(folder), files),
        ]
    short = [figure for figure in figures if not figure.reached]
    print(
        f"drill {'NOT passed: ' + '; '.join(map(str, short)) if short else 'passed'}, {time.monotonic() - began:.0f} s"
    )
    return 1 if short else 0


def _play(suite: Suite, votes: int, folder: Path, files: Files | None) -> list[Figure]:
    voters = -(-votes // CATEGORIES)
    crowd = suite.crowd(voters, Ledger(folder / "ledger"))
    jobs, third = crowd.jobs(range(voters))[:votes], votes // 3
    drill = Drill(suite, folder, lambda: crowd.ledger.by_project().total(), _say, files)
    drill.play(crowd, jobs[:third], jobs[third : 2 * third], jobs[2 * third :])
    suite.contest.close(seconds=600)
    recount = suite.contest.officer.post(f"{suite.contest.path}/tally/recount")
    log = suite.stack.run_dir / "public-log" / suite.contest.edition
    suite.stack.wait_until((log / "certification.json").exists, "the certification in the public log")
    verified = subprocess.run([sys.executable, VERIFIER, log], capture_output=True, text=True)
    ends = [
        Figure("O1 places where the certified tally and a recount differ", recount["places"], "places", at_most=0),
        Figure(
            "O1 public logs that an independent verifier refuses", float(verified.returncode != 0), "logs", at_most=0
        ),
        Figure("O1 mails twice, with those of the certification", drill.mails_twice(), "mails", at_most=0),
    ]
    for figure in ends:
        _say(str(figure))
    return [*drill.figures, *ends]


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
