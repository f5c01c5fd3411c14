"""What befalls those that lead while people vote: killed, frozen, cut off, stepped down; each with how it ends.

The bars are those of the same failures outside of containers: D14 and D22 (tests/faults).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import psutil
from pymongo import MongoClient
from pymongo.errors import AutoReconnect
from tests.rehearsal.engine import run
from tests.rehearsal.project import Project

Step = Callable[[], None]
CUT_SECONDS = 20  # longer than the others wait for a sign of life
_INTERFACE = "eth0"  # of a container: brokers and members of the store have one network each


@dataclass(frozen=True)
class Failure:
    """`who` says which container it is, `prepare` returns its beginning and its end, `seconds` later at least.
    `at_most`: seconds until the first good vote."""

    what: str
    who: Callable[[Project], str]
    prepare: Callable[[Project, str], tuple[Step, Step]]
    at_most: float
    seconds: float = 0.0


def _kill(project: Project, name: str) -> tuple[Step, Step]:
    """At once, as for want of memory: the container starts again by itself."""
    process = project.process(name)
    return lambda: os.kill(process, signal.SIGKILL), _nothing


def _freeze(project: Project, name: str) -> tuple[Step, Step]:
    first = psutil.Process(project.process(name))
    processes = [first, *first.children(recursive=True)]

    def begin() -> None:
        for process in processes:
            process.suspend()

    def end() -> None:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.resume()

    return begin, end


def _cut(project: Project, name: str) -> tuple[Step, Step]:
    """Without a word to those at the other ends."""
    link = ("nsenter", "-t", str(project.process(name)), "-n", "ip", "link", "set", _INTERFACE)
    return lambda: _run(*link, "down"), lambda: _run(*link, "up")


def _step_down(project: Project, _: str) -> tuple[Step, Step]:
    address = project.settings()["WSIS_MONGO_URI"]

    def begin() -> None:
        with MongoClient[dict[str, object]](address) as store, suppress(AutoReconnect):
            store.admin.command("replSetStepDown", 60, secondaryCatchUpPeriodSecs=10)

    return begin, _nothing


def _run(*command: str) -> None:
    run(*command)


def _nothing() -> None:
    """It ends by itself."""


FAILURES = (
    Failure("broker that leads the votes killed", Project.leader, _kill, at_most=10),
    Failure("broker that leads the votes frozen", Project.leader, _freeze, at_most=10, seconds=CUT_SECONDS),
    Failure("broker that leads the votes cut off", Project.leader, _cut, at_most=10, seconds=CUT_SECONDS),
    Failure("primary of the store killed", Project.primary, _kill, at_most=15),
    Failure("primary of the store frozen", Project.primary, _freeze, at_most=15, seconds=CUT_SECONDS),
    Failure("primary of the store stepped down", Project.primary, _step_down, at_most=15),
)
