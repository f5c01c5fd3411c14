"""Timers: methods that are called again and again, most of them in one process of the service at a time."""

from __future__ import annotations

import functools
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import eventlet
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import register_entrypoint
from pymongo.errors import PyMongoError
from wsis_shared import context
from wsis_shared.bus.entrypoints import F, Handler
from wsis_shared.bus.instrumentation import instrumented
from wsis_shared.bus.pools import Finished, Raised
from wsis_shared.lease import Lease

if TYPE_CHECKING:
    from wsis_shared.bus.service import Service

_log = logging.getLogger(__name__)


class Every(Handler):
    """A timer. A `singleton` runs only in the process that holds its lease."""

    def __init__(self, seconds: float, singleton: bool, **kwargs: object) -> None:
        self.seconds, self.singleton = seconds, singleton
        self._stop = threading.Event()
        super().__init__(**kwargs)

    def start(self) -> None:
        """Start the timer."""
        self.container.spawn_managed_thread(self._run, identifier=f"every {self.method_name}")

    def stop(self) -> None:
        """Stop the timer; a run in progress continues."""
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(self.seconds):
            done = threading.Event()

            def finish(_worker: object, result: object, exc_info: Raised, done: threading.Event = done) -> Finished:
                done.set()
                return result, exc_info

            try:
                self.container.spawn_worker(self, (), {}, handle_result=finish)
            except ContainerBeingKilled:
                return
            done.wait()


@contextmanager
def renewed(lease: Lease) -> Iterator[None]:
    """Renew a lease that is held until the block ends, however long that takes: while the store answers, no other
    process begins meanwhile. A run that is over at once costs a timer that is cancelled."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.is_set():
            try:
                lease.hold()
            except PyMongoError as error:  # the run itself waits for the store
                _log.warning("lease not renewed", extra={"error": type(error).__name__})
            ended.wait(lease.seconds / 3)

    first = eventlet.spawn_after(lease.seconds / 3, renew)
    try:
        yield
    finally:
        ended.set()
        first.cancel()


def every(seconds: float, *, singleton: bool = True) -> Callable[[F], F]:
    """The entrypoint of `wsis_shared.operations.every`."""

    def decorate(fn: F) -> F:
        @functools.wraps(fn)
        def served(self: Service) -> None:
            bus = self.bus

            def work() -> None:
                if not singleton:
                    fn(self)
                    return
                lease = bus.lease(fn.__name__, max(30, 2 * seconds))
                if lease.hold():
                    with renewed(lease):
                        fn(self)

            instrumented(bus.service, fn.__name__, context.current(), work, seconds=5.0, stopping=bus.stopping)

        served.wsis_kind = "timer"  # type: ignore[attr-defined]  # read by tests and by the broker definitions
        return cast(F, register_entrypoint(served, Every(seconds, singleton)) or served)

    return decorate
