"""Calls of a service for an operation, within the limits of `shedding`."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from typing import Any

from wsis_shared import context
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.context import Context
from wsis_shared.errors import Unavailable
from wsis_shared.json_types import Input

from wsis_gateway import health
from wsis_gateway.routing import Operation
from wsis_gateway.settings import Settings
from wsis_gateway.shedding import ReadLimiter

COMMAND_WAIT = 3.0  # seconds for the outcome of a command before 202
OF_FILES = ("format", "lang")  # query fields of a list as a file
# The connection to the broker is lost: no response can arrive, and a read is safe to retry.
RETRYABLE = ("suite.broker_away",)


class ServiceCalls:
    """Requests and commands of this worker."""

    def __init__(self, settings: Settings, amqp_client: AmqpClient) -> None:
        self._amqp_client = amqp_client
        self._read_limiter = ReadLimiter(settings.gateway_reads, partial(health.answers, amqp_client))

    def request(self, operation: Operation, arguments: Mapping[str, object], ctx: Context) -> Any:
        """The result of the operation's method. A read has a slot meanwhile, and at no other time."""
        route = operation.route
        if route.export:
            arguments = {name: value for name, value in arguments.items() if name not in OF_FILES}
        with self._read_limiter.slot(operation):
            ctx = context.with_timeout(ctx, route.timeout)
            request = partial(
                self._amqp_client.request,
                operation.plugin,
                route.handler,
                arguments,
                ctx,
                timeout=route.timeout,
                takes_json=not route.writes,
            )
            try:
                return request()
            except Unavailable as error:
                if route.writes or error.code not in RETRYABLE:
                    raise
                if not self._amqp_client.wait_connected(ctx.remaining(5.0)):
                    raise
                return request()

    def command(
        self, operation: Operation, payload: Mapping[str, object], ctx: Context, *, message_id: str, wait: float
    ) -> tuple[bool, Input | None]:
        """Whether the command is done after `wait` seconds, and its outcome. How long this takes decides how many reads
        there may be, unless the client has cut the time short."""
        began = time.monotonic()
        outcome = self._amqp_client.command(
            operation.plugin, operation.route.handler, payload, ctx, message_id=message_id, wait=wait
        )
        if wait >= COMMAND_WAIT:
            self._read_limiter.observe_vote(time.monotonic() - began)
        return outcome
