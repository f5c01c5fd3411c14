"""Where a stack that nobody keeps has its data."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

NEEDED_BYTES = 8 << 30  # a whole run of the tests writes some 2 GB, and its processes need as much again
MEMORY = Path("/dev/shm")  # noqa: S108 -- a folder of random name is made in it


def folder() -> tempfile.TemporaryDirectory[str]:
    """In memory where there is room: on disk, each write that broker and store confirm waits for it. In tests
    processes die, and the machine does not."""
    return tempfile.TemporaryDirectory(prefix="wsis-", dir=MEMORY if _has_room(MEMORY) else None)


def _has_room(memory: Path) -> bool:
    if not os.access(memory, os.W_OK):
        return False
    room = os.statvfs(memory)
    available = re.search(r"^MemAvailable: +(\d+) kB$", Path("/proc/meminfo").read_text("ascii"), re.MULTILINE)
    return available is not None and min(room.f_bavail * room.f_frsize, int(available[1]) << 10) > NEEDED_BYTES
