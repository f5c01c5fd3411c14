"""Errors of exchange with other systems: changes since a sequence, snapshots."""

from __future__ import annotations

from wsis_shared.errors import Invalid, NotFound


def snapshot_unknown(snapshot: str) -> NotFound:
    """There is no such snapshot, or it was removed after later ones."""
    return NotFound("stocktaking.snapshot_unknown", f"No snapshot {snapshot}.", snapshot=snapshot)


def after_and_since() -> Invalid:
    """A reader begins after a sequence or at a moment, not both."""
    return Invalid(
        "stocktaking.changes_begin_twice",
        "Name a sequence or a moment.",
        fields={"since": ["Not together with after."]},
    )
