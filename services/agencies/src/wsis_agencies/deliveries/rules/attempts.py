"""Attempts to deliver, as they are kept: a row for each one that tells something, and one for many that went well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Attempt = dict[str, Any]


def merged(attempts: Iterable[Mapping[str, Any]]) -> list[Attempt]:
    """One row for the events that a receiver took at the first try with the same status: with the newest of them, the
    longest time, and their `count`. At 200 events a second to ten receivers, that is 40 rows instead of 2,000."""
    rows: list[Attempt] = []
    first: dict[tuple[str, int], Attempt] = {}
    for attempt in attempts:
        key = attempt["subscription"], attempt["status"]
        row = first.get(key) if _is_plain(attempt) else None
        if row is None:
            row = {**attempt, "count": 1}
            rows.append(row)
            if _is_plain(attempt):
                first[key] = row
            continue
        row["count"] += 1
        row["seconds"] = max(row["seconds"], attempt["seconds"])
        if attempt["sequence"] > row["sequence"]:
            row.update({name: attempt[name] for name in ("at", "event", "sequence")})
    return rows


def _is_plain(attempt: Mapping[str, Any]) -> bool:
    status = attempt["status"]  # None for a queue
    taken = attempt["error"] is None and (status is None or 200 <= status < 300)
    return bool(attempt["kind"] == "event" and attempt["tries"] == 1 and taken)
