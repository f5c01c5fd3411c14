"""Events of session types."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.events import EventType
from wsis_shared.schemas import ResponseSchema


class SessionTypesChanged(ResponseSchema):
    """The edition, and the codes of all its types."""

    edition = fields.String(required=True)
    types = fields.List(
        fields.String(), required=True, metadata={"description": "Codes of all types of sessions that it has now"}
    )


SESSION_TYPES_CHANGED = EventType(
    "session_types_changed",
    "An edition has other types of sessions",
    SessionTypesChanged,
    {"edition": "2018", "types": ["thematic_workshop", "exhibition", "policy_statements"]},
    public=True,
)
