"""What waits for several services waits for all of them at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

import gevent

T = TypeVar("T")


def at_once(acts: Sequence[Callable[[], T]]) -> list[T]:
    """The results, in the order of the acts. Raises the first error in that order, after all have ended."""
    if len(acts) < 2:
        return [act() for act in acts]
    running = [gevent.spawn(_outcome, act) for act in acts]
    try:
        gevent.joinall(running)
        outcomes = [each.get() for each in running]  # what is no Exception, as a time-out of gevent, is raised here
    finally:
        gevent.killall(running, block=False)
    results = []
    for result, error in outcomes:
        if error is not None:
            raise error
        results.append(result)
    return results


def _outcome(act: Callable[[], T]) -> tuple[T | None, Exception | None]:
    """An error is a result, as gevent logs those that it catches itself."""
    try:
        return act(), None
    except Exception as error:  # noqa: BLE001 -- it is raised where the results are taken
        return None, error
