"""One mutant and its tests: a copy of its package with the change goes before the installed one, so that nothing in the
tree changes and two can run at once. pytest is forked from a process that has imported the libraries."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from inspect import getsource
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.mutants.changes import Change, changes_of
from tests.mutants.choice import WORD
from wsis_local.patience import Deadline

FOLDER = Path(".run/mutants")
SECONDS = {False: 90, True: 300}  # for the modules without servers, and for those with, of a quiet machine
TESTS = 40  # of a module with servers at most, the nearest first
KILLED, SURVIVED, TIMED_OUT = "killed", "survived", "timed out"


class Watch:
    """A plugin of pytest: the nearest tests first, and the test that failed is written to a file."""

    def __init__(self, report: Path, weights: Mapping[str, float], at_most: int) -> None:
        self._report, self._weights, self._at_most = report, weights, at_most

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        """Within each module; a module keeps its place."""
        modules: dict[Any, list[Any]] = {}
        for item in items:
            modules.setdefault(item.path, []).append(item)
        ranked = (sorted(found, key=self._distance)[: self._at_most] for found in modules.values())
        items[:] = [item for found in ranked for item in found]

    def _distance(self, item: Any) -> float:
        words = set(WORD.findall(getsource(item.function)))
        return -sum(weight for name, weight in self._weights.items() if name in words)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """The first failure."""
        if report.failed and not self._report.exists():
            found = {"test": report.nodeid, "error": report.longreprtext[-1500:]}
            self._report.write_text(json.dumps(found), "utf-8")

    def pytest_collectreport(self, report: Any) -> None:
        """A module that cannot be imported."""
        self.pytest_runtest_logreport(report)


def try_out(change: Change, pure: Sequence[Path], serving: Sequence[Path], weights: Mapping[str, float]) -> Any:
    """{"outcome", "test"}: the first test that fails with the change kills it."""
    work = FOLDER / f"work-{change.id}-{os.getpid()}"
    shutil.rmtree(work, ignore_errors=True)
    try:
        source = _write(change, work)
        result = {"outcome": SURVIVED, "test": ""}
        for tests, servers in ((pure, False), (serving, True)):
            if tests:
                result = _judge(tests, source, work, weights, servers)
                if result["outcome"] != SURVIVED:
                    break
        return result
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _judge(tests: Sequence[Path], source: Path, work: Path, weights: Mapping[str, float], servers: bool) -> Any:
    names, test, blameless = [str(path) for path in tests], "", list[str]()
    for _ in range(3):  # a time-out is no kill, nor is a failure that the machine or the order is to blame for
        found = _run([*names, *(f"--deselect={one}" for one in blameless)], source, work, weights, servers)
        if not found:
            return {"outcome": SURVIVED, "test": ""}
        test = found["test"]
        if "error" in found:
            if _is_due(test, source, work, weights, servers):
                return {"outcome": KILLED, "test": test}
            blameless.append(test)
    return {"outcome": TIMED_OUT, "test": test}


def _is_due(test: str, source: Path, work: Path, weights: Mapping[str, float], servers: bool) -> bool:
    """Does this test fail again with the change, and pass without it?"""
    again = _run([test], source, work, weights, servers)
    return "error" in again and not _run([test], None, work, weights, servers)


def _write(change: Change, work: Path) -> Path:
    """A copy of the package with the change; returns the folder that goes on the path."""
    at = change.path.parts.index("src") + 1
    package = Path(*change.path.parts[: at + 1])
    shutil.copytree(package, work / "src" / package.name)  # with its .pyc files: the times are kept
    tree = ast.parse(change.path.read_text("utf-8"))
    next(found for found in changes_of(change.path, tree) if found.id == change.id).apply()
    mutated = work / "src" / Path(*change.path.parts[at:])
    mutated.write_text(ast.unparse(ast.fix_missing_locations(tree)) + "\n", "utf-8")
    return (work / "src").absolute()


def _run(tests: list[str], source: Path | None, work: Path, weights: Mapping[str, float], servers: bool) -> Any:
    """{} where all tests pass, else the test that failed and its error; without one where the time was up."""
    report = (work / "report.json").absolute()
    report.unlink(missing_ok=True)
    child = os.fork()
    if child == 0:
        _be_pytest(tests, source, work, Watch(report, weights, TESTS if servers else sys.maxsize))
    if not _wait(child, SECONDS[servers]):
        return {"test": tests[0]}
    return json.loads(report.read_text("utf-8")) if report.exists() else {}


def _be_pytest(tests: list[str], source: Path | None, work: Path, watch: Watch) -> None:
    status = 70
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        output = os.open(work / "output", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(output, 1)
        os.dup2(output, 2)
        if source:
            sys.path.insert(0, str(source))
            os.environ["PYTHONPATH"] = str(source)
        status = pytest.main(["-xq", "-p", "no:cacheprovider", *tests], plugins=[watch])
    finally:
        os._exit(int(status))


def _wait(child: int, seconds: float) -> bool:
    """Did it end in time? If not, it is given time to end its services, then killed with all that it started. The time
    moves with the load, as all that tests wait for does."""
    deadline, number = Deadline(seconds), None
    while True:
        if os.waitpid(child, os.WNOHANG)[0]:
            return number is None
        if deadline.passed:
            family = psutil.Process(child).children(recursive=True)
            number = signal.SIGINT if number is None else signal.SIGKILL
            os.kill(child, number)
            if number == signal.SIGKILL:
                for process in family:
                    try:
                        process.kill()
                    except psutil.NoSuchProcess:
                        pass
            deadline = Deadline(20)
        time.sleep(0.02)
