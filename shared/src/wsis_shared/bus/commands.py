"""Commands: writes that come in floods, taken in batches (docs/decisions/0002-bus.md).

All of a batch is decided in one transaction, answered, then acknowledged. A batch that fails is split until the message
that cannot be decided stands alone; that one is put aside, never the batch.
"""

from __future__ import annotations

import functools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, cast

from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import register_entrypoint
from wsis_shared import context
from wsis_shared.amqp import topology
from wsis_shared.bus.consumer import Subscription
from wsis_shared.bus.entrypoints import PATIENCE, F, Handler, Malformed, body_of
from wsis_shared.bus.guard import guarded
from wsis_shared.errors import SuiteError, Unavailable, to_wire
from wsis_shared.metrics import BATCH
from wsis_shared.mongo import in_transaction

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Command:
    """One request to decide: `args` are the path's variables, `body` the validated body. `id` is the same whenever
    the same request comes again under its Idempotency-Key."""

    id: str
    context: context.Context
    args: dict[str, Any]
    body: dict[str, Any]


Outcome = dict[str, Any] | SuiteError


class CommandHandler(Handler):
    """Collects a batch, has it decided, answers and acknowledges; one batch at a time per process."""

    def __init__(self, batch: int, linger: float, **kwargs: Any) -> None:
        self.batch, self.linger = batch, linger
        self._waiting: deque[tuple[Any, Command]] = deque()
        self._some, self._full, self._stopping = threading.Event(), threading.Event(), False
        super().__init__(**kwargs)

    def setup(self) -> None:
        """Declare the command queue."""
        queue = topology.command_queue(self.service, self.method_name)
        self.subscription = self.consumer.add(Subscription(queue, min(2 * self.batch, 2000), self.take))

    def start(self) -> None:
        """Begin to decide."""
        self._loop = self.container.spawn_managed_thread(self._run, identifier=f"commands {self.method_name}")

    def stop(self) -> None:
        """Take nothing new, decide what is in hand, and return."""
        self.shared.stopping = True
        if self.subscription is not None:
            self.consumer.cancel(self.subscription)
        self._stopping = True
        self._some.set()
        self._full.set()
        self._loop.wait()

    def take(self, message: Any) -> None:
        """Called for each message by the consuming thread; decoding is cheap enough to be done here."""
        try:
            body = body_of(message)
            if not isinstance(body.get("args"), dict) or not isinstance(body.get("body"), dict):
                raise Malformed("not a command")
            if not isinstance(message.properties.get("message_id"), str):
                raise Malformed("no message id")
            command = Command(message.properties["message_id"], context.from_headers(message.headers or {}),
                              body["args"], body["body"])  # fmt: skip
        except ValueError as error:
            return self.put_aside(message, str(error))
        self._waiting.append((message, command))
        self._some.set()
        if len(self._waiting) >= self.batch:
            self._full.set()

    def _run(self) -> None:
        while True:
            self._some.wait()
            if not self._waiting:
                if self._stopping:
                    return
                self._some.clear()
                continue
            if len(self._waiting) < self.batch and not self._stopping:
                self._full.clear()
                self._full.wait(self.linger)
            taken = [self._waiting.popleft() for _ in range(min(self.batch, len(self._waiting)))]
            try:
                self._decide(taken)
            except Exception as error:  # noqa: BLE001 -- the messages go back, and the next batch gets its chance
                _log.error("batch not handled", extra={"handler": self.method_name, "error": type(error).__name__})
                self._give_back(taken)

    def _decide(self, taken: list[tuple[Any, Command]]) -> None:
        # Whoever was taken over a connection that is lost comes again over the next: deciding it here is double work.
        alive = [(message, command) for message, command in taken if message.channel.connection is not None]
        if not alive:
            return
        decided = threading.Event()
        outcomes: list[Outcome] = []

        def finish(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            outcomes.extend(result or [])
            decided.set()
            return result, exc_info

        BATCH.labels(self.service, self.method_name).observe(len(alive))
        try:
            self.container.spawn_worker(self, ([command for _, command in alive],), {}, handle_result=finish)
        except ContainerBeingKilled:
            return self._give_back(alive)
        decided.wait()
        if len(outcomes) != len(alive):
            return self._give_back(alive)
        for (message, _), outcome in zip(alive, outcomes, strict=True):
            self._answer(message, outcome)
        self._settle([message for message, _ in alive], outcomes)

    def _settle(self, messages: list[Any], outcomes: list[Any]) -> None:
        one_channel = messages[-1].channel is messages[0].channel
        if one_channel and not any(isinstance(outcome, _Undecidable) for outcome in outcomes):
            # All of this channel up to here is settled: batches go one after the other.
            return self.consumer.ack(messages[-1], multiple=True)
        for message, outcome in zip(messages, outcomes, strict=True):
            if isinstance(outcome, _Undecidable):
                self.put_aside(message, "cannot be decided")
            else:
                self.consumer.ack(message)

    def _answer(self, message: Any, outcome: Any) -> None:
        reply_to = message.properties.get("reply_to")
        if not isinstance(reply_to, str):
            return
        failed = isinstance(outcome, Exception)
        payload = {"result": None, "error": to_wire(outcome)} if failed else {"result": outcome, "error": None}
        try:
            self.shared.link.reply(reply_to, message.properties.get("correlation_id"), payload)
        except (Unavailable, TypeError, ValueError) as error:
            # The command is decided and stored; its outcome can be read where the 202 pointed to.
            _log.warning("outcome not sent", extra={"error": type(error).__name__})

    def _give_back(self, taken: list[tuple[Any, Command]]) -> None:
        for message, _ in taken:
            self.consumer.requeue(message)
        time.sleep(0.5)


class _Undecidable(SuiteError):
    """The outcome of a message whose handler fails whatever else is in the batch."""


def command(*, batch: int = 500, linger: float = 0.02) -> Callable[[F], F]:
    """`method(commands)` takes up to `batch` commands, waiting `linger` seconds for more, and returns one outcome for
    each in order: a dict, or the SuiteError that refuses it. It runs in one transaction, and may run again."""

    def decorate(fn: F) -> F:
        @functools.wraps(fn)
        def served(self: Any, commands: Sequence[Command]) -> list[Outcome]:
            bus = self.bus

            def decide(some: Sequence[Command]) -> list[Outcome]:
                try:
                    outcomes = guarded(bus.service, fn.__name__, some[0].context,
                                       partial(in_transaction, partial(fn, self, list(some))),
                                       seconds=PATIENCE, stopping=bus.stopping)  # fmt: skip
                    if len(outcomes) != len(some):
                        raise AssertionError(
                            f"{fn.__name__} returned {len(outcomes)} outcomes for {len(some)} commands"
                        )
                    return list(outcomes)
                except Unavailable:
                    raise
                except Exception:  # noqa: BLE001 -- logged by the guard; one bad command must not take the batch along
                    if len(some) == 1:
                        return [_Undecidable("suite.internal_error")]
                    middle = len(some) // 2
                    return decide(some[:middle]) + decide(some[middle:])

            return decide(commands)

        served.wsis_kind = "command"  # type: ignore[attr-defined]  # a note for tests
        return cast(F, register_entrypoint(served, CommandHandler(batch, linger)) or served)

    return decorate
