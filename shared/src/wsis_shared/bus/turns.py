"""Transactions that all write the same document take turns in a process.

Of those that run beside each other the store lets one commit, and each of the others runs again, some of them many
times. Those of other processes still meet: a conflict decides, as before.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from typing import TypeVar

from wsis_shared.context import Context
from wsis_shared.errors import Unavailable

T = TypeVar("T")

_turns: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


def in_turn(name: str, ctx: Context, work: Callable[[], T]) -> T:
    """Run `work` after those of this name that came before. Raises Unavailable where that takes longer than the caller
    waits: nothing has run then."""
    turn = _turns[name]
    if not turn.acquire(timeout=ctx.remaining(10.0)):
        raise Unavailable("suite.no_answer_in_time", retry_after=2)
    try:
        return work()
    finally:
        turn.release()
