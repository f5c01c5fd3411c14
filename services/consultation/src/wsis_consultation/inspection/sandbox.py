"""Runs the inspection in a child process: what crashes, hangs or fills its memory there harms no request."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable

SECONDS = 6.0
AT_A_TIME = 2  # children of a process; further uploads wait

_slots = threading.BoundedSemaphore(AT_A_TIME)


def refusal(chunks: Iterable[bytes], media_type: str) -> str | None:
    """The reason for which a file is refused, a key of `errors.attachments.REASONS`; None: accepted."""
    with tempfile.NamedTemporaryFile(prefix="wsis-attachment-") as file, _slots:
        for chunk in chunks:
            file.write(chunk)
        file.flush()
        outcome = _run([sys.executable, "-I", "-m", __package__, file.name, media_type])
    return None if outcome == "accepted" else outcome


def _run(command: list[str]) -> str:
    """What it prints; "expands" where it does not end well in time. Polls, so that other requests go on meanwhile."""
    until = time.monotonic() + SECONDS
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
    return output if child.returncode == 0 and output else "expands"
