"""Cursors: opaque to the client, signed, and valid for one list only: a forged or foreign one is an error, never a
query (ASVS 2.2).

A list is a handler with its filters. The bus binds the cursors of each call to its list; no handler repeats it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from wsis_shared import keys
from wsis_shared.errors import Invalid

# Arguments of a list that say where and how far to read, not which rows.
POSITION = ("after", "limit")

_list: ContextVar[tuple[str, Mapping[str, Any]]] = ContextVar("wsis_list")


@contextmanager
def bound_to_list(handler: str, arguments: Mapping[str, Any]) -> Iterator[None]:
    """Bind the cursors of the block to the list that `handler` ("prizes.list_projects") returns for `arguments`."""
    token = _list.set((handler, arguments))
    try:
        yield
    finally:
        _list.reset(token)


def _mac(payload: bytes) -> bytes:
    handler, arguments = _list.get(("", {}))
    filters = {name: value for name, value in arguments.items() if value is not None and name not in POSITION}
    name = json.dumps([handler, filters], sort_keys=True, default=str).encode()
    return hmac.digest(keys.derive("cursor"), hashlib.sha256(name).digest() + payload, "sha256")[:12]


def encode(position: Any) -> str:
    """A cursor for the rows after `position`, any JSON value."""
    payload = json.dumps(position, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(_mac(payload) + payload).rstrip(b"=").decode()


def decode(cursor: str | None) -> Any:
    """The position of a cursor that `encode` made for this list; None for None. Raises Invalid with the field
    `after`."""
    if cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        signature, payload = raw[:12], raw[12:]
        if not hmac.compare_digest(signature, _mac(payload)):
            raise ValueError("signature")
        return json.loads(payload)
    except ValueError:
        raise Invalid(
            "suite.cursor_invalid", "The cursor was not issued for this list.", fields={"after": ["Not a cursor."]}
        ) from None


def page(rows: list[dict[str, Any]], limit: int, *by: str) -> dict[str, Any]:
    """The response of a list that was read with `limit + 1` rows; the next cursor has the values of `by` in the last
    item. For lists in memory; `keyset.find_page` reads those of the store."""
    items = rows[:limit]
    more = len(rows) > limit
    return {"items": items, "next": encode([items[-1][name] for name in by]) if more and items else None}
