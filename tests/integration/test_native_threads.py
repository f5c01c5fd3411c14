"""A wait for the disk in a service holds up no other greenlet."""

from __future__ import annotations

import subprocess
import sys

SERVICE = """\
import eventlet
eventlet.monkey_patch()

import os
from functools import partial

from eventlet.patcher import original
from wsis_shared.bus import in_native_thread

reading, writing = os.pipe()
eventlet.spawn(os.write, writing, b"another greenlet")
print(in_native_thread(partial(original("os").read, reading, 100)).decode())
"""


def test_other_greenlets_run_while_one_waits_for_the_operating_system() -> None:
    done = subprocess.run([sys.executable, "-c", SERVICE], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout.strip()) == (0, "another greenlet"), done.stderr[-500:]


def test_a_command_waits_itself() -> None:
    from wsis_shared.bus import in_native_thread

    assert in_native_thread(lambda: 7) == 7
