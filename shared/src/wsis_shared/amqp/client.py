"""Requests, commands and publishing over one AMQP connection, with many of them in flight.

No method waits longer than the caller's deadline.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Unpack

from wsis_shared import spans
from wsis_shared.amqp import serializer, topology
from wsis_shared.amqp.confirms import wait_confirmed
from wsis_shared.amqp.failures import no_answer
from wsis_shared.amqp.future import Future
from wsis_shared.amqp.messages import Message, Properties, encoded
from wsis_shared.amqp.reconnecting import ReconnectingConnection
from wsis_shared.amqp.replies import Reply
from wsis_shared.context import Context, to_headers, with_timeout
from wsis_shared.errors import Unavailable, from_wire
from wsis_shared.json_text import JsonText

REPLIES_PER_MESSAGE = 100
TAKES_JSON = "wsis-takes-json"  # header of a request whose reply may be a RESULT


class AmqpClient(ReconnectingConnection):
    """A connection for requests, commands and publishing. Make it after a fork, `start()` it, and share it between all
    threads of the process."""

    def request(
        self,
        service: str,
        method: str,
        arguments: Mapping[str, object],
        context: Context,
        *,
        timeout: float,
        takes_json: bool = False,
    ) -> Any:
        """Call `service.method(**arguments)` and return its result (nameko's RPC protocol). `takes_json`: where the
        handler returns a JsonText, it is the result.

        Raises the SuiteError that the service raised, or Unavailable: no such service, no connection, or no
        reply within `timeout` seconds. A request that timed out expires in its queue: it does not run later.
        """
        context = with_timeout(context, timeout)
        timeout = context.remaining(timeout)
        until = time.monotonic() + timeout
        correlation_id, future = uuid.uuid4().hex, Future()
        headers = {
            **to_headers(context),
            "nameko.call_id_stack": [f"{self.name}.{correlation_id}"],
        }
        if takes_json:
            headers[TAKES_JSON] = "1"
        self._replies[correlation_id] = future
        try:
            with spans.span(f"{service}.{method}", "CLIENT", str(headers["traceparent"]), context.traceparent):
                self._send(
                    topology.RPC.name,
                    f"{service}.{method}",
                    serializer.encode(topology.RPC.name, {"args": [], "kwargs": dict(arguments)}),
                    headers,
                    timeout,
                    correlation_id=correlation_id,
                    expects_reply=True,
                    expiration=str(max(int(timeout * 1000), 1)),
                    mandatory=True,
                    delivery_mode=1,
                )
                if not future.wait(until - time.monotonic()):
                    raise no_answer(service)
        finally:
            self._replies.pop(correlation_id, None)
        error = future.value.get("error")
        if error is not None:
            raise from_wire(error)
        return future.value.get("result")

    def command(
        self,
        service: str,
        method: str,
        payload: Mapping[str, object],
        context: Context,
        *,
        message_id: str,
        wait: float,
        confirm: float = 3.0,
    ) -> tuple[bool, Any]:
        """Publish a command to the service's durable queue; return (done, outcome).

        The command is durable once this returns, done or not. Raises the SuiteError of the outcome, or Unavailable: no
        such service, or the broker did not confirm in time: the command may or may not be queued, and it is safe to
        send the same `message_id` again. Each call waits for a reply of its own, also where two have the same.
        """
        id, future, began = uuid.uuid4().hex, Future(), time.monotonic()
        headers = to_headers(context)
        self._replies[id] = future
        confirmed = Future(message_id, waiter=future)
        try:
            with spans.span(f"{service}.{method}", "PRODUCER", str(headers["traceparent"]), context.traceparent):
                self._send(
                    topology.COMMANDS.name,
                    f"commands.{service}.{method}",
                    serializer.encode(topology.COMMANDS.name, payload),
                    headers,
                    confirm,
                    confirm=confirmed,
                    message_id=message_id,
                    correlation_id=id,
                    expects_reply=True,
                    mandatory=True,
                    delivery_mode=2,
                )
                done = future.has_value(min(wait, confirm))  # and so was confirmed: one wait does for both
                if not done:
                    wait_confirmed(confirmed, began + confirm)
                    done = future.has_value(began + wait - time.monotonic())
        finally:
            self._replies.pop(id, None)
        if not done:
            return False, None
        error = future.value.get("error")
        if error is not None:
            raise from_wire(error)
        return True, future.value.get("result")

    def deliver(self, exchange: str, queue: str, body: object, *, message_id: str, timeout: float) -> None:
        """Publish a message that a queue must take. Returns when the broker has it on disk. Raises Unavailable: no such
        queue, or no confirm in time; it is safe to send the same `message_id` again."""
        self.publish(exchange, queue, body, {}, timeout=timeout, message_id=message_id, mandatory=True)

    def publish(
        self,
        exchange: str,
        routing_key: str,
        body: object,
        headers: Mapping[str, object],
        *,
        timeout: float = 5.0,
        **properties: Unpack[Properties],
    ) -> None:
        """Publish a persistent message and wait for the confirm. Raises Unavailable (outcome unknown)."""
        self.publish_all([(exchange, routing_key, body, headers, properties)], timeout=timeout)

    def publish_all(
        self,
        messages: Sequence[tuple[str, str, object, Mapping[str, object], Properties]],
        *,
        timeout: float = 10.0,
    ) -> None:
        """Publish many messages, then wait for all confirms: one round trip. Each is (exchange, routing key, body,
        headers, properties). An unroutable message is an error only if `mandatory`: an event may have no reader.
        Raises Invalid for one that is too large: then none is sent."""
        until = time.monotonic() + timeout
        for future in self.send([encoded(*each) for each in messages], timeout=timeout):
            wait_confirmed(future, until)

    def send(self, messages: Sequence[Message], *, timeout: float = 10.0) -> list[Future]:
        """Publish persistent messages in their order, over one connection; returns the confirm of each. Where one is
        not sent, none after it is, and their confirms are errors."""
        until, futures = time.monotonic() + timeout, [Future(each.properties.get("message_id")) for each in messages]
        self._ready.wait(max(min(timeout, 2.0), 0.0))
        confirms = self._confirms
        for place, message in enumerate(messages):
            try:
                self._send(
                    *message[:4],
                    until - time.monotonic(),
                    confirm=futures[place],
                    confirms=confirms,
                    delivery_mode=2,
                    **message.properties,
                )
            except Unavailable as error:
                for future in futures[place:]:
                    future.resolve(error=error)
                break
        return futures

    def reply(self, reply_to: str, correlation_id: str | None, payload: Mapping[str, object] | JsonText) -> None:
        """Reply to a request, with a JsonText only to one that takes it. Without a confirm: a reply is of no use once
        the caller is gone. Raises Invalid for one that is too large."""
        body = serializer.encode(topology.RPC.name, payload)
        self._send(topology.RPC.name, reply_to, body, {}, 5.0, correlation_id=correlation_id, delivery_mode=1)

    def reply_all(self, reply_to: str, replies: Sequence[Reply]) -> None:
        """Reply to commands of one sender, many in a message. Raises Invalid where one of these is too large."""
        for start in range(0, len(replies), REPLIES_PER_MESSAGE):
            body = serializer.encode(topology.RPC.name, {"replies": replies[start : start + REPLIES_PER_MESSAGE]})
            self._send(topology.RPC.name, reply_to, body, {}, 5.0, delivery_mode=1)
