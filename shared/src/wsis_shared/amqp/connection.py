"""Connections to a broker: `amqp://`, or `amqps://` whose certificate must be of a trusted CA and for the host."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from typing import Any

from kombu import Connection
from wsis_shared.amqp.write_buffer import WRITE_SECONDS

# py-amqp gives up a connection whose peer takes nothing for a second: less than a pause of the broker's machine, or its
# flow control.
_PATIENT = {socket.TCP_USER_TIMEOUT: int(WRITE_SECONDS * 1000)} if hasattr(socket, "TCP_USER_TIMEOUT") else {}


def connect(uri: str, *, transport_options: Mapping[str, Any] | None = None, **options: Any) -> Connection:
    """A connection, made at first use; to the next address where `uri` has several, separated by `;`."""
    return _Connection(uri, transport_options={"socket_settings": _PATIENT, **(transport_options or {})}, **options)


class _Connection(Connection):
    """py-amqp compares the name of a certificate only if it is told one. kombu would tell it that of the first address
    for all of them, and none where the first one is without TLS."""

    def _init_params(self, **params: Any) -> None:
        tls = {"server_hostname": params["hostname"] or ""} if params["transport"] == "amqps" else None
        super()._init_params(**params | {"ssl": tls})
