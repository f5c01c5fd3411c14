"""The access log: one JSON line for each answer, on standard error.

Not through logging, whose record costs more than all the rest of an answer from memory; and many lines in one write,
since the system call is the larger part of what is left.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Mapping
from typing import Any

SECONDS = 0.05  # that a line may wait for others


class AccessLog:
    """Gathers lines and writes them from a thread of its own."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._some, self._open = threading.Event(), True
        self._thread = threading.Thread(target=self._run, name="access-log", daemon=True)
        self._thread.start()

    def write(self, line: Mapping[str, Any]) -> None:
        """Keep a line for the next write."""
        self._lines.append(json.dumps(line))
        self._some.set()

    def close(self) -> None:
        """Write what is kept, and end."""
        self._open = False
        self._some.set()
        self._thread.join(timeout=3)

    def _run(self) -> None:
        while self._open or self._lines:
            self._some.wait()
            if self._open:
                time.sleep(SECONDS)
            self._some.clear()
            lines, self._lines = self._lines, []
            if lines:
                sys.stderr.write("\n".join(lines) + "\n")
                sys.stderr.flush()
