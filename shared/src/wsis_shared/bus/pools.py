"""Places for workers, by kind: what waits for the store, or takes long, holds up its own kind alone.

| kind | at a time in a process |
| --- | --- |
| requests | `WSIS_MAX_WORKERS`, or the service's `max_in_flight` where that is less |
| probes: `health`, from a queue of its own | PROBES |
| events, one by one, and inbound mails | `WSIS_EVENT_WORKERS` |
| batches of commands and of events, timers, `@worker` loops | one of each method |
| jobs | the service's `max_jobs_in_flight` |

What has failed waits outside of its place before its message is returned. What waits for a store that is away keeps
its place, and so holds up its own kind alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from types import TracebackType

from eventlet.semaphore import Semaphore
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint, SharedExtension
from wsis_shared.settings import Suite

PROBES = 2
UNBOUNDED = 1_000_000  # size of nameko's own pool, which is one for all kinds: nobody waits there

Raised = tuple[type[BaseException], BaseException, TracebackType] | None
"""What a method has raised (`sys.exc_info`); None where it has returned."""

Finished = tuple[object, Raised]  # what the method has returned, or raised
Finish = Callable[[object, object, Raised], Finished]  # worker, result, raised


class Pool:
    """At most `places` workers at a time; further ones wait."""

    def __init__(self, places: int) -> None:
        self.places = places
        self._free = Semaphore(places)

    def take(self, seconds: float | None = None) -> bool:
        """Wait for a place; False where none is free within `seconds`."""
        return bool(self._free.acquire(timeout=seconds))

    def leave(self) -> None:
        """Free the place."""
        self._free.release()

    def spawn(
        self, entrypoint: Entrypoint, args: Sequence[object], kwargs: Mapping[str, object], finish: Finish
    ) -> None:
        """Run the method of the entrypoint in a worker, in a place that was taken and is free afterwards, whatever
        happens; `finish` is nameko's `handle_result`. Raises ContainerBeingKilled."""

        def finished(worker: object, result: object, exc_info: Raised) -> Finished:
            try:
                return finish(worker, result, exc_info)
            finally:
                self.leave()

        try:
            entrypoint.container.spawn_worker(entrypoint, args, kwargs, handle_result=finished)
        except ContainerBeingKilled:
            self.leave()
            raise


class Pools(SharedExtension):
    """The pools of a process. They are made at first use: entrypoints are set up in any order."""

    @cached_property
    def requests(self) -> Pool:
        """Of RPC."""
        most = Suite.current().max_workers
        return Pool(min(most, self.container.service_cls.max_in_flight or most))

    @cached_property
    def probes(self) -> Pool:
        """Of `health`."""
        return Pool(PROBES)

    @cached_property
    def events(self) -> Pool:
        """Of events that are handled one by one, and of mails."""
        return Pool(Suite.current().event_workers)
