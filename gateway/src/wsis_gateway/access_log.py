"""The access log: one JSON line per response, on standard error.

It does not use `logging`: a log record costs more than the rest of a cache hit. One write carries many lines, because
the system call is most of the remaining cost.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Mapping

FLUSH_INTERVAL = 0.05  # seconds that a line waits, so that one write carries many


class AccessLog:
    """Buffers lines and writes them from a background thread."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._pending, self._running = threading.Event(), True
        self._thread = threading.Thread(target=self._run, name="access-log", daemon=True)
        self._thread.start()

    def write(self, line: Mapping[str, object]) -> None:
        """Add a line to the next write."""
        self._lines.append(json.dumps(line))
        self._pending.set()

    def close(self) -> None:
        """Flush the buffer and stop the thread."""
        self._running = False
        self._pending.set()
        self._thread.join(timeout=3)

    def _run(self) -> None:
        while self._running or self._lines:
            self._pending.wait()
            if self._running:
                time.sleep(FLUSH_INTERVAL)
            self._pending.clear()
            lines, self._lines = self._lines, []
            if lines:
                sys.stderr.write("\n".join(lines) + "\n")
                sys.stderr.flush()
