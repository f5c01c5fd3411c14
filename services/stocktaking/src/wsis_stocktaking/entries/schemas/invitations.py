"""The call for updates."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import ActionLine, PageQuery, RequestSchema, ResponseSchema, Utc, page_of, reason

from wsis_stocktaking.entries.schemas.own import Contact
from wsis_stocktaking.register.schemas import itu_region


class InvitationBody(RequestSchema):
    """Whom to invite: owners of public entries whose last update is older than so many years."""

    years = fields.Float(load_default=2.0, validate=validate.Range(min=0.0, max=50.0))
    action_lines = fields.List(ActionLine(), load_default=list, validate=validate.Length(max=18))
    regions = fields.List(
        itu_region(),
        load_default=list,
        validate=validate.Length(max=6),
        metadata={"description": "ITU regions"},
    )
    dry_run = fields.Boolean(load_default=True, metadata={"description": "Count, and send nothing"})
    reason = reason()


class InvitationResult(ResponseSchema):
    """What the call reached."""

    dry_run = fields.Boolean()
    entries = fields.Integer(metadata={"description": "Old entries that fit"})
    owners = fields.Integer(metadata={"description": "Owners who get a mail each"})
    invited_before = fields.Integer(metadata={"description": "Owners whose last invitation is too recent"})
    without_owner = fields.Integer(metadata={"description": "Old entries that nobody owns"})


class OwnerlessQuery(PageQuery):
    """How old."""

    years = fields.Float(load_default=2.0, validate=validate.Range(min=0.0, max=50.0))


class OwnerlessEntry(ResponseSchema):
    """An old entry that nobody owns. Nobody has proved the address."""

    entry = fields.String(required=True)
    title = fields.String(required=True)
    organization = fields.String(required=True)
    last_updated_at = Utc(required=True, allow_none=True)
    contact = fields.Nested(Contact, allow_none=True)


OwnerlessPage = page_of(OwnerlessEntry, "EntriesWithoutOwner")
