"""Run test suites, each in a pytest process of its own, and sum up.

    .ci/suites.py FOLDER ... [-- options of pytest]

Separate processes, because services run on eventlet's patched standard library and the gateway on gevent's.
Three at a time, since most of a test's time is waiting; from the last to the first, for the last named take longest and
nothing should be left to wait for. For the same reason a folder of many test modules is split into several suites.
Those that start the whole suite, and those that count seconds of processes that die, run alone in the end.
Exit status: 0 when all passed, 1 otherwise. The last line holds the totals.
"""

from __future__ import annotations

import math
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

RESULTS = Path(".run/test-results")
AT_A_TIME = 3
ALONE = ("tests/e2e", "tests/faults")
MODULES_AT_MOST = 40
COUNTED = ("tests", "failures", "errors", "skipped")
NOTHING_COLLECTED = 5


class Suite(NamedTuple):
    """What one process of pytest runs: a folder, or some of its test modules."""

    name: str
    paths: list[str]


class Result(NamedTuple):
    """What became of one suite."""

    suite: str
    passed: bool
    counts: Counter[str]
    seconds: float


def split(folder: str) -> list[Suite]:
    """The suites of a folder: each test module is in one of them, and those with similar names in different ones."""
    modules = sorted(map(str, Path(folder).rglob("test_*.py")))
    count = math.ceil(len(modules) / MODULES_AT_MOST)
    if count < 2 or folder in ALONE:
        return [Suite(folder, [folder])]
    return [Suite(f"{folder} {number}/{count}", modules[number - 1 :: count]) for number in range(1, count + 1)]


def run(suite: Suite, options: list[str]) -> Result:
    """Run one suite and print what pytest said."""
    began = time.monotonic()
    report = RESULTS / f"{suite.name.replace('/', '-').replace(' ', '-')}.xml"
    report.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pytest", "-q", *suite.paths, f"--junitxml={report}", *options]
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(f"\n=== {suite.name}\n{ran.stdout}", flush=True)
    counts: Counter[str] = Counter()
    if report.exists():
        for element in ElementTree.parse(report).iter("testsuite"):  # noqa: S314 -- pytest wrote it a moment ago
            counts.update({name: int(element.get(name, 0)) for name in COUNTED})
    return Result(suite.name, ran.returncode in (0, NOTHING_COLLECTED), counts, time.monotonic() - began)


def main(arguments: list[str]) -> int:
    folders, options = arguments, []
    if "--" in arguments:
        at = arguments.index("--")
        folders, options = arguments[:at], arguments[at + 1 :]
    RESULTS.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    suites = [suite for folder in folders for suite in split(folder)]
    together = [suite for suite in reversed(suites) if suite.name not in ALONE]
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        results = list(pool.map(lambda suite: run(suite, options), together))
    results += [run(suite, options) for suite in suites if suite.name in ALONE]
    totals: Counter[str] = Counter()
    for result in results:
        totals += result.counts
    failed = [result.suite for result in results if not result.passed]
    rows = [
        f"{'passed' if passed else 'FAILED'}  {suite:<32} {counts['tests']:>5} tests  {seconds:6.1f} s"
        for suite, passed, counts, seconds in results
    ]
    print("\n" + "\n".join(rows))
    bad = totals["failures"] + totals["errors"]
    print(
        f"{'FAILED: ' + ', '.join(failed) if failed else 'All passed'}: "
        f"{totals['tests']} tests, {totals['tests'] - bad - totals['skipped']} passed, {bad} failed, "
        f"{totals['skipped']} skipped in {time.monotonic() - started:.0f} s"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
