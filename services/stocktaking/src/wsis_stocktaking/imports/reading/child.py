"""Runs the reader of a file in a child process, and takes its rows in batches while it goes on reading."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from wsis_stocktaking.imports.reading import FileRefused
from wsis_stocktaking.imports.rules import About, Outcome

MAX_WAIT_SECONDS = 120.0
BATCH = 500
_PIPE_BYTES = 1 << 20  # a batch, so that the child reads on while the batch before is stored
_POLL_SECONDS = 0.005
_END_SECONDS = 10.0  # from the end of its output to that of the child

# What its limits of CPU time and memory do to the child: a library that gets no memory aborts, or faults. Any other
# end says nothing of the file: the machine had no time or no memory for it, or somebody ended it.
_OWN_LIMITS = (-signal.SIGXCPU, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS)


class ReaderBusy(Exception):
    """The file could not be read now: the child got no time, or was ended from outside. It may be read later."""


class Reader:
    """The lines of `python -m wsis_stocktaking.imports.reading` for the rows of a source behind `after`. `about`
    is what is known of the file. A context manager: the child ends with it."""

    def __init__(self, path: Path, encoding: str | None, after: int, source: str | None = None) -> None:
        self.about: About = {}
        self._is_late = False
        self._child = subprocess.Popen(
            [sys.executable, "-I", "-m", __package__, str(path), encoding or "", str(after), source or ""],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={},
            bufsize=0,
        )
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

    def batches(self, size: int = BATCH) -> Iterator[list[Outcome]]:
        """Outcomes of rows, so many at a time. Raises FileRefused where the file cannot be read further, after the
        rows before; ReaderBusy where that is not the file's doing."""
        batch: list[Outcome] = []
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
        if self._ended() in _OWN_LIMITS:
            raise FileRefused("expands")
        raise ReaderBusy

    def _ended(self) -> int | None:
        """The status of a child that has closed its output; None where it only was too slow."""
        until = time.monotonic() + _END_SECONDS
        while self._child.poll() is None and not self._is_late and time.monotonic() < until:
            time.sleep(_POLL_SECONDS)
        return self._child.returncode

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
        self._is_late = True
