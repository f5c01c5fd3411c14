"""The ids of commands."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping

from wsis_shared.context import Context

from wsis_gateway.encoding import to_json
from wsis_gateway.routing import Operation


def message_id(operation: Operation, ctx: Context, payload: Mapping[str, object]) -> str:
    """The message id follows from the idempotency key and the content: a repeat has the same id, and another body under
    the same key is another command with its own outcome."""
    if ctx.idempotency_key is None:
        return uuid.uuid4().hex
    content = hashlib.sha256(to_json(payload)).hexdigest()
    name = f"{ctx.actor.id}|{operation.plugin}.{operation.route.handler}|{ctx.idempotency_key}|{content}"
    return uuid.uuid5(uuid.NAMESPACE_URL, name).hex
