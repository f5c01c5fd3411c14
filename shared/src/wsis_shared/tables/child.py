"""A module that reads a file in a child process, with limits: it gets a request as JSON and prints JSON lines.

The lines are {"about": what is known of the file}, rows, and {"end": what is known then}; or {"refused": message,
"reason": code} where it stops.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Generic, Self, TypeVar, cast

from wsis_shared.json_types import Input, JsonObject
from wsis_shared.tables import TableRefused

MAX_WAIT_SECONDS = 120.0
BATCH, BATCH_BYTES = 500, 8 << 20
"""Rows at a time at most, and of how many bytes: a small file may name one huge text in each of its cells."""
MAX_LINE = 4 << 20  # bytes of a row, and of what is known of a file
MEMORY_BYTES, CPU_SECONDS, OPEN_FILES = 1024 * 1024 * 1024, 900, 64
_GRACE = 5  # seconds of CPU: at the soft limit a signal says which limit it was, at the hard one SIGKILL says nothing
_PIPE_BYTES = 1 << 20  # a batch, so that the child reads on while the batch before is stored
_POLL_SECONDS = 0.005
_END_SECONDS = 10.0  # from the end of its output to that of the child

# What its limits of CPU time and memory do to the child: a library that gets no memory aborts, or faults. Another
# end says nothing of the file: the machine had no time or no memory for it, or somebody ended it.
_OWN_LIMITS = (-signal.SIGXCPU, -signal.SIGABRT, -signal.SIGSEGV, -signal.SIGBUS)

R_co = TypeVar("R_co", bound=Mapping[str, object], covariant=True)


class ReaderBusy(Exception):
    """The file could not be read now: the child got no time, or was ended from outside. It may be read later."""


class Reader(Generic[R_co]):
    """The rows that a module prints for a request. `about` is what is known of the file. A context manager: the child
    ends with it."""

    def __init__(self, module: str, request: JsonObject) -> None:
        self.about: Mapping[str, object] = {}
        self._is_late = False
        with tempfile.TemporaryFile() as given:  # arguments have a limit, and a pipe waits for its reader
            given.write(json.dumps(request).encode())
            given.seek(0)
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-m", module],
                stdin=given,
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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._child.kill()
        while self._child.poll() is None:
            time.sleep(_POLL_SECONDS)
        self._stdout.close()

    def batches(self, size: int = BATCH) -> Iterator[list[R_co]]:
        """Rows, so many at a time. Raises TableRefused where the file cannot be read further, after the rows before;
        ReaderBusy where that is not the file's doing."""
        batch: list[R_co] = []
        weight = 0
        for line in self._lines():
            found, weight = json.loads(line), weight + len(line)
            if "row" in found:
                batch.append(found)
            elif "about" in found or "end" in found:
                self.about = found.get("about") or found["end"]
            else:
                if batch:
                    yield batch
                raise TableRefused(found["reason"], text=found["refused"])
            if len(batch) >= size or weight >= BATCH_BYTES or "end" in found:
                yield batch
                batch, weight = [], 0
            if "end" in found:
                return
        if self._ended() in _OWN_LIMITS:
            raise TableRefused("expands")
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
            if len(rest) > MAX_LINE:
                yield json.dumps(_refusal(TableRefused("expands"))).encode()
                return
        self._is_late = True


# -- in the child ------------------------------------------------------------------------------------------------------


def serve(read: Callable[[Input], Iterator[Mapping[str, object]]]) -> None:
    """The main function of such a module: what `read` gives for the request, within the limits. They hold from before
    the first byte of the file is read."""
    for what, limit, hard in (
        (resource.RLIMIT_AS, MEMORY_BYTES, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_SECONDS, CPU_SECONDS + _GRACE),
        (resource.RLIMIT_NOFILE, OPEN_FILES, OPEN_FILES),
        (resource.RLIMIT_FSIZE, 0, 0),  # it writes no file
        (resource.RLIMIT_CORE, 0, 0),
    ):
        resource.setrlimit(what, (limit, hard))
    os.nice(5)  # requests come first
    gc.freeze()
    gc.set_threshold(100_000)  # rows have no cycles
    request = json.load(sys.stdin)
    with os.fdopen(1, "w", encoding="utf-8", buffering=1 << 16) as out:
        for line in refusing(read, request):
            out.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")


def refusing(read: Callable[[Input], Iterator[Mapping[str, object]]], request: Input) -> Iterator[Mapping[str, object]]:
    """The lines, with one for a refusal of the file."""
    try:
        yield from read(request)
    except TableRefused as refused:
        yield _refusal(refused)
    except (MemoryError, RecursionError):
        yield _refusal(TableRefused("expands"))


def _refusal(refused: TableRefused) -> dict[str, str]:
    return {"refused": str(refused), "reason": refused.reason}
