"""Nobody is there: what the whole suite uses of the processor while it has nothing to do, and asks of its store.

Processor time is that of each program with its children, as a share of one core. A busy machine does not change it
much; it makes the suite settle later.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import psutil
from tests.load.figures import Figure
from wsis_local.stack import Stack
from wsis_shared.mongo_connection import connect

CORE_PERCENT, STORE_OPERATIONS = 8.0, 30.0  # bars: of everything together, and a second
SETTLING_SECONDS, SETTLED = 15.0, 0.1  # two spans in a row that differ by less are at rest
SPANS = 8  # at most
SHOWN = 12  # commands
OURS = {"serverStatus", "connectionStatus"}  # what the measurement asks


Rates = dict[str, float]


def run(folder: Path, *, seconds: int = 60) -> Iterator[Figure]:
    """Start the whole suite, wait until it is at rest, and measure."""
    with Stack(folder) as stack:
        used, commands = _span(stack, SETTLING_SECONDS)
        for _ in range(SPANS):
            before, (used, commands) = used, _span(stack, SETTLING_SECONDS)
            if abs(_sum(used) - _sum(before)) < SETTLED * _sum(used):
                break
        used, commands = _span(stack, seconds)
    for name, share in _most(used):
        yield Figure(f"processor, {name}", share, "% of a core")
    for name, rate in _most(commands)[:SHOWN]:
        yield Figure(f"store, {name}", rate, "a second")
    yield Figure("processor, all", _sum(used), "% of a core", at_most=CORE_PERCENT)
    yield Figure("store, all commands", _sum(commands), "a second", at_most=STORE_OPERATIONS)


def _span(stack: Stack, seconds: float) -> tuple[Rates, Rates]:
    """Percents of a core by program, and commands of the store a second, over so long."""
    began, used, commands = time.monotonic(), _used(stack), _commands(stack)
    time.sleep(seconds)  # nothing is waited for: it is the time that is measured
    lasted = time.monotonic() - began
    return (
        {name: 100 * (now - used.get(name, 0)) / lasted for name, now in _used(stack).items()},
        {name: (now - commands.get(name, 0)) / lasted for name, now in _commands(stack).items()},
    )


def _used(stack: Stack) -> Rates:
    """Seconds of the processor that each program has used, its children with it."""
    used = {}
    for name, pid in stack.pids().items():
        program = psutil.Process(pid)
        times = [process.cpu_times() for process in (program, *program.children(recursive=True))]
        used[name] = sum(each.user + each.system for each in times)
    return used


def _commands(stack: Stack) -> Rates:
    """Commands that the store has done since its start, by name; those of its clients' monitors with them."""
    with connect(stack.store.uri, stable=False) as client:
        found = client.admin.command("serverStatus")["metrics"]["commands"]
    return {name: counts["total"] for name, counts in found.items() if isinstance(counts, dict) and name not in OURS}


def _most(rates: Rates) -> list[tuple[str, float]]:
    return sorted(rates.items(), key=lambda item: -item[1])


def _sum(rates: Rates) -> float:
    return sum(rates.values())
