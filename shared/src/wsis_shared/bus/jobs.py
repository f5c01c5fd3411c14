"""Jobs: long work in steps, resumed where a crash has left it (docs/add-a-service/jobs.md)."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, cast

from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import register_entrypoint
from wsis_shared import context
from wsis_shared.amqp import topology
from wsis_shared.bus.consumer import Subscription
from wsis_shared.bus.entrypoints import STORE_RETRY_SECONDS, Handler, Malformed, reason_of
from wsis_shared.bus.instrumentation import instrumented
from wsis_shared.bus.pools import Finished, Raised
from wsis_shared.bus.subscriptions import context_of, event_of
from wsis_shared.jobs.run import Finish, Next, Run
from wsis_shared.jobs.runner import Runner, Work

if TYPE_CHECKING:
    from kombu import Message
    from wsis_shared.bus.service import Service

F = TypeVar("F", bound=Callable[[Any, Run], Next | Finish])
PASS_ON_SECONDS = 1.0
MAX_DISPATCH = 2**63  # what the store takes as a number


@dataclass(frozen=True)
class Options:
    """The arguments of `@job`."""

    transaction: bool
    attempts: int
    duty_cycle: float
    clean_up: str


class JobHandler(Handler):
    """One kind of job. All kinds of a service share its queue."""

    def setup(self) -> None:
        """Subscribe to the queue, once for all kinds."""
        messages = self.consumer.jobs
        if messages is None:
            messages = self.consumer.jobs = Messages(self)
            in_flight = self.container.service_cls.max_jobs_in_flight
            self.subscription = self.consumer.add(
                Subscription(topology.job_queue(self.service), in_flight, messages.on_message, self.dead_letter)
            )
        messages.kinds[self.method_name] = self


class Messages:
    """Dispatches the messages of one service's jobs to its kinds."""

    def __init__(self, entrypoint: JobHandler) -> None:
        self.kinds: dict[str, JobHandler] = {}
        self._any = entrypoint
        self._carried: dict[tuple[str, int], Message] = {}

    def on_message(self, message: Message) -> None:
        """Called for each message by the consuming thread."""
        self._any.spawn(message, self._handle)

    def _handle(self, message: Message) -> None:
        any_ = self._any
        try:
            event = event_of(message)
            id, dispatch, kind = (event["data"][name] for name in ("job", "dispatch", "kind"))
            if not (isinstance(dispatch, int) and 0 <= dispatch < MAX_DISPATCH):
                raise Malformed("not a job")
            (id + kind).encode()  # texts that the store takes
        except Exception as error:  # noqa: BLE001 -- whatever its sender provokes
            return any_.dead_letter(message, reason_of(error))
        if (id, dispatch) in self._carried:
            # The connection was lost meanwhile and the broker delivers again what this process is working on; or it was
            # published twice, and the first one must not hold its place for ever.
            any_.consumer.ack(self._carried[id, dispatch])
            self._carried[id, dispatch] = message
            return
        self._carried[id, dispatch] = message
        try:
            any_.container.spawn_worker(
                self.kinds.get(kind, any_),
                (context_of(event), id, dispatch, kind),
                {},
                handle_result=partial(self._finish, id, dispatch),
            )
        except ContainerBeingKilled:
            any_.consumer.requeue(self._carried.pop((id, dispatch)))

    def _finish(self, id: str, dispatch: int, _worker: object, result: object, exc_info: Raised) -> Finished:
        message = self._carried.pop((id, dispatch))
        if exc_info is None:
            self._any.consumer.ack(message)
        else:
            self._any.requeue_later(message)
        return result, exc_info


def job(
    *, transaction: bool = True, attempts: int = 5, duty_cycle: float = 1.0, clean_up: str = ""
) -> Callable[[F], F]:
    """The entrypoint of `wsis_shared.operations.job`."""

    def decorate(fn: F) -> F:
        options = Options(transaction, attempts, duty_cycle, clean_up)

        @functools.wraps(fn)
        def served(self: Service, ctx: context.Context, id: str, dispatch: int, called: str) -> None:
            bus = self.bus
            if called != fn.__name__:
                # A process of a newer version has enqueued it. Returned, the message would come back here at once.
                time.sleep(PASS_ON_SECONDS)
                bus.jobs.pass_on(id, dispatch)
                return
            kind = bus.job_kinds[fn.__name__]
            work = Work(
                partial(fn, self),
                transaction,
                attempts,
                duty_cycle,
                cleaning(self, options),
                kind.result() if kind.result else None,
            )
            measured = partial(
                instrumented, bus.service, fn.__name__, ctx, seconds=STORE_RETRY_SECONDS, stopping=bus.stopping
            )
            with context.use(ctx):
                Runner(bus.jobs, work, bus.stopping, measured).carry(id, dispatch)

        served.wsis_kind = "job"  # type: ignore[attr-defined]  # read by tests and by the broker definitions
        served.wsis_job = options  # type: ignore[attr-defined]  # read where a job is cancelled
        return cast(F, register_entrypoint(served, JobHandler()) or served)

    return decorate


def cleaning(service: object, options: Options) -> Callable[[Run], None]:
    """What cleans up after a job that did not succeed."""
    if not options.clean_up:
        return lambda _: None
    return cast(Callable[[Run], None], getattr(service, options.clean_up))


def job_methods(service: type) -> dict[str, object]:
    """The methods of a service that run jobs, by their kind."""
    found = {name: getattr(service, name, None) for name in dir(service)}
    return {name: method for name, method in found.items() if getattr(method, "wsis_kind", "") == "job"}
