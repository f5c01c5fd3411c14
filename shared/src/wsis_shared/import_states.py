"""The states of an import: pure functions of its document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

Import = dict[str, Any]

QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED = "queued", "running", "completed", "failed", "cancelled"
STATES = (QUEUED, RUNNING, COMPLETED, FAILED, CANCELLED)
LIVE = (QUEUED, RUNNING)


def new(id: str, upload: Mapping[str, object], decisions: tuple[str, ...], *, dry_run: bool, at: datetime) -> Import:
    """An import that waits for its job, whose id is its own. `decisions` are what a row can do."""
    return {
        "_id": id,
        "state": QUEUED,
        "dry_run": dry_run,
        "filename": upload["filename"],
        "sha256": upload["sha256"],
        "blob": upload["id"],
        "unknown_columns": [],
        "position": 0,
        "rows": 0,
        "refusals": 0,
        "counts": dict.fromkeys(decisions, 0),
        "refusal": None,
        "created_at": at,
        "ended_at": None,
    }


def add_counts(found: Import, position: int, counts: Mapping[str, int], refusals: int) -> Import:
    """The import after the rows up to `position`, of which `counts` have each decision."""
    return {
        **found,
        "state": RUNNING,
        "position": position,
        "refusals": found["refusals"] + refusals,
        "rows": found["rows"] + sum(counts.values()),
        "counts": {name: count + counts.get(name, 0) for name, count in found["counts"].items()},
    }


def end(found: Import, state: str, at: datetime) -> Import:
    """The import at its end. It ends with its job: whoever sees it may start the next one."""
    return {**found, "state": state, "ended_at": at}
