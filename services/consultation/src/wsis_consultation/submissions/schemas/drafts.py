"""Drafts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Unpack

from marshmallow import ValidationError, fields, validate
from wsis_shared.data_fields import DataField
from wsis_shared.field_options import FieldOptions
from wsis_shared.schemas import Id, Locale, RequestSchema, ResponseSchema, Text, Utc, page_of

# Answers to a form as a field: bounded JSON whose texts are cleaned. The form says later what fits where.


MAX_TEXT = 20_000  # characters of one answer
MAX_ENTRIES = 100  # of one list or object
MAX_DEPTH = 4  # answers -> requests -> request -> speakers -> speaker
_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_TEXT = Text(max_length=MAX_TEXT, min_length=0, many_lines=True)


class Answers(DataField):
    """{code: answer}: texts, numbers, booleans, and lists and objects of them."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> dict[str, object]:
        if not isinstance(value, Mapping):
            raise ValidationError("Not a valid mapping type.")
        problems: dict[str, list[str]] = {}
        cleaned = _clean(value, "", 0, problems)
        if problems or not isinstance(cleaned, dict):
            raise ValidationError(problems)
        return cleaned


def _clean(value: object, path: str, depth: int, problems: dict[str, list[str]]) -> object:
    if isinstance(value, str):
        try:
            return _TEXT.deserialize(value)
        except ValidationError as error:
            problems[path] = [str(message) for message in error.messages]
            return value
    if not isinstance(value, Mapping | list):
        return value
    if depth > MAX_DEPTH or len(value) > MAX_ENTRIES:
        problems[path] = ["Too many entries or levels."]
        return value
    if isinstance(value, list):
        return [_clean(item, _join(path, str(index)), depth + 1, problems) for index, item in enumerate(value)]
    for name in _unknown(value):
        problems[_join(path, name)] = ["Unknown field."]
    return {name: _clean(item, _join(path, str(name)), depth + 1, problems) for name, item in value.items()}


def _unknown(value: Mapping[object, object]) -> Iterator[str]:
    return (str(name)[:60] for name in value if not (isinstance(name, str) and _CODE.fullmatch(name)))


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def key_field() -> fields.String:
    """The key of a mailed link; owners with an account leave it out."""
    return fields.String(
        load_default=None,
        validate=validate.Regexp(r"\A[0-9a-f]{40}\Z", error="Not the key of a link."),
        metadata={"description": "From the mailed link; not needed by the account that wrote it"},
    )


def email_field(**options: Unpack[FieldOptions]) -> fields.Email:
    """A mail address."""
    return fields.Email(validate=validate.Length(max=254), **options)


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

    base = Utc(
        load_default=None,
        metadata={"description": "`saved_at` of the draft that was changed; refused where it was saved again by now"},
    )

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


class Attachment(ResponseSchema):
    """A file."""

    id = fields.String(required=True)
    filename = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(required=True)


class Draft(DraftReceipt):
    """A draft with its answers, for its owner."""

    edition = fields.String(required=True)
    email = fields.String(required=True)
    language = fields.String(required=True)
    answers = fields.Raw(required=True)
    attachments = fields.List(fields.Nested(Attachment))
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


# Overrides of the deadline.


class LateAmendment(RequestSchema):
    """Why, and until when."""

    reason = Text(required=True, max_length=1000, many_lines=True)
    expires_at = Utc(required=True)


class LateSubmission(LateAmendment):
    """For whom."""

    email = email_field(required=True, metadata={"description": "Where the link goes"})
    name = Text(required=True, max_length=300, metadata={"description": "The person or organization"})
    language = Locale(load_default="en", metadata={"description": "Of the mail"})


class Override(ResponseSchema):
    """An override, used once."""

    edition = fields.String(required=True)
    name = fields.String(required=True)
    reason = fields.String(required=True)
    by = fields.String(required=True)
    expires_at = Utc(required=True)
