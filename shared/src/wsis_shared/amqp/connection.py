"""Connections to a broker: `amqp://`, or `amqps://` whose certificate must be of a trusted CA and for the host.

A broker of several nodes is several addresses, separated by `;`. They are tried in random order, so that clients spread
over the nodes. Those that this process has left come last: see `wsis_shared.amqp.drain`.
"""

from __future__ import annotations

import logging
import random
import socket
import threading
import time
from collections.abc import Mapping
from typing import Any

from amqp import spec
from kombu import Connection
from wsis_shared.amqp.properties import tolerate_any
from wsis_shared.amqp.write_buffer import WRITE_SECONDS

_log = logging.getLogger(__name__)
tolerate_any()

# py-amqp gives up a connection whose peer takes nothing for a second: less than a pause of the broker's machine, or its
# flow control.
_PATIENT = {socket.TCP_USER_TIMEOUT: int(WRITE_SECONDS * 1000)} if hasattr(socket, "TCP_USER_TIMEOUT") else {}

AVOIDED_SECONDS = 60.0
# A node that accepts connections and cannot work must not hold up who connects: each response comes within this time.
RESPONSE_SECONDS = 10.0
_left: dict[str, float] = {}  # address -> when this process left it (time.monotonic)


class BrokerStalled(ConnectionError):
    """A node of the broker does not respond or confirm, and there are others."""


def connect(uri: str, *, transport_options: Mapping[str, object] | None = None, **options: object) -> ConnectionToOneOf:
    """A connection, made at first use to the first address of `uri` that takes it."""
    addresses = uri.split(";")
    random.shuffle(addresses)
    addresses.sort(key=_avoided)
    return ConnectionToOneOf(
        addresses, transport_options={"socket_settings": _PATIENT, **(transport_options or {})}, **options
    )


def _avoided(address: str) -> float:
    left = _left.get(address)
    return left if left is not None and time.monotonic() - left < AVOIDED_SECONDS else 0.0


class ConnectionToOneOf(Connection):
    """Tries each address once; `leave` gives up the one that it is connected to. `own_queue`: the exclusive queue
    without which the connection is of no use.

    py-amqp compares the name of a certificate only if it is told one. kombu would tell it that of the first address
    for all of them, and none where the first one is without TLS."""

    def __init__(self, addresses: list[str], **options: object) -> None:
        self.address, self._since = addresses[0], time.monotonic()
        self.own_queue = ""
        super().__init__(addresses, **options)

    @property
    def has_others(self) -> bool:
        """Whether there is another address to go to."""
        return len(self.alt) > 1

    @property
    def is_left(self) -> bool:
        """Whether another connection of this process has left its address meanwhile."""
        return _left.get(self.address, 0.0) > self._since

    def leave(self, why: str) -> BrokerStalled:
        """All connections of this process leave the address. Returns what to raise."""
        _left[self.address] = time.monotonic()
        return BrokerStalled(f"the broker {why}")

    def ask(self) -> None:
        """Ask its node for a word, without waiting for it: any frame that comes will do. Needs `connect`.

        The question is whether `own_queue` is there, where it has one: nodes that lose each other for a while delete
        the exclusive queues of the other, whose clients stay connected and hear no more (RabbitMQ before 4.2, its
        issue 12597). The word that it is not closes the channel, which raises in whoever reads."""
        if self.own_queue:
            passive: tuple[object, ...] = (0, self.own_queue, True, False, False, False, False, {})
            self._questions.send_method(spec.Queue.Declare, "BsbbbbbF", passive)
        else:
            self._questions.send_method(spec.Basic.Qos, "lBb", (0, 0, False))  # changes nothing: it has no consumer

    def ask_to_close(self, lock: threading.Lock) -> None:
        """Ask for its end, after what was sent: the response ends `drain`, in the thread that reads. `lock` is held for
        what is sent."""
        with lock:
            try:
                self._connection.send_method(spec.Connection.Close, "BsBB", (0, "", 0, 0))
            except Exception as error:  # noqa: BLE001 -- one that is broken ends by itself
                _log.debug("closing", extra={"error": type(error).__name__})

    def drop(self) -> None:
        """End it without a word: kombu would ask a node to close, and wait for one that does not respond."""
        try:
            if self._connection is not None:
                self._connection.collect()
            self.collect(1)
        except Exception as error:  # noqa: BLE001 -- closing a broken connection may raise anything
            _log.debug("closing", extra={"error": type(error).__name__})

    def connect(self) -> Any:
        """Connect now, rather than at first use."""
        connection = super().connect()
        if self.has_others:
            self._questions = self.channel()
        return connection

    def switch(self, conn_str: str) -> None:
        """Called by kombu, which then tries this address."""
        self.address, self._since = conn_str, time.monotonic()
        super().switch(conn_str)

    def _ensure_connection(self, errback: object = None, max_retries: int | None = None, **options: object) -> Any:
        # kombu tries two of them.
        tries = None if max_retries is None else max(max_retries, len(self.alt) - 1)
        return super()._ensure_connection(errback, tries, **options)

    def _connection_factory(self) -> Any:
        connection = super()._connection_factory()
        connection.sock.settimeout(RESPONSE_SECONDS)
        return connection

    def _init_params(self, **params: object) -> None:
        tls = {"server_hostname": params["hostname"] or ""} if params["transport"] == "amqps" else None
        super()._init_params(**params | {"ssl": tls})
