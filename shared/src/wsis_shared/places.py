"""Places: how much of one kind of dear work goes on in a process, and how much of it is for one sender.

Nobody who sends much, or slowly, takes the places of all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Lock

from wsis_shared.context import Actor
from wsis_shared.errors import Unavailable


class Places:
    """`total` places in this process, of which an account or a network has at most `own`, and all networks without a
    sign-in at most half. Threads and greenlets may share it; `busy` makes the refusal."""

    def __init__(self, total: int, *, own: int, busy: Callable[[], Unavailable]) -> None:
        self._total, self._own, self._strangers = total, max(1, own), max(1, total // 2)
        self._busy, self._taken, self._changed = busy, Counter[str](), Condition(Lock())

    @contextmanager
    def take(self, actor: Actor, network: str | None, *, seconds: float = 0.0) -> Iterator[None]:
        """One of them, which may be free only in some seconds. Raises Unavailable."""
        own = {f"a:{actor.id}": self._own} if actor.known else {f"n:{network}": self._own, "strangers": self._strangers}
        shares = {"all": self._total, **own}
        with self._changed:
            if not self._changed.wait_for(
                lambda: all(self._taken[name] < most for name, most in shares.items()), seconds
            ):
                raise self._busy()
            self._taken.update(shares.keys())
        try:
            yield
        finally:
            with self._changed:
                self._taken.subtract(shares.keys())
                self._taken = +self._taken
                self._changed.notify_all()
