"""Processor time that processes have used, in nanoseconds: what a request costs, however busy the machine is."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

_SCHEDULED = 2  # CPUCLOCK_SCHED of Linux: see clock_getcpuclockid(3)


def processes(variable: str, value: str) -> dict[int, str]:
    """Id -> name of each process that has `variable=value` in its environment."""
    wanted = f"\0{variable}={value}\0".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in b"\0" + (folder / "environ").read_bytes():
                found[int(folder.name)] = _name((folder / "cmdline").read_bytes().split(b"\0"))
        except OSError:
            continue  # it has ended, or belongs to somebody else
    return found


def _name(words: list[bytes]) -> str:
    """The program and its last argument, without folders and options: "python wsis_shared.serve voting"."""
    named = [word.decode(errors="replace") for word in words if word and not word.startswith((b"-", b"/"))]
    return " ".join(named)[-60:] or words[0].decode(errors="replace")


def used(pids: Mapping[int, str]) -> dict[int, int]:
    """Id -> nanoseconds of the processor, user and system, that a process has used with all of its threads."""
    found = {}
    for pid in pids:
        try:
            found[pid] = time.clock_gettime_ns(~pid << 3 | _SCHEDULED)
        except OSError:
            continue  # it has ended
    return found


class Meter:
    """Measures work of others. What processes do by themselves, heartbeats and polls, is measured first and does not
    count."""

    def __init__(self, pids: Mapping[int, str], seconds: float = 2.0) -> None:
        self._pids = pids
        before = used(pids)
        time.sleep(seconds)  # nothing is waited for: it is the time that is measured
        self._idle = {pid: (now - before[pid]) / 1e6 / seconds for pid, now in used(pids).items()}

    def cost(self, work: Callable[[], Any]) -> dict[str, float]:
        """Name -> milliseconds of the processor that the processes of this name used while `work` ran, beyond what they
        use in any case."""
        started, before = time.monotonic(), used(self._pids)
        work()
        after, seconds = used(self._pids), time.monotonic() - started
        found: dict[str, float] = {}
        for pid, now in after.items():
            name, idle = self._pids[pid], self._idle.get(pid, 0.0) * seconds
            found[name] = found.get(name, 0.0) + max(0.0, (now - before[pid]) / 1e6 - idle)
        return found
