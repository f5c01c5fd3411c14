"""Lists of nominees in one of 64 fixed orders: random to a voter, the same each time, and few enough to be cached."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

ORDERS = 64


def arranged(ids: Sequence[str], edition: str, category: str, order: int) -> list[str]:
    """A permutation of `ids` that depends on nothing but its arguments. Each id has its own place by hash, so that a
    project that leaves does not disturb the order of the others."""
    return sorted(ids, key=lambda id: (_place(edition, category, order, id), id))


def _place(*parts: object) -> bytes:
    return hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=16).digest()
