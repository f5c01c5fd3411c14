"""Submissions."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import Id, Locale, RequestSchema, ResponseSchema, Text, Utc, page_of

from wsis_consultation.submissions.rules.lifecycle import STATES
from wsis_consultation.submissions.schemas.drafts import Answers, Attachment, Key


class NewSubmission(Key):
    """A draft, or a whole form of somebody with an account."""

    draft = Id(load_default=None)
    answers = Answers(load_default=None, metadata={"description": "Without them, those of the draft"})
    language = Locale(load_default=None, metadata={"description": "By default that of the draft or request"})


class Amendment(Key):
    """All answers anew. A request that stays keeps its `id`."""

    base = fields.Integer(
        load_default=None,
        strict=True,
        validate=validate.Range(min=1, max=100_000),
        metadata={"description": "The version that was amended; refused where another one is in force by now"},
    )

    answers = Answers(required=True)
    language = Locale(load_default=None)


class Withdrawal(Key):
    """Why, if its owner wants to say."""

    reason = Text(load_default=None, max_length=2000, many_lines=True)


def _version(description: str, *, strict: bool = False) -> fields.Integer:
    """The number of a version; `strict` in a body, where numbers are no text."""
    return fields.Integer(
        load_default=None,
        strict=strict,
        validate=validate.Range(min=1, max=100_000),
        metadata={"description": description},
    )


_LAST, _BEFORE = "By default the last", "By default the one before the other"


class VersionQuery(RequestSchema):
    """Which version?"""

    version = _version(_LAST)


class VersionRequest(Key):
    """Which version, and who asks."""

    version = _version(_LAST, strict=True)


class DifferenceQuery(RequestSchema):
    """From which version to which?"""

    from_version = _version(_BEFORE)
    to_version = _version(_LAST)


class DifferenceRequest(Key):
    """From which version to which, and who asks."""

    from_version = _version(_BEFORE, strict=True)
    to_version = _version(_LAST, strict=True)


class Change(ResponseSchema):
    """An answer that differs."""

    path = fields.String(required=True, metadata={"description": "Entries of a list by their id or action line"})
    before = fields.Raw(allow_none=True)
    after = fields.Raw(allow_none=True)


class Difference(ResponseSchema):
    """What differs between two versions."""

    from_version = fields.Integer(required=True)
    to_version = fields.Integer(required=True)
    items = fields.List(fields.Nested(Change), required=True)


class Receipt(ResponseSchema):
    """The numbered receipt."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    number = fields.Integer(required=True)
    receipt = fields.String(required=True, metadata={"description": "OCP-2017-0007"})
    # No enumeration: generators of clients would call it ReceiptState, as a schema of voting is called.
    state = fields.String(required=True, metadata={"description": "A code of `/v1/reference/submission_states`"})
    version = fields.Integer(required=True)
    received_at = Utc(required=True)
    received_geneva = fields.String(required=True)
    received_utc = fields.String(required=True)
    dropped = fields.List(fields.String(), metadata={"description": "Answers that are not asked"})


class Late(ResponseSchema):
    """By whose override it came in after the deadline."""

    by = fields.String(required=True)
    reason = fields.String(required=True)


class Version(ResponseSchema):
    """One version."""

    number = fields.Integer(required=True)
    at = Utc(required=True)
    by = fields.String(required=True, metadata={"description": "account or link"})
    form_version = fields.Integer(required=True)
    late = fields.Nested(Late, allow_none=True)


class Submission(Receipt):
    """A submission, for its owner and the secretariat."""

    amended_at = Utc(allow_none=True)
    form_version = fields.Integer(required=True)
    language = fields.String(required=True)
    kind = fields.String(required=True)
    organization = fields.String(required=True)
    country = fields.String(required=True)
    region = fields.String(required=True)
    stakeholder_type = fields.String(required=True)
    action_lines = fields.List(fields.String(), required=True)
    sdgs = fields.List(fields.Integer(), required=True)
    answers = fields.Raw(required=True, metadata={"description": "As the form has them; each request with its id"})
    attachments = fields.List(fields.Nested(Attachment), required=True)
    late = fields.Nested(Late, allow_none=True)
    merged_into = fields.String(allow_none=True, metadata={"description": "Receipt of the one it was merged into"})
    merged = fields.List(fields.String(), metadata={"description": "Receipts of those merged into it"})
    public = fields.Boolean(metadata={"description": "Whether everybody may read it, as its owner said"})
    versions = fields.List(fields.Nested(Version), required=True)


class SubmissionRow(ResponseSchema):
    """A submission in its owner's list."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    number = fields.Integer(required=True)
    receipt = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    version = fields.Integer(required=True)
    kind = fields.String(required=True)
    organization = fields.String(required=True)
    received_at = Utc(required=True)


OwnSubmissionPage = page_of(SubmissionRow, "OwnSubmissionPage")
