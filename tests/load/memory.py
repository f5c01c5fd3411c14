"""Resident memory of the suite's own processes, on a suite that has just played the demo."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
from tests.load.figures import Figure, NotMeasured
from tests.load.ground import WITHOUT_LIMITS
from wsis_local.stack import Stack
from wsis_local.up import FOR_THE_DEMO
from wsis_shared.plugin import discover

BAR = 150.0
MEGABYTE = 1_000_000


def processes(stack: Stack) -> Iterator[tuple[str, psutil.Process]]:
    """Each process of a service or of the gateway, by name."""
    own = {"gateway", *(plugin.name for plugin in discover())}
    for name, pid in sorted(stack.pids().items()):
        if name.rpartition("-")[0] not in own and name not in own:
            continue
        master = psutil.Process(pid)
        for number, process in enumerate([master, *master.children(recursive=True)]):
            yield f"{name} worker {number}" if number else name, process


def resident(stack: Stack) -> Iterator[Figure]:
    """One figure for each of them: its resident memory, shared pages and all."""
    for name, process in processes(stack):
        yield Figure(f"memory of {name}", process.memory_info().rss / MEGABYTE, "MB", at_most=BAR)


def written(process: psutil.Process) -> int:
    """Bytes that no other process shares and no file holds; in swap too."""
    return sum(part.private_dirty + part.swap for part in process.memory_maps())


def run(folder: Path) -> Iterator[Figure]:
    """Start the whole suite, play the small demo against it, measure."""
    environ = {**os.environ, **FOR_THE_DEMO, **WITHOUT_LIMITS, "WSIS_VOTING_GRACE_SECONDS": "2"}
    with Stack(folder, environ=environ) as stack:
        wsis = str(Path(sys.executable).with_name("wsis"))
        played = subprocess.run([wsis, "demo"], env=stack.environment(), capture_output=True, text=True)
        if played.returncode:
            said = (played.stderr or played.stdout).strip().splitlines() or [""]
            raise NotMeasured(f"the demo failed: {said[-1]}")
        yield from resident(stack)
