"""Runs the reader of a file in a child process, and takes its rows in batches while it goes on reading."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from wsis_stocktaking.importing import FileRefused

MAX_WAIT_SECONDS = 120.0
BATCH = 500
_PIPE_BYTES = 1 << 20  # a batch, so that the child reads on while the batch before is stored
_POLL_SECONDS = 0.005


class Reader:
    """The lines of `python -m wsis_stocktaking.importing` for the rows behind the row `after`. `about` is what is known
    of the file. A context manager: the child ends with it."""

    def __init__(self, path: Path, encoding: str | None, after: int) -> None:
        self.about: dict[str, Any] = {}
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-m", __package__, str(path), encoding or "", str(after)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/", env={}, bufsize=0,
        )  # fmt: skip
        self._stdout = cast("IO[bytes]", self._child.stdout)
        self._pipe = self._stdout.fileno()
        os.set_blocking(self._pipe, False)
        with contextlib.suppress(OSError):  # the system may allow less
            fcntl.fcntl(self._pipe, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        while self._child.poll() is None:
            time.sleep(_POLL_SECONDS)
        self._stdout.close()

    def batches(self, size: int = BATCH) -> Iterator[list[dict[str, Any]]]:
        """Outcomes of rows, so many at a time. Raises FileRefused where the file cannot be read further, after the
        rows before."""
        batch: list[dict[str, Any]] = []
        for line in self._lines():
            found = json.loads(line)
            if "row" in found:
                batch.append(found)
            elif "about" in found or "end" in found:
                self.about = found.get("about") or found["end"]
            else:
                if batch:
                    yield batch
                raise FileRefused(found["reason"], text=found["refused"])
            if len(batch) >= size or "end" in found:
                yield batch
                batch = []
            if "end" in found:
                return
        raise FileRefused("expands")  # its limits have ended it

    def _lines(self) -> Iterator[bytes]:
        rest, until = b"", time.monotonic() + MAX_WAIT_SECONDS
        while time.monotonic() < until:
            try:
                chunk = os.read(self._pipe, _PIPE_BYTES)
            except BlockingIOError:
                time.sleep(_POLL_SECONDS)
                continue
            if not chunk:
                return
            until = time.monotonic() + MAX_WAIT_SECONDS
            *lines, rest = (rest + chunk).split(b"\n")
            yield from lines
