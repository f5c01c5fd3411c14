"""The child process that draws: it loads typst and looks for the fonts once, and stays."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable

from wsis_shared.child_process import ChildProcess
from wsis_shared.json_types import Input
from wsis_shared.rendering import RenderingFailed

Chart = Input

MEDIA_TYPES = {"svg": "image/svg+xml", "png": "image/png"}
SECONDS = 60.0  # for one chart on a busy host; the first one also loads typst
MEGABYTES = 1000  # of address space
MAX_WAITING = 8  # charts that may wait for the child
MAX_DRAWN = 500  # charts, after which another child takes over: what it may have leaked goes with it


class ChartFailed(RenderingFailed):
    """No chart: the child ended, took too long, or too many charts wait. The text is for the log."""


class ChartProcess:
    """Draws one chart at a time in a child process. Threads and greenlets may share it."""

    def __init__(self, *, seconds: float = SECONDS, max_waiting: int = MAX_WAITING) -> None:
        self._seconds, self._max_waiting = seconds, max_waiting
        self._lock = threading.Lock()
        self._waiting = 0
        self._child: ChildProcess | None = None
        self._drawn = 0

    def draw(self, chart: Chart, formats: Iterable[str] = ("svg", "png")) -> dict[str, bytes]:
        """The chart in these formats. Raises ChartFailed, ValueError for a chart that is none."""
        if self._waiting >= self._max_waiting:
            raise ChartFailed(f"{self._waiting} charts wait already")
        request = json.dumps({"chart": chart, "formats": list(formats)}, ensure_ascii=False).encode()
        self._waiting += 1
        try:
            with self._lock:
                return self._ask(request)
        finally:
            self._waiting -= 1

    @property
    def pid(self) -> int | None:
        """The child's, while it lives."""
        return self._child.pid if self._child is not None else None

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._end()

    def _ask(self, request: bytes) -> dict[str, bytes]:
        child = self._living()
        try:
            child.send(request)
            header = json.loads(child.receive())
            files = {name: child.receive() for name in header["formats"]}
        except (OSError, ValueError) as error:
            self._end()
            raise ChartFailed(f"{type(error).__name__}: {error}") from error
        except BaseException:  # the caller's time is over: the answer would be taken for that of the next chart
            self._end()
            raise
        self._drawn += 1
        if self._drawn >= MAX_DRAWN:
            self._end()
        if "error" in header:
            raise ValueError(header["error"])
        return files

    def _living(self) -> ChildProcess:
        if self._child is None or self._child.pid is None:
            self._end()
            self._child, self._drawn = ChildProcess(__package__ or "", seconds=self._seconds), 0
        return self._child

    def _end(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.end()


_shared = ChartProcess()


def draw(chart: Chart, formats: Iterable[str] = ("svg", "png")) -> dict[str, bytes]:
    """The chart in these formats, drawn by the child of this process. Raises ChartFailed, ValueError for a chart that
    is none."""
    return _shared.draw(chart, formats)
