"""Signatures of commands and calls: the right to publish says nothing about who acts, when and on what
(docs/decisions/0035-signed-context.md).

A signature covers the routing key, the id, our headers (actor, moment of receipt, time that remains, Idempotency-Key)
and the body: no part of one message can be used in another, nor under another method. It has no age: a dead letter that
is returned after a week is as good as it was.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping

from wsis_shared import keys
from wsis_shared.amqp import topology

HEADER = "wsis-signature"
_OURS = "wsis-"
_PURPOSE = "commands and calls"


class NotSigned(ValueError):
    """The message has no signature, or that of another message."""

    def __init__(self) -> None:
        super().__init__("not signed")


def is_due(exchange: str, *, expects_reply: bool) -> bool:
    """Whether a message to this exchange needs one: a command, or a call and not its reply."""
    return exchange == topology.COMMANDS.name or (exchange == topology.RPC.name and expects_reply)


def sign(routing_key: str, id: object, headers: Mapping[str, object], body: str | bytes) -> str:
    """The signature of a message."""
    # JSON is on one line, so that nothing can move over the border between head and body.
    ours = sorted((name, value) for name, value in headers.items() if name.startswith(_OURS) and name != HEADER)
    head = json.dumps([routing_key, id, ours]).encode()
    sent = body.encode() if isinstance(body, str) else bytes(body)
    return hmac.digest(keys.derive(_PURPOSE), b"%b\n%b" % (head, sent), "sha256").hex()


def verify(routing_key: str, id: object, headers: Mapping[str, object], body: str | bytes) -> None:
    """Raises NotSigned. `routing_key` is that of the handler itself: the message may have come by another exchange."""
    signature = headers.get(HEADER)
    try:
        valid = isinstance(signature, str) and hmac.compare_digest(signature, sign(routing_key, id, headers, body))
    except Exception:  # noqa: BLE001 -- an id, a header or a body that we never send
        valid = False
    if not valid:
        raise NotSigned
