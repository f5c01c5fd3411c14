"""Events of exchange with other systems: changes since a sequence, snapshots."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EventType, PendingEvent, new_event
from wsis_shared.json_types import Input
from wsis_shared.schemas import ResponseSchema


class SnapshotTaken(ResponseSchema):
    """A snapshot of all public entries."""

    snapshot = fields.String(required=True)
    sequence = fields.Integer(required=True)
    entries = fields.Integer(required=True)


SNAPSHOT_TAKEN = EventType(
    "snapshot_taken",
    "All public entries were written to files",
    SnapshotTaken,
    {"snapshot": "8124", "sequence": 8124, "entries": 8012},
    public=True,
)


def taken(snapshot: Input) -> PendingEvent:
    """That a snapshot can be read."""
    return new_event(
        SNAPSHOT_TAKEN,
        subject=snapshot["_id"],
        snapshot=snapshot["_id"],
        sequence=snapshot["sequence"],
        entries=snapshot["entries"],
    )
