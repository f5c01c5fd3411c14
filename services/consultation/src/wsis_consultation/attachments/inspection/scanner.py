"""A virus scanner that speaks the protocol of ClamAV's daemon (clamd), command INSTREAM."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable

from wsis_consultation.attachments.rules import CLEAN, INFECTED, UNSCANNED

SECONDS = 3.0  # of silence


def scan(address: str, chunks: Iterable[bytes]) -> str:
    """CLEAN or INFECTED; UNSCANNED where the scanner at "host:port" does not answer or cannot tell."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host, int(port)), SECONDS) as connection:
            connection.sendall(b"zINSTREAM\0")
            for chunk in chunks:
                if chunk:  # an empty one would be the end
                    connection.sendall(struct.pack(">I", len(chunk)) + chunk)
            connection.sendall(struct.pack(">I", 0))
            reply = b""
            while not reply.endswith(b"\0") and (part := connection.recv(4096)):
                reply += part
    except (OSError, ValueError):
        return UNSCANNED
    verdict = reply.rstrip(b"\0\n").removeprefix(b"stream: ")
    return CLEAN if verdict == b"OK" else INFECTED if verdict.endswith(b" FOUND") else UNSCANNED
