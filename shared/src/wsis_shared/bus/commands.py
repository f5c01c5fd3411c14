"""Commands: writes that come in floods, decided in batches and answered (docs/decisions/0002-bus.md)."""

from __future__ import annotations

import functools
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, cast

from kombu import Queue
from nameko.extensions import register_entrypoint
from wsis_shared import context
from wsis_shared.amqp import topology
from wsis_shared.amqp.client import Reply
from wsis_shared.bus.batches import Batches, in_parts
from wsis_shared.bus.entrypoints import F, Malformed, body_of
from wsis_shared.errors import SuiteError, Unavailable, to_wire

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


def answer_of(outcome: Outcome) -> dict[str, Any]:
    """An outcome as an answer of nameko's RPC protocol."""
    if isinstance(outcome, Exception):
        return {"result": None, "error": to_wire(outcome)}
    return {"result": outcome, "error": None}


class CommandHandler(Batches):
    """Decides batches of commands. One that cannot be decided is put aside at once: somebody waits for its answer."""

    def queue(self, service: str) -> Queue:
        """The queue of the commands of this name."""
        return topology.command_queue(service, self.method_name)

    def parse(self, message: Any) -> Command:
        """The command. Raises Malformed."""
        body = body_of(message)
        if not isinstance(body.get("args"), dict) or not isinstance(body.get("body"), dict):
            raise Malformed("not a command")
        if not isinstance(message.properties.get("message_id"), str):
            raise Malformed("no message id")
        ctx = context.from_headers(message.headers or {})
        return Command(message.properties["message_id"], ctx, body["args"], body["body"])

    def decided(self, messages: Sequence[Any], outcomes: Sequence[Any]) -> None:
        """Answer whoever waits: a gateway gets its outcomes together, since a message costs more than an outcome."""
        replies: defaultdict[str, list[Reply]] = defaultdict(list)
        for message, outcome in zip(messages, outcomes, strict=True):
            reply_to, correlation_id = (message.properties.get(name) for name in ("reply_to", "correlation_id"))
            if isinstance(reply_to, str) and isinstance(correlation_id, str):
                replies[reply_to].append((correlation_id, answer_of(outcome)))
        for reply_to, its in replies.items():
            self._reply(reply_to, its)

    def _reply(self, reply_to: str, replies: Sequence[Reply]) -> None:
        try:
            self.shared.link.reply_all(reply_to, replies)
        except (Unavailable, TypeError, ValueError) as error:
            if len(replies) > 1 and not isinstance(error, Unavailable):  # one that is not data must not keep the others
                for reply in replies:
                    self._reply(reply_to, [reply])
                return
            # The command is decided and stored; its outcome can be read where the 202 pointed to.
            _log.warning("outcome not sent", extra={"error": type(error).__name__})

    def undecidable(self, message: Any) -> None:
        """Put it aside; its sender has been told."""
        self.put_aside(message, "cannot be decided")


def command(*, batch: int = 500, apart: float = 0.02) -> Callable[[F], F]:
    """`method(commands)` takes up to `batch` commands, batches `apart` seconds apart, and returns one outcome for each
    in order: a dict, or the SuiteError that refuses it. It runs in one transaction, and may run again."""

    def decorate(fn: F) -> F:
        @functools.wraps(fn)
        def served(self: Any, commands: Sequence[Command]) -> list[Outcome]:
            return in_parts(self.bus, fn.__name__, commands, attrgetter("context"), lambda some: fn(self, list(some)))

        served.wsis_kind = "command"  # type: ignore[attr-defined]  # a note for tests
        return cast(F, register_entrypoint(served, CommandHandler(batch, apart)) or served)

    return decorate
