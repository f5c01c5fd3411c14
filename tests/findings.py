"""`python -m tests.findings LIST [WORD ...]`: run the tests of each finding of a list, and print the table.

A list is a YAML file of rows `{finding, attack or promise, tests, figures, open}`: `tests` fail if what was found
happens again, `figures` names the command that prints what depends on the machine, `open` says what nothing shows. With
words, of the rows alone whose name begins with one of them.
Exit status: 0 when all tests passed, 1 otherwise. The last line holds the totals.
"""

from __future__ import annotations

import runpy
import sys
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
STATES = ("held", "open", "NOT HELD")


def findings_of(list_: Path, words: Iterable[str] = ()) -> list[dict[str, Any]]:
    """The rows of a list, or those whose names begin with one of the words."""
    rows: list[dict[str, Any]] = yaml.safe_load(list_.read_text("utf-8"))
    return [row for row in rows if row["finding"].startswith(tuple(words) or "")]


def run(name: str, findings: list[dict[str, Any]]) -> bool:
    """Run the tests of each finding, one process of pytest for each folder of tests, and print what became of it."""
    passed = _passed(name, {test for finding in findings for test in finding["tests"]})
    states = [
        "NOT HELD" if not all(passed[test] for test in finding["tests"]) else "open" if "open" in finding else "held"
        for finding in findings
    ]
    print(f"\n{'finding':<22}{'':<11}what, and the tests of it")
    for finding, state in zip(findings, states, strict=True):
        print(f"{finding['finding']:<22}{state:<11}{finding.get('attack') or finding['promise']}")
        lines = [*finding["tests"], *(f"{name}: {finding[name]}" for name in ("figures", "open") if name in finding)]
        print("".join(f"{'':33}{line}\n" for line in lines), end="")
    print(f"{name}: {len(states)} findings, " + ", ".join(f"{states.count(state)} {state}" for state in STATES))
    return "NOT HELD" not in states


def _passed(name: str, tests: set[str]) -> dict[str, bool]:
    folders: dict[str, set[str]] = defaultdict(set)
    for test in tests:
        folders[test.partition("/tests/")[0] if "/tests/" in test else "/".join(test.split("/")[:2])].add(test)
    suites = runpy.run_path(str(ROOT / ".ci/suites.py"))
    passed: dict[str, bool] = {}
    for folder, some in sorted(folders.items()):
        result = suites["run"](suites["Suite"](f"{name}/{folder}", sorted(some, key=_place), 0), [])
        passed.update(dict.fromkeys(some, result.passed))
        if not result.passed:
            passed.update(_each(ROOT / ".run/test-results" / f"{name}-{folder.replace('/', '-')}.xml", some))
    return passed


def _place(test: str) -> tuple[str, int]:
    """Its file, and where it stands there: tests of a module may follow on each other."""
    path, _, name = test.partition("::")
    return path, (ROOT / path).read_text("utf-8").find(f"def {name}(")


def _each(report: Path, tests: set[str]) -> dict[str, bool]:
    """Which of the tests passed, by pytest's report."""
    failed = [
        f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '').partition('[')[0]}"
        for case in ElementTree.parse(report).iter("testcase")
        if case.find("failure") is not None or case.find("error") is not None
    ]
    return {test: not any(name == test or name.startswith(f"{test}::") for name in failed) for test in tests}


if __name__ == "__main__":
    chosen = Path(sys.argv[1])
    sys.exit(0 if run(chosen.stem, findings_of(chosen, sys.argv[2:])) else 1)
