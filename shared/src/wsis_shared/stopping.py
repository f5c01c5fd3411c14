"""How a process stops: at the first signal in good order and within a limit, at the second at once.

Whatever hangs, the process ends: a thread of the operating system keeps the limit. The system then closes the
connections, and the broker delivers to others what was not acknowledged.

This module imports nothing that eventlet patches later, and `serve` imports it before eventlet patches.
"""

from __future__ import annotations

import os
import signal
from _thread import start_new_thread
from collections.abc import Callable
from time import sleep

SIGNALS = (signal.SIGTERM, signal.SIGINT)
CUT_SHORT = 3  # exit status: a further signal, or the limit, has ended a stop
SPARE_SECONDS = 5.0  # by which the grace period of whoever kills is longer than WSIS_STOP_SECONDS


def on_signals(seconds: float, begin: Callable[[int], object], before_end: Callable[[], object] = lambda: None) -> None:
    """Call `begin(signal)` in the main thread at the first of SIGNALS. Where a second one comes, or `seconds` have
    passed, call `before_end` and end this process with the status CUT_SHORT."""
    begun = False

    def end(reason: str) -> None:
        # Not by the log: what hangs may hold its lock.
        os.write(2, b'{"event": "stop cut short", "reason": "%s", "level": "error"}\n' % reason.encode())
        try:
            before_end()
        finally:
            os._exit(CUT_SHORT)

    def keep_limit() -> None:
        sleep(seconds)
        end(f"not done within {seconds:.0f} s")

    def handle(number: int, _frame: object) -> None:
        nonlocal begun
        if begun:
            end("a further signal")
        begun = True
        start_new_thread(keep_limit, ())
        begin(number)

    for number in SIGNALS:
        signal.signal(number, handle)
