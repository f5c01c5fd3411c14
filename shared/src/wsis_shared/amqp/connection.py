"""Connections to a broker: `amqp://`, or `amqps://` whose certificate must be of a trusted CA and for the host."""

from __future__ import annotations

from typing import Any

from kombu import Connection


def connect(uri: str, **options: Any) -> Connection:
    """A connection, made at first use; to the next address where `uri` has several, separated by `;`."""
    return _Connection(uri, **options)


class _Connection(Connection):
    """py-amqp compares the name of a certificate only if it is told one. kombu would tell it that of the first address
    for all of them, and none where the first one is without TLS."""

    def _init_params(self, **params: Any) -> None:
        tls = {"server_hostname": params["hostname"] or ""} if params["transport"] == "amqps" else None
        super()._init_params(**params | {"ssl": tls})
