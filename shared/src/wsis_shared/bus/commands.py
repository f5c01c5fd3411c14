"""Commands: writes at a high rate, handled in batches, each with a reply (docs/decisions/0002-bus.md)."""

from __future__ import annotations

import functools
import logging
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar, cast

from kombu import Queue
from nameko.extensions import register_entrypoint
from wsis_shared import context
from wsis_shared.amqp import topology
from wsis_shared.amqp.replies import Reply
from wsis_shared.bus.arguments import Parameters
from wsis_shared.bus.batches import BatchHandler
from wsis_shared.bus.bisection import PoisonMessage, run_suspect, run_with_bisection
from wsis_shared.bus.entrypoints import Malformed, body_of
from wsis_shared.errors import SuiteError, Unavailable, to_wire
from wsis_shared.json_types import Input
from wsis_shared.metrics import NOT_SIGNED

if TYPE_CHECKING:
    from kombu import Message
    from wsis_shared.bus.service import Service

_log = logging.getLogger(__name__)

C = TypeVar("C", bound=Callable[..., Sequence[object]])  # returns an outcome per command


@dataclass(frozen=True)
class Command:
    """One command: `args` are the path variables and query fields that its handler declares, `body` is the validated
    body. A repeat of the request under the same Idempotency-Key has the same `id`."""

    id: str
    context: context.Context
    args: Input
    body: Input


def reply_of(outcome: object) -> dict[str, object]:
    """An outcome, a document or an error, as a reply of nameko's RPC protocol."""
    if isinstance(outcome, Exception):
        told = outcome.reply if isinstance(outcome, PoisonMessage) and outcome.reply else outcome
        return {"result": None, "error": to_wire(told)}
    return {"result": outcome, "error": None}


class CommandHandler(BatchHandler[Command]):
    """Handles batches of commands. A poison message is dead-lettered without a retry: its sender waits for a reply."""

    def queue(self) -> Queue:
        """The queue of this method's commands."""
        return topology.command_queue(self.service, self.method_name)

    def setup(self) -> None:
        """Declare the queue."""
        super().setup()
        NOT_SIGNED.labels(self.service, self.method_name)  # from 0 on: the alert sees the first one

    def parse(self, message: Message) -> Command:
        """The command. Raises Malformed, and NotSigned: dead-lettered too, for its sender may have been told 202."""
        routing_key = f"commands.{self.service}.{self.method_name}"
        self.check_signature(message, self.method_name, routing_key, message.properties.get("message_id"))
        content = body_of(message)
        args, body = content.get("args"), content.get("body")
        if not isinstance(args, dict) or not isinstance(body, dict):
            raise Malformed("not a command")
        if not isinstance(message.properties.get("message_id"), str):
            raise Malformed("no message id")
        ctx = context.from_headers(message.headers or {})
        return Command(message.properties["message_id"], ctx, args, body)

    def on_committed(self, messages: Sequence[Message], outcomes: Sequence[object]) -> None:
        """Reply to the senders. One message carries all outcomes for a gateway: messages cost more than outcomes."""
        replies: defaultdict[str, list[Reply]] = defaultdict(list)
        for message, outcome in zip(messages, outcomes, strict=True):
            reply_to, correlation_id = (message.properties.get(name) for name in ("reply_to", "correlation_id"))
            if isinstance(reply_to, str) and isinstance(correlation_id, str):
                replies[reply_to].append((correlation_id, reply_of(outcome)))
        for reply_to, batch in replies.items():
            self._reply(reply_to, batch)

    def _reply(self, reply_to: str, replies: Sequence[Reply]) -> None:
        try:
            self.shared.client.reply_all(reply_to, replies)
        except (SuiteError, TypeError, ValueError) as error:
            # One that is too large, or has no JSON form, must not block the others.
            if len(replies) > 1 and not isinstance(error, Unavailable):
                for reply in replies:
                    self._reply(reply_to, [reply])
                return
            # The command is committed; its outcome is available at the Location of the 202.
            _log.warning("outcome not sent", extra={"error": type(error).__name__})


def command(
    *arguments: str, batch: int = 500, min_interval: float = 0.02, prefetch: int | None = None
) -> Callable[[C], C]:
    """The entrypoint of `wsis_shared.operations.command`."""
    names = frozenset(arguments)
    parameters = Parameters(names, names)

    def decorate(fn: C) -> C:
        @functools.wraps(fn)
        def served(self: Service, commands: Sequence[Command], suspect: bool) -> list[object]:
            bus, accepted = self.bus, []
            rejected: dict[int, PoisonMessage] = {}
            for number, one in enumerate(commands):
                try:
                    args = parameters.select(bus.service, fn.__name__, one.args)
                    given = bus.moments.read(fn.__name__, {**args, "body": one.body})
                    accepted.append(replace(one, body=given.pop("body"), args=given))
                except SuiteError as error:
                    # Its sender may have been told 202: the command is kept for an operator.
                    rejected[number] = PoisonMessage("suite.internal_error")
                    rejected[number].reply = error

            def run() -> list[object]:
                return run_with_bisection(
                    bus, fn.__name__, accepted, attrgetter("context"), lambda some: fn(self, list(some))
                )

            outcomes: Iterator[object] = iter(())
            if accepted:
                outcomes = iter(run_suspect(bus, fn.__name__, accepted[0].id, run) if suspect else run())
            return [rejected[number] if number in rejected else next(outcomes) for number in range(len(commands))]

        served.wsis_kind = "command"  # type: ignore[attr-defined]  # read by tests and by the broker definitions
        served.wsis_arguments = names  # type: ignore[attr-defined]  # tests compare them with the routes
        return cast(C, register_entrypoint(served, CommandHandler(batch, min_interval, prefetch)) or served)

    return decorate
