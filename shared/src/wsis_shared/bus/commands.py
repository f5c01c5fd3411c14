"""Commands: writes that come in floods, decided in batches and answered (docs/decisions/0002-bus.md)."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, cast

from kombu import Queue
from nameko.extensions import register_entrypoint
from wsis_shared import context
from wsis_shared.amqp import topology
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

    def decided(self, message: Any, outcome: Any) -> None:
        """Answer whoever waits."""
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
