"""Input and output of session types."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.json_types import Input
from wsis_shared.schemas import Localised, RequestSchema, ResponseSchema, reason

from wsis_consultation.editions.schemas import Titles
from wsis_consultation.session_types.rules import MAX_MINUTES, TRACKS

_MINUTES = validate.Range(min=5, max=MAX_MINUTES)
_LASTS = {"description": "How long a session lasts until somebody says otherwise"}
_REQUESTABLE = {"description": "Whether stakeholders may request one in the submission form"}


class SessionType(ResponseSchema):
    """A type of sessions of an edition."""

    code = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "In the reader's language"})
    titles = Localised(required=True)
    track = fields.String(required=True, metadata={"description": "high_level, forum or special"})
    requestable = fields.Boolean(required=True, metadata=_REQUESTABLE)
    minutes = fields.Integer(required=True, metadata=_LASTS)
    needed = fields.Boolean(
        required=True, metadata={"description": "Requests that name no type become sessions of it, so it stays"}
    )


class SessionTypes(ResponseSchema):
    """The types of sessions of an edition."""

    edition = fields.String(required=True)
    fixed = fields.Boolean(
        required=True, metadata={"description": "The call is open: types can be added and renamed, no more"}
    )
    items = fields.List(fields.Nested(SessionType), required=True)


class NewSessionType(RequestSchema):
    """A further type."""

    code = fields.String(
        required=True,
        validate=validate.Regexp(
            r"\A[a-z][a-z0-9_]{0,59}\Z", error="Lower-case letters, digits and underscores; a letter first."
        ),
    )
    title = Titles(required=True)
    track = fields.String(required=True, validate=validate.OneOf(TRACKS))
    requestable = fields.Boolean(load_default=False, metadata=_REQUESTABLE)
    minutes = fields.Integer(load_default=90, strict=True, validate=_MINUTES, metadata=_LASTS)
    reason = reason()


class SessionTypeChange(RequestSchema):
    """What changes of a type; what is not named stays."""

    title = Titles()
    track = fields.String(validate=validate.OneOf(TRACKS))
    requestable = fields.Boolean(metadata=_REQUESTABLE)
    minutes = fields.Integer(strict=True, validate=_MINUTES, metadata=_LASTS)
    reason = reason()

    @validates_schema
    def something(self, data: Input, **_: object) -> None:
        """A change names a field."""
        if set(data) <= {"reason"}:
            raise ValidationError("Name what changes.", "title")


class SessionTypeRemoval(RequestSchema):
    """Why a type goes."""

    reason = reason()
