"""Cursors: encrypted, and valid for one list only: a forged or foreign one is an error, never a query (ASVS 2.2). A
cursor holds values by which the list is sorted, which can be finer than what the list shows. The same position has the
same cursor (AES-SIV, RFC 5297), so that the same page has the same ETag.

A list is a handler with its filters. The bus binds the cursors of each call to its list; no handler repeats it.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from wsis_shared import keys
from wsis_shared.errors import Invalid

# Characters of a cursor at most: a key of two texts of 300 signs of four bytes takes 3,300.
LONGEST = 4_000
# Arguments of a list that say where and how far to read, not which rows.
POSITION = ("after", "limit")

_list: ContextVar[tuple[str, Mapping[str, object]]] = ContextVar("wsis_list")


@contextmanager
def bound_to_list(handler: str, arguments: Mapping[str, object]) -> Iterator[None]:
    """Bind the cursors of the block to the list that `handler` ("prizes.list_projects") returns for `arguments`."""
    token = _list.set((handler, arguments))
    try:
        yield
    finally:
        _list.reset(token)


def _name() -> list[bytes]:
    handler, arguments = _list.get(("", {}))
    filters = {name: value for name, value in arguments.items() if value is not None and name not in POSITION}
    return [json.dumps([handler, filters], sort_keys=True, default=str).encode()]


def encode(position: object) -> str:
    """A cursor for the rows after `position`, any JSON value."""
    payload = json.dumps(position, ensure_ascii=False, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(AESSIV(keys.derive("cursor")).encrypt(payload, _name())).rstrip(b"=").decode()


def decode(cursor: str | None) -> Any:
    """The position of a cursor that `encode` made for this list; None for None. Raises Invalid with the field
    `after`."""
    if cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        return json.loads(AESSIV(keys.derive("cursor")).decrypt(raw, _name()))
    except (InvalidTag, ValueError):
        raise Invalid("suite.cursor_invalid", fields={"after": ["Not a cursor."]}) from None


def page(rows: list[dict[str, object]], limit: int, *by: str) -> dict[str, object]:
    """The response of a list that was read with `limit + 1` rows; the next cursor has the values of `by` in the last
    item. For lists in memory; `keyset.find_page` reads those of the store."""
    items = rows[:limit]
    more = len(rows) > limit
    return {"items": items, "next": encode([items[-1][name] for name in by]) if more and items else None}
