"""Connections to a broker: `amqp://`, or `amqps://` whose certificate must be of a trusted CA and for the host."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from kombu import Connection


def connect(uri: str, **options: Any) -> Connection:
    """A connection, made at first use. Each part of kombu that gets its own `uri` needs `ssl=tls_options(uri)`."""
    return Connection(uri, ssl=tls_options(uri), **options)


def tls_options(uri: str) -> dict[str, str] | None:
    """What TLS has to know; None without TLS. py-amqp compares the name of a certificate only if it is told one."""
    parts = urlsplit(uri)
    return {"server_hostname": parts.hostname or ""} if parts.scheme == "amqps" else None
