"""A process ends by the second signal and by the limit, whoever reads its standard error, or does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest
from wsis_local.patience import factor
from wsis_shared.stopping import CUT_SHORT
from wsis_testkit import wait_for

# As `serve` does: eventlet replaces what reads and writes, and the main thread is in its hub.
PROGRAM = """
import sys
import eventlet
from wsis_shared import stopping
eventlet.monkey_patch()
stopping.on_signals(float(sys.argv[1]), lambda _: None)
print("ready", flush=True)
while True:  # a signal just before the hub waits wakes nothing: `serve` has a pipe for it
    eventlet.sleep(0.1)
"""
SERVED = """
import os
from wsis_shared import serve
import eventlet
class Container:
    def stop(self):
        os._exit(0)
serve._stop_at_signal(Container(), 600)
print("ready", flush=True)
eventlet.sleep(600)
"""
# The main thread takes no signal: another one gets it.
ELSEWHERE = """
import signal
from eventlet import patcher
patcher.original("_thread").start_new_thread(patcher.original("time").sleep, (600,))
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
"""
READERS = ("reads", "gone", "hangs")


@pytest.fixture(params=READERS)
def standard_error(request: pytest.FixtureRequest) -> Iterator[int]:
    read, write = os.pipe()
    if request.param == "gone":
        os.close(read)
    if request.param == "hangs":
        os.set_blocking(write, False)
        os.write(write, bytes(1 << 20))  # as much as it takes
        os.set_blocking(write, True)
    yield write
    os.close(write)
    if request.param != "gone":
        os.close(read)


def _started(seconds: float, standard_error: int, program: str = PROGRAM) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", program, str(seconds)], stdout=subprocess.PIPE, stderr=standard_error
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    return process


def _ends(process: subprocess.Popen[bytes]) -> int:
    try:
        return process.wait(10 * factor())
    finally:
        process.kill()
        process.communicate()


def test_the_second_signal_ends_it(standard_error: int) -> None:
    process = _started(600, standard_error)

    def ended() -> bool:
        process.send_signal(signal.SIGTERM)
        return process.poll() is not None

    try:
        wait_for(ended, 10)
    finally:
        assert _ends(process) == CUT_SHORT


def test_the_limit_ends_it(standard_error: int) -> None:
    process = _started(0.1, standard_error)
    process.send_signal(signal.SIGTERM)
    assert _ends(process) == CUT_SHORT


@pytest.mark.parametrize("program", [SERVED, ELSEWHERE + SERVED], ids=["here", "elsewhere"])
def test_a_stop_begins_while_nothing_else_is_due(program: str) -> None:
    process = _started(600, subprocess.DEVNULL, program)
    process.send_signal(signal.SIGTERM)
    assert _ends(process) == 0
