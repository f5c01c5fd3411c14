"""How a process stops: at the first signal in good order and within a limit, at the second at once.

Whatever hangs, the process ends: a thread of the operating system keeps the limit. The system then closes the
connections, and the broker delivers to others what was not acknowledged.

`serve` imports this module before eventlet patches: what it imports by name is the system's own.
"""

from __future__ import annotations

import signal
from _thread import allocate_lock, start_new_thread
from collections.abc import Callable
from os import _exit, write
from time import sleep

SIGNALS = (signal.SIGTERM, signal.SIGINT)
CUT_SHORT = 3  # exit status: a further signal, or the limit, has ended a stop
SPARE_SECONDS = 5.0  # by which the grace period of whoever kills is longer than WSIS_STOP_SECONDS
SAID_SECONDS = 1.0  # within which standard error takes the reason


def on_signals(seconds: float, begin: Callable[[int], object], before_end: Callable[[], object] = lambda: None) -> None:
    """Call `begin(signal)` in the main thread at the first of SIGNALS. Where a second one comes, or `seconds` have
    passed, call `before_end` and end this process with the status CUT_SHORT."""
    received = 0

    def end(reason: str) -> None:
        try:
            _say(b'{"event": "stop cut short", "reason": "%s", "level": "error"}\n' % reason.encode())
            before_end()
        finally:
            _exit(CUT_SHORT)

    def keep_limit() -> None:
        sleep(seconds)
        end(f"not done within {seconds:.0f} s")

    def handle(number: int, _frame: object) -> None:
        nonlocal received
        received += 1
        if received == 1:
            start_new_thread(keep_limit, ())
            begin(number)
        elif received == 2:  # the end is under way where more come
            end("a further signal")

    for number in SIGNALS:
        signal.signal(number, handle)


def _say(line: bytes) -> None:
    """Not by the log: what hangs may hold its lock. And by a thread: who reads standard error may hang as well."""
    said = allocate_lock()
    said.acquire()

    def say() -> None:
        try:
            write(2, line)
        except OSError:
            pass  # nobody reads it
        finally:
            said.release()

    start_new_thread(say, ())
    said.acquire(timeout=SAID_SECONDS)
