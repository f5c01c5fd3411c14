"""The reversal of an import: what it created is withdrawn, what it updated goes back, its proposals are dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from wsis_shared.import_states import LIVE, Import

from wsis_stocktaking.imports import errors

REVERTED, LEFT = "reverted", "left"
RUNNING, COMPLETED = "running", "completed"

Row = Mapping[str, Any]


def require_reversible(found: Import) -> None:
    """Raise Conflict where an import goes on, or has changed nothing that is known."""
    if found["state"] in LIVE:
        raise errors.import_running(found["_id"])
    if found["dry_run"] or not found.get("changes"):
        raise errors.not_reversible(found["_id"])


def begin(found: Import, job: str, at: datetime) -> Import:
    """The import with a reversal that begins, or goes on after one that was cancelled."""
    before = found["reversal"] or {REVERTED: 0, LEFT: 0}
    return {**found, "reversal": {**before, "state": RUNNING, "job": job, "at": at}}


def add_outcomes(found: Import, outcomes: list[str]) -> Import:
    """The import after the reversal of some changes."""
    counts = {name: found["reversal"][name] + outcomes.count(name) for name in (REVERTED, LEFT)}
    return {**found, "reversal": {**found["reversal"], **counts}}


def end(found: Import) -> Import:
    """The import whose reversal is done."""
    return {**found, "reversal": {**found["reversal"], "state": COMPLETED}}


def is_as_imported(entry: Row | None, change: Row) -> bool:
    """Has nobody touched the entry since: neither its content, nor its draft, owner or mark?"""
    return entry is not None and entry["version"] == change["version"]
