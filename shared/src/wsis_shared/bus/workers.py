"""Workers: loops that run as long as the service, in place of a timer that fires every few milliseconds."""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

import eventlet
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import register_entrypoint
from wsis_shared.bus.entrypoints import Handler
from wsis_shared.bus.instrumentation import log_failure
from wsis_shared.bus.loop import Loop
from wsis_shared.metrics import HANDLED

if TYPE_CHECKING:
    from eventlet.greenthread import GreenThread
    from wsis_shared.bus.service import Service

_log = logging.getLogger(__name__)

W = TypeVar("W", bound=Callable[..., None])

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds before a loop that raised starts again, doubled each time
STEADY_SECONDS = 60.0  # a loop that ran so long starts again after the first pause
LEASE_SECONDS = 15.0
RETRY_SECONDS = 1.0  # from one try to the next of a loop that has not the lease, or that returned


class Worker(Handler):
    """Runs one loop, and starts it again after an error, with a back-off."""

    def __init__(self, stop_seconds: float, **kwargs: object) -> None:
        self.stop_seconds = stop_seconds
        self.loop = Loop()
        self._greenlet: GreenThread | None = None
        super().__init__(**kwargs)

    def setup(self) -> None:
        """Let other entrypoints of the process wake it up (`bus.wakeup`)."""
        self.shared.loops[self.method_name] = self.loop

    def start(self) -> None:
        """Start the loop."""
        self._thread = self.container.spawn_managed_thread(self._run, identifier=f"worker {self.method_name}")

    def stop(self) -> None:
        """Ask the loop to end, and wait; kill it after `stop_seconds`."""
        self.shared.stop_requested.set()
        self.loop.stop()
        with eventlet.Timeout(self.stop_seconds, False):
            self._thread.wait()
            return
        _log.error("worker did not stop in time", extra={"handler": self.method_name, "seconds": self.stop_seconds})
        if self._greenlet is not None:
            eventlet.kill(self._greenlet)

    def _run(self) -> None:
        pause = FIRST_PAUSE
        while not self.loop.stopping:
            failed: list[str] = []
            began, done = time.monotonic(), threading.Event()
            try:
                self.container.spawn_worker(self, (self, failed, done), {})
            except ContainerBeingKilled:
                return
            done.wait()
            if not failed:
                self._pause(RETRY_SECONDS)
                continue
            pause = FIRST_PAUSE if time.monotonic() - began > STEADY_SECONDS else pause
            self._pause(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    def _pause(self, seconds: float) -> None:
        """Only the stop ends it early: a loop that fails each time must not be woken into a spin."""
        self.shared.stop_requested.wait(seconds)

    def serve(self, work: Callable[[Loop], None], service: str, failed: list[str], done: threading.Event) -> None:
        """Called in the worker's thread."""
        self._greenlet = eventlet.getcurrent()
        try:
            if self.loop.running:
                work(self.loop)
        except Exception as error:  # noqa: BLE001 -- logged; the loop starts again
            failed.append(type(error).__name__)
            HANDLED.labels(service, self.method_name, "failed").inc()
            log_failure(self.method_name, error)
        finally:
            self._greenlet = None
            done.set()


def worker(*, singleton: bool = False, stop_seconds: float = 20.0) -> Callable[[W], W]:
    """The entrypoint of `wsis_shared.operations.worker`."""

    def decorate(fn: W) -> W:
        @functools.wraps(fn)
        def served(self: Service, entrypoint: Worker, failed: list[str], done: threading.Event) -> None:
            if singleton:
                entrypoint.loop.lease = self.bus.lease(fn.__name__, LEASE_SECONDS)
            entrypoint.serve(functools.partial(fn, self), self.bus.service, failed, done)

        served.wsis_kind = "worker"  # type: ignore[attr-defined]  # read by tests
        return cast(W, register_entrypoint(served, Worker(stop_seconds)) or served)

    return decorate
