"""Cursors: opaque to the client and signed: a forged one is an error, never a query (ASVS 2.2)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from functools import cache
from typing import Any

from wsis_shared.errors import Invalid
from wsis_shared.settings import Suite


@cache
def _key() -> bytes:
    return hashlib.sha256(b"cursor|" + Suite.load().secret.encode()).digest()


def encode(position: Any) -> str:
    """A cursor for the rows after `position`, any JSON value."""
    payload = json.dumps(position, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(hmac.digest(_key(), payload, "sha256")[:12] + payload).rstrip(b"=").decode()


def decode(cursor: str | None) -> Any:
    """The position of a cursor from `encode`; None for None. Raises Invalid with the field `after`."""
    if cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        signature, payload = raw[:12], raw[12:]
        if not hmac.compare_digest(signature, hmac.digest(_key(), payload, "sha256")[:12]):
            raise ValueError("signature")
        return json.loads(payload)
    except ValueError:
        raise Invalid(
            "suite.cursor_invalid", "The cursor was not issued by this API.", fields={"after": ["Not a cursor."]}
        ) from None


def page(rows: list[dict[str, Any]], limit: int, *by: str) -> dict[str, Any]:
    """The response of a list that was read with `limit + 1` rows; the next cursor has the values of `by` in the last
    item."""
    items = rows[:limit]
    more = len(rows) > limit
    return {"items": items, "next": encode([items[-1][name] for name in by]) if more and items else None}
