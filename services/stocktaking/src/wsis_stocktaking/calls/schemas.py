"""Schemas of calls."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.json_types import Input
from wsis_shared.schemas import (
    ONE_LANGUAGE,
    ActionLine,
    Localised,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    Text,
    Utc,
    page_of,
)

from wsis_stocktaking.calls.rules import MAX_REMINDER
from wsis_stocktaking.register.schemas import Day, itu_region

_TEXT_LENGTH = 3000


class CallBody(RequestSchema):
    """What an officer writes, until when, and to whom: owners of public entries not updated for so many years."""

    text = Localised(required=True, max_length=_TEXT_LENGTH, validate=ONE_LANGUAGE)
    deadline = Day(required=True)
    remind_days = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(min=1, max=MAX_REMINDER),
        metadata={"description": "So many days before the deadline who has not answered gets one more mail"},
    )
    years = fields.Float(load_default=2.0, validate=validate.Range(min=0.0, max=50.0))
    action_lines = fields.List(ActionLine(), load_default=list, validate=validate.Length(max=18))
    regions = fields.List(
        itu_region(), load_default=list, validate=validate.Length(max=6), metadata={"description": "ITU regions"}
    )


class SendingBody(RequestSchema):
    """Count whom a call would reach, or send it."""

    dry_run = fields.Boolean(load_default=True, metadata={"description": "Count, and send nothing"})
    reason = Text(load_default=None, allow_none=True, max_length=1000, many_lines=True)

    @validates_schema
    def _reasoned(self, data: Input, **_: object) -> None:
        if not data["dry_run"] and not data["reason"]:
            raise ValidationError("A reason is needed.", "reason")


class ClosureBody(RequestSchema):
    """Why a call ends."""

    reason = Text(required=True, max_length=1000, many_lines=True)


class OwnCall(ResponseSchema):
    """A call as an owner sees it."""

    id = fields.String(required=True)
    state = fields.String(required=True, metadata={"description": "draft, sent or closed"})
    text = Localised(required=True, max_length=_TEXT_LENGTH)
    deadline = fields.String(required=True, metadata={"description": "The last day"})


class UpdateCallRow(OwnCall):
    """A call with its counts, in owners."""

    remind_days = fields.Integer(allow_none=True)
    years = fields.Float(required=True)
    action_lines = fields.List(fields.String(), required=True)
    regions = fields.List(fields.String(), required=True)
    created_at = Utc(required=True)
    sent_at = Utc(required=True, allow_none=True)
    invited = fields.Integer(required=True, metadata={"description": "Owners who got the mail"})
    opened = fields.Integer(required=True, metadata={"description": "... who read the page of the call, signed in"})
    updated = fields.Integer(required=True, metadata={"description": "... who submitted an update since"})
    confirmed = fields.Integer(required=True, metadata={"description": "... who said that entries are still correct"})
    answered = fields.Integer(required=True, metadata={"description": "... who did one of both"})
    reminded = fields.Integer(required=True, metadata={"description": "... who got the reminder"})


UpdateCallRowPage = page_of(UpdateCallRow, "CallPage", counted=True)


class InviteesQuery(PageQuery):
    """Which of the owners whom the call has reached."""

    answered = fields.Boolean(load_default=False, metadata={"description": "Those who have answered, or have not"})


class CalledOwner(ResponseSchema):
    """An owner whom the call has reached."""

    account = fields.String(required=True)
    organization = fields.String(required=True, metadata={"description": "Of one of the entries; empty: none is left"})
    entries = fields.Integer(required=True, metadata={"description": "Old entries"})
    opened_at = Utc(allow_none=True)
    updated_at = Utc(allow_none=True)
    confirmed_at = Utc(allow_none=True)
    reminded_at = Utc(allow_none=True)


CalledOwnerPage = page_of(CalledOwner, "CalledOwnerPage", counted=True)


class CalledEntry(ResponseSchema):
    """An entry that the call is about."""

    id = fields.String(required=True)
    title = fields.String(required=True)
    version = fields.Integer(required=True)
    last_updated_at = Utc(allow_none=True)
    current = fields.Boolean(required=True, metadata={"description": "Updated or confirmed since the mail"})


class OwnCallWithEntries(OwnCall):
    """A call with the entries of the reader that it is about."""

    entries = fields.List(fields.Nested(CalledEntry), required=True, metadata={"description": "At most 50"})


class ConfirmationBody(RequestSchema):
    """Entries that are still correct."""

    entries = fields.List(
        fields.String(validate=validate.Length(min=1, max=64)), required=True, validate=validate.Length(min=1, max=50)
    )
