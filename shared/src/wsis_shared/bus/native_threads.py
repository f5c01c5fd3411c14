"""Work that waits for the disk or for a name server, beside the greenlets of a service.

The store, the broker and sleeps let other greenlets run. These do not: whoever waits for `fsync` holds up the whole
process, votes and requests alike.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from eventlet import patcher, tpool

T = TypeVar("T")


def in_native_thread(work: Callable[[], T]) -> T:
    """Return what `work` returns, done in a thread of the operating system while other greenlets run. It must touch
    nothing that greenlets wait for: no store, no broker, no lock, no log."""
    # A command has no greenlets to hold up.
    result: T = tpool.execute(work) if patcher.is_monkey_patched("thread") else work()
    return result
