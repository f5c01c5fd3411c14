"""Run test suites one after another, each in a pytest process of its own, and sum up.

    .ci/suites.py FOLDER ... [-- options of pytest]

Separate processes, because services run on eventlet's patched standard library and the gateway on gevent's.
Exit status: 0 when all passed, 1 otherwise. The last line holds the totals.
"""

from __future__ import annotations

import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

RESULTS = Path(".run/test-results")
COUNTED = ("tests", "failures", "errors", "skipped")
NOTHING_COLLECTED = 5


def run(suite: str, options: list[str]) -> tuple[bool, Counter[str]]:
    """Run one folder; returns whether it passed, and its counts."""
    report = RESULTS / f"{suite.replace('/', '-')}.xml"
    report.unlink(missing_ok=True)
    print(f"\n=== {suite}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", suite, f"--junitxml={report}", *options]
    status = subprocess.run(command).returncode
    counts: Counter[str] = Counter()
    if report.exists():
        for element in ElementTree.parse(report).iter("testsuite"):  # noqa: S314 -- pytest wrote it a moment ago
            counts.update({name: int(element.get(name, 0)) for name in COUNTED})
    return status in (0, NOTHING_COLLECTED), counts


def main(arguments: list[str]) -> int:
    suites, options = arguments, []
    if "--" in arguments:
        at = arguments.index("--")
        suites, options = arguments[:at], arguments[at + 1 :]
    RESULTS.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    totals: Counter[str] = Counter()
    failed: list[str] = []
    rows: list[str] = []
    for suite in suites:
        began = time.monotonic()
        passed, counts = run(suite, options)
        totals += counts
        if not passed:
            failed.append(suite)
        verdict = "passed" if passed else "FAILED"
        rows.append(f"{verdict}  {suite:<28} {counts['tests']:>5} tests  {time.monotonic() - began:6.1f} s")
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
