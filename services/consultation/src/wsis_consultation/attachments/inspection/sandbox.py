"""Runs the inspection in a child process: what crashes, hangs or fills its memory there harms no request."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable

from wsis_shared.context import Context
from wsis_shared.places import Places

from wsis_consultation.attachments import errors

SECONDS = 8.0  # of a child, below the timeout of its routes: a busy machine gives it its processor time late
AT_A_TIME = 2  # children of a process
MAX_WAIT = 1.0  # seconds that a file waits for its turn: it holds one of the workers, which reads need too
MAX_WORKERS = 8  # of a process (20) that have a file, those that wait included

# How the limits of a child end it: of the processor, of the memory and of the stack.
_OWN_LIMITS = (signal.SIGXCPU, signal.SIGABRT, signal.SIGSEGV)

_workers = Places(MAX_WORKERS, own=MAX_WORKERS // 2, busy=errors.busy)
_children = Places(AT_A_TIME, own=1, busy=errors.busy)


def refusal(ctx: Context, chunks: Iterable[bytes], media_type: str) -> str | None:
    """The reason for which a file is refused, a key of `attachments.errors.REASONS`; None: accepted. Raises Unavailable
    where others, or the sender's own files, are inspected for longer than it may wait, or the machine is busy."""
    sender = ctx.actor, ctx.network
    with _workers.take(*sender), _children.take(*sender, seconds=ctx.remaining(MAX_WAIT)):
        return _inspected(chunks, media_type, ctx.remaining(SECONDS))


def _inspected(chunks: Iterable[bytes], media_type: str, seconds: float) -> str | None:
    with tempfile.NamedTemporaryFile(prefix="wsis-attachment-") as file:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        outcome = _run([sys.executable, "-I", "-m", __package__, file.name, media_type], seconds)
    return None if outcome == "accepted" else outcome


def _run(command: list[str], seconds: float) -> str:
    """What it prints; "expands" where its own limits end it. Raises Unavailable where anything else does, or it takes
    too long: that says something of the machine, not of the file. Polls, so that other requests go on meanwhile."""
    until = time.monotonic() + seconds
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd="/", env={}
    ) as child:
        while child.poll() is None:
            if time.monotonic() > until:
                child.kill()
                break
            time.sleep(0.02)
        child.wait()
        output = child.stdout.read(64).decode("ascii", "replace") if child.stdout else ""
    if -child.returncode in _OWN_LIMITS:
        return "expands"
    if child.returncode or not output:
        raise errors.busy()
    return output
