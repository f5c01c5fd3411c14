"""What waits for staff in a service: how much of each kind, and since when.

A service declares kinds in its manifest, and its route by `wsis_shared.waiting.routes`; the bus answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Waiting:
    """Documents of `collection` that match `query` wait for somebody with `permission`; others are not told of them.
    `since` is the field with the time since when; `overdue`: they wait from that time on."""

    code: str
    summary: str
    permission: str
    collection: str
    query: Mapping[str, object]
    since: str
    overdue: bool = False
