"""Run test suites, each in a pytest process of its own, and sum up.

    .ci/suites.py PATH ... [-- options of pytest]
    .ci/suites.py --record      what each module of the last run took, into durations.json

Separate processes, because services run on eventlet's patched standard library and the gateway on gevent's.
Seven at a time, since most of a test's time is waiting; the longest first, so that nothing is left to wait for. For
the same reason a folder that takes long is split into parts of about the same length, by durations.json.
Exit status: 0 when all passed, 1 otherwise. The last lines name each test that failed and why, and hold the totals.
"""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

RESULTS = Path(".run/test-results")
DURATIONS = Path(__file__).with_name("durations.json")
AT_A_TIME = 7
# A part pays again for its process of pytest and the services of its session, in e2e for the whole suite.
PART_SECONDS = {"tests/e2e": 600, "tests/faults": 300}
PART_SECONDS_OF_OTHERS = 360
# The modules of a folder with this fixture are one part: the demonstration takes minutes, and the last of those that
# share a suite amid faults counts what all have done.
SHARED = {"tests/e2e": r"\bdemo: Any", "tests/faults": r"\bsuite: Any"}
UNLISTED_SECONDS = 1  # durations.json holds the longer modules
SLOWEST = 15
COUNTED = ("tests", "failures", "errors", "skipped")
NOTHING_COLLECTED = 5
MESSAGE = 500  # characters of what a failed test said


class Suite(NamedTuple):
    """What one process of pytest runs: a path, or some test modules of a folder."""

    name: str
    paths: list[str]
    expected_seconds: float


class Result(NamedTuple):
    """What became of one suite."""

    suite: str
    status: int  # of pytest
    counts: Counter[str]
    modules: dict[str, float]  # seconds
    failures: dict[str, str]  # what each failed test said, by its name
    seconds: float
    processor_seconds: float  # of pytest and of the processes that it started and waited for

    @property
    def passed(self) -> bool:
        return self.status in (0, NOTHING_COLLECTED)

    def __str__(self) -> str:
        """Without a test that failed, the exit status says more: -11 is a crash, 3 an error of pytest."""
        failed = self.counts["failures"] + self.counts["errors"]
        state = "passed" if self.passed else "FAILED" if failed else f"FAILED with status {self.status}"
        return (
            f"{state}  {self.suite:<32} {self.counts['tests']:>5} tests {self.seconds:7.1f} s "
            f"{self.processor_seconds:7.1f} s of the processor"
        )


def split(path: str, durations: Mapping[str, float]) -> list[Suite]:
    """The suites of a folder: each test module is in one of them."""
    groups: dict[str, list[str]] = defaultdict(list)
    for module in sorted(Path(path).rglob("test_*.py")):
        shared = path in SHARED and re.search(SHARED[path], module.read_text("utf-8"))
        groups[shared[0] if shared else str(module)].append(str(module))
    groups = groups or {path: [path]}
    expected = {
        name: sum(durations.get(module, UNLISTED_SECONDS) for module in modules) for name, modules in groups.items()
    }
    count = math.ceil(sum(expected.values()) / PART_SECONDS.get(path, PART_SECONDS_OF_OTHERS))
    if min(count, len(groups)) < 2:
        return [Suite(path, [path], sum(expected.values()))]
    parts: list[Counter[str]] = [Counter() for _ in range(min(count, len(groups)))]
    for name in sorted(groups, key=expected.__getitem__, reverse=True):
        min(parts, key=Counter.total)[name] = expected[name]
    return [
        Suite(f"{path} {number}/{len(parts)}", sorted(module for name in part for module in groups[name]), part.total())
        for number, part in enumerate(parts, 1)
    ]


def run(suite: Suite, options: list[str]) -> Result:
    """Run one suite and print what pytest said."""
    began = time.monotonic()
    report = RESULTS / f"{suite.name.replace('/', '-').replace(' ', '-')}.xml"
    command = [sys.executable, "-m", "pytest", "-q", *suite.paths, f"--junitxml={report}", "-ojunit_family=xunit1"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pytest:
        said = "".join(pytest.stdout or ())
        _, status, usage = os.wait4(pytest.pid, 0)
        pytest.returncode = os.waitstatus_to_exitcode(status)
    result = Result(
        suite.name, pytest.returncode, *read(report), time.monotonic() - began, usage.ru_utime + usage.ru_stime
    )
    print("\n".join([f"\n=== {suite.name}", *(f"FAILED {test}" for test in result.failures), said]), flush=True)
    return result


def read(report: Path) -> tuple[Counter[str], dict[str, float], dict[str, str]]:
    """What a report of pytest counts, the seconds of each module, and what each failed test said."""
    counts: Counter[str] = Counter()
    modules: dict[str, float] = defaultdict(float)
    failures: dict[str, str] = {}
    if report.exists():
        tree = ElementTree.parse(report)  # noqa: S314 -- pytest wrote it a moment ago
        for element in tree.iter("testsuite"):
            counts.update({name: int(element.get(name, 0)) for name in COUNTED})
        for element in tree.iter("testcase"):
            modules[element.get("file", "")] += float(element.get("time", 0))
            for said in (*element.iter("failure"), *element.iter("error")):
                name = f"{element.get('file')}::{element.get('name')}"
                failures[name] = " ".join(said.get("message", "").split())[:MESSAGE]
    return counts, modules, failures


def record() -> None:
    """Write durations.json: the modules of the last run, and what it says of others that still exist."""
    durations = json.loads(DURATIONS.read_text())
    for report in RESULTS.glob("*.xml"):
        durations |= read(report)[1]
    kept = {path: round(seconds) for path, seconds in sorted(durations.items()) if round(seconds) > UNLISTED_SECONDS}
    DURATIONS.write_text(json.dumps({path: kept[path] for path in kept if _is_ours(path)}, indent=1) + "\n")


def _is_ours(path: str) -> bool:
    """A module of the project that still exists: a test that Hypothesis generates stands in that library."""
    return Path(path).exists() and not path.startswith(".venv/")


def main(arguments: list[str]) -> int:
    if arguments == ["--record"]:
        record()
        return 0
    at = arguments.index("--") if "--" in arguments else len(arguments)
    paths, options = arguments[:at], arguments[at + 1 :]
    RESULTS.mkdir(parents=True, exist_ok=True)
    for report in RESULTS.glob("*.xml"):
        report.unlink()
    started = time.monotonic()
    durations = json.loads(DURATIONS.read_text())
    suites = [suite for path in paths for suite in split(path, durations)]
    suites.sort(key=lambda suite: suite.expected_seconds, reverse=True)
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        results = list(pool.map(lambda suite: run(suite, options), suites))
    return sum_up(results, time.monotonic() - started)


def sum_up(results: list[Result], seconds: float) -> int:
    """Print a line for each suite, the slowest modules, each failure and the totals; returns the exit status."""
    print()
    for result in results:
        print(result)
    print("\nThe slowest modules")
    modules = [(took, module) for result in results for module, took in result.modules.items()]
    for took, module in sorted(modules, reverse=True)[:SLOWEST]:
        print(f"{took:8.1f} s  {module}")
    failures = [f"FAILED {name} - {said}" for result in results for name, said in result.failures.items()]
    if failures:
        print("", *failures, sep="\n")  # once more: where output is cut, it is in the middle
    totals = sum((result.counts for result in results), Counter[str]())
    failed = [result.suite for result in results if not result.passed]
    bad = totals["failures"] + totals["errors"]
    print(
        f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All passed'}: "
        f"{totals['tests']} tests, {totals['tests'] - bad - totals['skipped']} passed, {bad} failed, "
        f"{totals['skipped']} skipped in {seconds:.0f} s, "
        f"{sum(result.processor_seconds for result in results):.0f} s of the processor"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
