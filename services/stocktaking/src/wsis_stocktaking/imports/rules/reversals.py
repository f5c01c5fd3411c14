"""The reversal of an import: what it created is withdrawn, what it updated goes back, its proposals are dropped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from wsis_shared.errors import Conflict
from wsis_shared.import_states import LIVE

from wsis_stocktaking.imports.rules.imports import Change, RegisterImport, Reversal
from wsis_stocktaking.register.rules.entries import Entry

REVERTED, LEFT = "reverted", "left"
RUNNING, COMPLETED = "running", "completed"


def require_reversible(found: RegisterImport) -> None:
    """Raise Conflict where an import goes on, or has changed nothing that is known."""
    if found["state"] in LIVE:
        raise Conflict("stocktaking.import_running", id=found["_id"])
    if found["dry_run"] or not found.get("changes"):
        raise Conflict("stocktaking.import_not_reversible", id=found["_id"])


def begin(before: Reversal | None, job: str, at: datetime) -> Reversal:
    """A reversal that begins, or goes on after one that was cancelled."""
    reverted, left = (before["reverted"], before["left"]) if before else (0, 0)
    return {"state": RUNNING, "job": job, "at": at, "reverted": reverted, "left": left}


def add_outcomes(reversal: Reversal, outcomes: Sequence[str]) -> Reversal:
    """The reversal after some changes."""
    reverted, left = outcomes.count(REVERTED), outcomes.count(LEFT)
    return {**reversal, "reverted": reversal["reverted"] + reverted, "left": reversal["left"] + left}


def end(reversal: Reversal) -> Reversal:
    """The reversal that is done."""
    return {**reversal, "state": COMPLETED}


def is_as_imported(entry: Entry | None, change: Change) -> bool:
    """Has nobody touched the entry since: neither its content, nor its draft, owner or mark?"""
    return entry is not None and entry["version"] == change["version"]
