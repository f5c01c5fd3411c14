"""Events of imports of an existing register."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EventType, PendingEvent, new_event
from wsis_shared.json_types import Input
from wsis_shared.schemas import ResponseSchema


class EntriesImported(ResponseSchema):
    """Entries of a file became public. All publications of the import are between the two sequences."""

    id = fields.String(required=True, metadata={"description": "The import"})
    created = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    proposed = fields.Integer(metadata={"description": "Updates that wait for the owner of the entry"})
    unchanged = fields.Integer(required=True)
    refused = fields.Integer(required=True)
    first_sequence = fields.Integer(required=True)
    last_sequence = fields.Integer(required=True)


ENTRIES_IMPORTED = EventType(
    "entries_imported",
    "Entries of a file became public: one event for all of them",
    EntriesImported,
    {
        "id": "5e1d",
        "created": 8000,
        "updated": 12,
        "proposed": 3,
        "unchanged": 0,
        "refused": 31,
        "first_sequence": 1,
        "last_sequence": 8012,
    },
    public=True,
)


def imported(found: Input) -> PendingEvent:
    """That an import has ended."""
    return new_event(
        ENTRIES_IMPORTED,
        subject=found["_id"],
        id=found["_id"],
        **found["counts"],
        first_sequence=found["first_sequence"],
        last_sequence=found["last_sequence"],
    )
