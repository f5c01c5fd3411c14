"""Schemas of shares."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import Email, RequestSchema, ResponseSchema, Utc, page_of

from wsis_stocktaking.sharing.rules import EDITOR, ROLES

_ROLE = "editor: edits the entry beside its owner; owner: owns it in place of who asks"


class ShareBody(RequestSchema):
    """Who is asked, and what for."""

    email = Email(required=True)
    role = fields.String(
        load_default=EDITOR, validate=validate.OneOf(ROLES), metadata={"description": _ROLE, "example": EDITOR}
    )
    whole = fields.Boolean(
        load_default=False,
        metadata={"description": "Of a hand-over: all my entries that name the same organization, not this one alone"},
    )


class _Share(ResponseSchema):
    """Of an entry."""

    id = fields.String(required=True)
    entry = fields.String(required=True)
    role = fields.String(required=True, metadata={"description": _ROLE})
    whole = fields.Boolean(required=True)
    state = fields.String(
        required=True, metadata={"description": "invited (the code was mailed), accepted, or done (handed over)"}
    )
    at = Utc(required=True)
    accepted_at = Utc(allow_none=True)
    until = Utc(allow_none=True, metadata={"description": "How long the code of an invitation counts"})


class Share(_Share):
    """A share as the owner of the entry sees it."""

    email = fields.String(required=True)


class OwnShare(_Share):
    """A share as who was asked sees it."""

    title = fields.String(required=True)
    organization = fields.String(allow_none=True)


SharePage = page_of(Share, "EntrySharePage")
OwnSharePage = page_of(OwnShare, "OwnEntrySharePage")
