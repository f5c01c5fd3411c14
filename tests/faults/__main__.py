"""`python -m tests.faults`: a suite of its own, votes and events, faults drawn by lot, and what became of it all.

The seed is printed; the same one draws the same faults, amid the same votes in the same order. Everything is counted
at the end: votes by the certified tally, events by the event log, by an agency's webhook and by an agency's queue.
`--lots 8`: one after the other, each on a suite of its own with an eighth of everything; what a lot counted is kept in
.run/faults-by-lot for this commit, so that a run can be broken off and taken up by the same command.
Exit status: 0 when all lots were played and nothing was lost, doubled, out of order or answered wrongly, 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path

from tests.faults.kit.by_lot import Lot
from tests.faults.kit.counted import tally
from tests.faults.kit.ledger import Ledger
from tests.faults.kit.people import ROOT
from tests.faults.kit.suite import TWO_OF_EACH, Suite
from tests.load.figures import Figure

CATEGORIES = 18
KEPT = ROOT / ".run/faults-by-lot"


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
    parser.add_argument("--lots", type=int, default=1, metavar="N", help="into which all of it is divided [1]")
    parser.add_argument("--seconds", type=float, default=math.inf, help="begin no lot later; run again to go on")
    chosen = parser.parse_args(arguments)
    print(f"seed {chosen.seed}", flush=True)
    kept, until = _kept(chosen), time.monotonic() + chosen.seconds
    played = [list(map(_figure, json.loads(line))) for line in kept.read_text().splitlines()] if kept.exists() else []
    if played:
        print(f"{len(played)} lots are kept in {kept.relative_to(ROOT)}", flush=True)
    for number in range(len(played), chosen.lots):
        if time.monotonic() > until:
            break
        print(f"lot {number + 1} of {chosen.lots}", flush=True)
        played.append(_play(chosen, number))
        if not all(figure.reached for figure in played[-1]):
            print("\n".join(map(str, played[-1])), flush=True)
        with kept.open("a") as file:
            print(json.dumps(list(map(asdict, played[-1]))), file=file)
    if len(played) == chosen.lots:
        kept.unlink()  # whoever asks again wants it played again
    figures = together(played)
    short = [figure for figure in figures if not figure.reached]
    print("\n".join(map(str, figures)))
    print(
        f"seed {chosen.seed}, {len(played)} of {chosen.lots} lots: "
        f"{f'{len(short)} FIGURES SHORT' if short else 'as it should be'}"
    )
    return 1 if short or len(played) < chosen.lots else 0


def _kept(chosen: argparse.Namespace) -> Path:
    """Where the figures of this run are: of these sizes, and of this commit."""
    commit = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True).stdout
    sizes = [value for name, value in sorted(vars(chosen).items()) if name != "seconds"]
    KEPT.mkdir(parents=True, exist_ok=True)
    return KEPT / f"{'-'.join(map(str, sizes))}-{commit.strip()}.jsonl"


def _play(chosen: argparse.Namespace, number: int) -> list[Figure]:
    part = partial(share, lots=chosen.lots, number=number)
    votes, faults, seed = part(chosen.votes), part(chosen.faults), chosen.seed
    with (
        tempfile.TemporaryDirectory(prefix="wsis-faults-") as folder,
        Suite(Path(folder) / "suite", members=chosen.members, brokers=chosen.brokers, **TWO_OF_EACH) as suite,
    ):
        voters = -(-votes // CATEGORIES)
        crowd = suite.crowd(voters, Ledger(Path(folder) / "ledger"))
        jobs, former = crowd.jobs(range(voters), seed + number)[:votes], chosen.faults * number // chosen.lots
        lot = Lot(suite, crowd, jobs, part(chosen.events), faults, chosen.longest, seed, former, say=_say)
        return [*lot.play(), *tally(suite, crowd.ledger)]


def share(whole: int, lots: int, number: int) -> int:
    """What one of the lots has of the whole."""
    return whole * (number + 1) // lots - whole * number // lots


def together(lots: Sequence[Sequence[Figure]]) -> list[Figure]:
    """The figures of all lots: what was counted is summed, of seconds the longest is taken."""
    return [_sum(same) for same in zip(*lots, strict=True)]


def _sum(same: Sequence[Figure]) -> Figure:
    first, whole = same[0], max if same[0].unit == "s" else sum
    at_least = None if first.at_least is None else whole(figure.at_least or 0 for figure in same)
    return Figure(first.name, whole(figure.value for figure in same), first.unit, at_least, first.at_most)


def _figure(row: dict[str, object]) -> Figure:
    return Figure(**{each.name: row[each.name] for each in fields(Figure)})  # type: ignore[arg-type]


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
