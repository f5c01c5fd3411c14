"""Drafts."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import Id, Locale, RequestSchema, ResponseSchema, Utc, page_of

from wsis_consultation.submissions.schemas.answers import Answers


def key_field() -> fields.String:
    """The key of a mailed link; owners with an account leave it out."""
    return fields.String(
        load_default=None,
        validate=validate.Regexp(r"\A[0-9a-f]{40}\Z", error="Not the key of a link."),
        metadata={"description": "From the mailed link; not needed by the account that wrote it"},
    )


def email_field(**options: object) -> fields.Email:
    """A mail address."""
    return fields.Email(validate=validate.Length(max=254), **options)  # type: ignore[arg-type]  # options of a field


class Key(RequestSchema):
    """Who asks."""

    key = key_field()


class NewDraft(RequestSchema):
    """What is filled in so far."""

    email = email_field(load_default=None, metadata={"description": "Where the link goes; needed without an account"})
    answers = Answers(load_default=dict)
    language = Locale(load_default=None, metadata={"description": "By default that of the request"})


class DraftChange(Key):
    """All answers as they are now."""

    answers = Answers(required=True)
    language = Locale(load_default=None)


class Address(RequestSchema):
    """Where links are to go."""

    email = email_field(required=True)


class LinkRenewal(Key):
    """Which link is void."""

    document = Id(required=True, metadata={"description": "A draft or submission"})


class DraftReceipt(ResponseSchema):
    """What was saved."""

    draft = fields.String(required=True)
    form_version = fields.Integer(required=True)
    saved_at = Utc(required=True)
    expires_at = Utc(required=True)
    dropped = fields.List(fields.String(), required=True, metadata={"description": "Answers that are not asked"})
    missing = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.String()),
        required=True,
        metadata={"description": "What submission would refuse, by field"},
    )


class FormChanges(ResponseSchema):
    """What changed in the form since the draft was saved."""

    added = fields.List(fields.String())
    removed = fields.List(fields.String())
    changed = fields.List(fields.String())


class Draft(DraftReceipt):
    """A draft with its answers, for its owner."""

    edition = fields.String(required=True)
    email = fields.String(required=True)
    language = fields.String(required=True)
    answers = fields.Raw(required=True)
    changes = fields.Nested(FormChanges, allow_none=True, metadata={"description": "None where the form is the same"})
    late_until = Utc(allow_none=True, metadata={"description": "An officer lets it in after the deadline until then"})


class DraftRow(ResponseSchema):
    """A draft in a list."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    saved_at = Utc(required=True)
    expires_at = Utc(required=True)


DraftPage = page_of(DraftRow, "ConsultationDraftPage")


class LinkRequested(ResponseSchema):
    """The same response whether the address is known or not."""

    message = fields.String(required=True)
