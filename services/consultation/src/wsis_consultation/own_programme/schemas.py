"""Own programmes in requests and responses."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import Id, RequestSchema, ResponseSchema

from wsis_consultation.programme.schemas.public import SessionBrief

MAX_SESSIONS = 100  # in one request


class ChosenSessions(RequestSchema):
    """Sessions of the last published version, by id or code."""

    sessions = fields.List(Id(), required=True, validate=validate.Length(min=1, max=MAX_SESSIONS))


class ChosenSession(SessionBrief):
    """A session that the member has chosen, as last published."""

    state = fields.String(required=True, validate=validate.OneOf(("confirmed", "cancelled")))
    overlaps = fields.List(
        fields.String(), required=True, metadata={"description": "Codes of chosen sessions at the same time"}
    )


class OwnProgramme(ResponseSchema):
    """What a member has chosen, in the order of time."""

    edition = fields.String(required=True)
    version = fields.String(required=True)
    time_zone = fields.String(required=True)
    sessions = fields.List(fields.Nested(ChosenSession), required=True)
    calendar = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "Secret address of the calendar; null before the first choice"},
    )
