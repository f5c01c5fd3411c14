"""`python -m tests.faults`: a suite of its own, votes and events, faults drawn by lot, and what became of it all.

The seed is printed; the same one draws the same faults, amid the same votes in the same order. Everything is counted
at the end: votes by the certified tally, events by the event log, by an agency's webhook and by an agency's queue.
Exit status: 0 when nothing was lost, doubled, out of order or answered wrongly, 1 otherwise.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.faults.kit.by_lot import Lot
from tests.faults.kit.ledger import Ledger
from tests.faults.kit.suite import TWO_OF_EACH, Suite
from tests.load.figures import Figure

CATEGORIES = 18


def main(arguments: list[str]) -> int:
    """Play, print, judge."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="of the faults [by chance]")
    parser.add_argument("--votes", type=int, default=200_000, metavar="N", help="[200,000]")
    parser.add_argument("--events", type=int, default=200_000, metavar="N", help="[200,000]")
    parser.add_argument("--faults", type=int, default=40, metavar="N", help="[40]")
    parser.add_argument("--longest", type=float, default=90.0, metavar="SECONDS", help="of one fault [90]")
    parser.add_argument("--members", type=int, default=3, choices=(1, 3), help="of the store's replica set [3]")
    parser.add_argument("--brokers", type=int, default=1, choices=(1, 3), help="nodes of the broker [1]")
    chosen = parser.parse_args(arguments)
    print(f"seed {chosen.seed}", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="wsis-faults-") as folder,
        Suite(Path(folder) / "suite", members=chosen.members, brokers=chosen.brokers, **TWO_OF_EACH) as suite,
    ):
        voters = -(-chosen.votes // CATEGORIES)
        crowd = suite.crowd(voters, Ledger(Path(folder) / "ledger"))
        jobs = crowd.jobs(range(voters), chosen.seed)[: chosen.votes]
        lot = Lot(suite, crowd, jobs, chosen.events, chosen.faults, chosen.longest, chosen.seed, say=_say)
        figures = [*lot.play(), *_tally(suite, crowd.ledger)]
    short = [figure for figure in figures if not figure.reached]
    print("\n".join(map(str, figures)))
    print(f"seed {chosen.seed}: {f'{len(short)} FIGURES SHORT' if short else 'as it should be'}")
    return 1 if short else 0


def _say(line: str) -> None:
    print(line, flush=True)


def _tally(suite: Suite, ledger: Ledger) -> list[Figure]:
    """The certified tally against the ledger. Votes of ballots that are not complete are cast too."""
    promised = ledger.by_project()
    tally = suite.contest.close(seconds=600)
    cast = Counter({row["project"]: row["cast"] for row in tally["projects"]})
    recount = suite.contest.officer.post(f"{suite.contest.path}/tally/recount")
    return [
        Figure("votes acknowledged", promised.total(), "votes"),
        Figure("votes counted", cast.total(), "votes"),
        Figure("votes lost", (promised - cast).total(), "votes", at_most=0),
        Figure("votes doubled", (cast - promised).total(), "votes", at_most=0),
        Figure("places where counters and stored votes differ", recount["places"], "places", at_most=0),
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
