"""`python -m tests.mutants`: do the tests notice small errors? A sample of mutants of all packages, each against the
tests nearest to it.

The same seed takes the same mutants, also while code elsewhere changes; more of them with a larger count. Results stay
in .run/mutants, one file for each seed, and are taken from there while the mutated module and its tests are unchanged:
a run can be broken off and taken up. A time-out is no kill.
Exit status: 0 when at least 85 % of those that were judged are killed, 1 otherwise. The last line holds the totals.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib
import json
import math
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.mutants.changes import WEIGHTS, Change, changes_of
from tests.mutants.choice import SERVING, chosen, home_of, weights_of
from tests.mutants.trial import FOLDER, KILLED, SURVIVED, TIMED_OUT, try_out

FLOOR = 0.85
SOURCES = ("shared/src", "gateway/src", "services/*/src")
# Tables and texts, which other tests compare as a whole, and what starts processes.
LEFT_OUT = re.compile(
    r"/(schemas|routes|events|charts|layouts|reference|rendering|certificate|reader_pages)/"
    r"|/(plugin|settings|routes|events|schemas|\w*layouts?|log|\w*_log|cli|commands|\w+_commands|serve\w*|seed|__main__|"
    r"collections|page|openapi\w*|descriptions|gc_tuning|manifest_check|demo\w*|gunicorn.conf)\.py$"
)
LIBRARIES = (
    "hypothesis",
    "kombu",
    "pymongo",
    "gridfs",
    "marshmallow",
    "yaml",
    "httpx",
    "cryptography",
    "psutil",
    "nameko.rpc",
)


def sample(seed: int, count: int, service: str, files: list[str]) -> list[Change]:
    """So many changes of all packages, or of one, or of the files whose paths contain one of `files`."""
    found = [
        change
        for path in mutated(service)
        if not files or any(part in str(path) for part in files)
        for change in changes_of(path, ast.parse(path.read_text("utf-8")))
    ]

    def place(change: Change) -> float:
        number = int(hashlib.sha256(f"{seed} {change.id}".encode()).hexdigest()[:12], 16) / 16**12
        return -(number ** (1 / WEIGHTS[change.kind]))

    return sorted(found, key=place)[:count]


def mutated(service: str) -> Iterator[Path]:
    """The modules that are mutated."""
    for path in sorted(path for source in SOURCES for path in Path().glob(f"{source}/**/*.py")):
        if not LEFT_OUT.search(str(path)) and service in ("", home_of(path)):
            yield path


def digest(paths: list[str]) -> str:
    """Of the contents of files."""
    return hashlib.sha256(b"".join(Path(path).read_bytes() for path in paths if Path(path).exists())).hexdigest()


def judge(change: Change, known: dict[str, Any], until: float, modules: int) -> dict[str, Any] | None:
    """What became of a mutant, from an earlier run where nothing has changed since; None where the time is up."""
    pure, serving = chosen(change, modules)
    tests = [str(path) for path in (*pure, *serving)]
    before = known.get(change.id, {"outcome": ""})
    same_tests = before["outcome"] == SURVIVED and before["rests_on"] == [str(change.path), *tests]
    if (same_tests or before["outcome"] == KILLED) and before["digest"] == digest(before["rests_on"]):
        return before
    source = Path(*change.path.parts[: change.path.parts.index("src") + 2])
    began = time.monotonic()
    if began > until:
        return None
    result = try_out(change, pure, serving, weights_of(source, change.names or (change.path.stem,)))
    result["seconds"] = round(time.monotonic() - began, 1)
    rests_on = [str(change.path), *([result["test"].split("::")[0]] if result["outcome"] == KILLED else tests)]
    return {"id": change.id, **result, "rests_on": rests_on, "digest": digest(rests_on)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--service", default="", help="the name of a service, or shared, or gateway")
    parser.add_argument("--files", nargs="*", default=[], metavar="PART", help="of the paths of files [all]")
    parser.add_argument("--jobs", type=int, default=1, help="so many at once")
    parser.add_argument("--modules", type=int, default=SERVING, help="so many test modules that need servers")
    parser.add_argument("--seconds", type=float, default=math.inf, help="begin no mutant later; run again to go on")
    parser.add_argument("--show", action="store_true", help="print the mutants and their tests, and run nothing")
    options = parser.parse_args()
    changes = sample(options.seed, options.count, options.service, options.files)
    if options.show:
        for change in changes:
            print(describe(change), *(f"\n    {path}" for found in chosen(change, options.modules) for path in found))
        return 0
    for name in LIBRARIES:
        importlib.import_module(name)
    FOLDER.mkdir(parents=True, exist_ok=True)
    kept = FOLDER / f"{options.seed}.jsonl"
    rows = [json.loads(line) for line in kept.read_text("utf-8").splitlines()] if kept.exists() else []
    known = {row["id"]: row for row in rows}
    outcomes: dict[str, str] = {}
    trial = partial(judge, known=known, until=time.monotonic() + options.seconds, modules=options.modules)
    with kept.open("a", encoding="utf-8") as file, get_context("fork").Pool(options.jobs) as pool:
        for change, row in zip(changes, pool.imap(trial, changes), strict=True):
            if row is None:
                continue
            if row != known.get(change.id):
                print(json.dumps(row), file=file, flush=True)
            outcomes[change.id] = row["outcome"]
            print(f"{row['outcome']:<10} {describe(change)}  [{row['test']}]", flush=True)
    return report([change for change in changes if change.id in outcomes], outcomes)


def describe(change: Change) -> str:
    """file:line, kind of change, what became what."""
    return f"{change.path}:{change.line}: {change.kind}: {change.before[:90]} -> {change.after[:90]}"


def report(changes: list[Change], outcomes: dict[str, str]) -> int:
    """Print the packages, the survivors and the totals."""
    print()
    for home in sorted({home_of(change.path) for change in changes}):
        counts = Counter(outcomes[change.id] for change in changes if home_of(change.path) == home)
        print(f"{home:<14} {totals(counts)}")
    for outcome in (TIMED_OUT, SURVIVED):
        rows = [describe(change) for change in changes if outcomes[change.id] == outcome]
        print("\n".join(["", f"{outcome.capitalize()}:", *(rows or ["none"])]))
    counts = Counter(outcomes.values())
    print(f"\n{totals(counts)}")
    return 0 if share(counts) >= FLOOR else 1


def share(counts: Counter[str]) -> float:
    """Killed of those that were judged."""
    return counts[KILLED] / max(1, counts[KILLED] + counts[SURVIVED])


def totals(counts: Counter[str]) -> str:
    """One line."""
    return (
        f"{counts[KILLED]} killed, {counts[SURVIVED]} survived, {counts[TIMED_OUT]} timed out: "
        f"{100 * share(counts):.0f} % of those judged"
    )


if __name__ == "__main__":
    sys.exit(main())
