"""Reads as much as there is: py-amqp asks the socket three times for each frame, nine times for a message."""

from __future__ import annotations

from amqp.transport import TCPTransport

READ_BYTES = 64 * 1024


def buffer_reads(transport: object) -> None:
    """Let a transport read up to READ_BYTES at a time: it keeps what is beyond the frame for the next one."""
    if isinstance(transport, TCPTransport):
        receive = transport.sock.recv
        transport._quick_recv = lambda _: receive(READ_BYTES)
