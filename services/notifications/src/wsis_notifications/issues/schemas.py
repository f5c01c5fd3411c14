"""Input and output. Issues of the newsletter: sections, previews, checks, archive."""

from __future__ import annotations

from typing import Unpack

from marshmallow import ValidationError, fields, validate
from wsis_shared.field_options import FieldOptions
from wsis_shared.schemas import (
    LOCALES,
    Id,
    Locale,
    Localised,
    PageQuery,
    RequestSchema,
    ResponseSchema,
    Text,
    Utc,
    page_of,
    reason,
)
from wsis_shared.translations import by_key

from wsis_notifications.issues.rules.lifecycle import MAX_SECTIONS, STATES
from wsis_notifications.subscribers.schemas import topics

SECTION_KINDS = tuple(by_key("wsis_notifications", "newsletter_sections"))
MAX_TEXT = 20_000
MAX_MARKS = 1000  # the time that Markdown takes grows with their square
_MARKS = "[]*_`<>&!~"
_VERSION = {"description": "That was read; 409 where another officer has changed it since"}


def _month(**options: Unpack[FieldOptions]) -> fields.String:
    return fields.String(
        validate=validate.Regexp(r"\A20\d\d-(0[1-9]|1[0-2])\Z", error="Not a month like 2017-07."), **options
    )


def _texts(length: int, **options: Unpack[FieldOptions]) -> fields.Dict:
    """A line by language."""
    return fields.Dict(keys=Locale(), values=Text(max_length=length), **options)


def _version() -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=2**31), metadata=_VERSION)


def _few_marks(text: str) -> None:
    if sum(map(text.count, _MARKS)) > MAX_MARKS:
        raise ValidationError(f"At most {MAX_MARKS} marks of Markdown are allowed.")


def _kind(**options: Unpack[FieldOptions]) -> fields.String:
    return fields.String(validate=validate.OneOf(SECTION_KINDS), **options)


def _markdown(**options: Unpack[FieldOptions]) -> Text:
    return Text(max_length=MAX_TEXT, many_lines=True, validate=_few_marks, **options)


class _Changes(Localised):
    """A line by language, or Markdown."""

    def __init__(self, max_length: int, text: Text | None = None) -> None:
        super().__init__(max_length=max_length, change=True)
        self.value_field = text or Text(max_length=max_length, allow_none=True)


class ImageBody(RequestSchema):
    """An image of the issue, with words for those who do not see it."""

    id = Id(required=True)
    alt = _texts(300, required=True)


class LinkBody(RequestSchema):
    """A button below the text. An address that begins with "/" is ours."""

    url = Text(max_length=2000, required=True)
    label = _texts(80, load_default=dict)


class SectionBody(RequestSchema):
    """Texts are Markdown (CommonMark) without HTML and images."""

    id = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"\A[A-Za-z0-9_-]{1,32}\Z", error="Not an id."),
        metadata={"description": "As it was read; a new section gets one"},
    )
    kind = _kind(required=True)
    title = _texts(150, required=True)
    text = fields.Dict(keys=Locale(), values=_markdown(), required=True)
    image = fields.Nested(ImageBody, load_default=None, allow_none=True)
    link = fields.Nested(LinkBody, load_default=None, allow_none=True)


class IssueBody(RequestSchema):
    """The contents of an issue. Readers of a language in which a text is not written get it in the main one."""

    month = _month(required=True)
    language = Locale(required=True, metadata={"description": "The main one"})
    languages = fields.List(
        Locale(),
        load_default=lambda: list(LOCALES),
        validate=validate.Length(min=1, max=7),
        metadata={"description": "In which it shall be written"},
    )
    title = _texts(150, required=True)
    summary = _texts(300, load_default=dict)
    topics = topics(required=True)
    sections = fields.List(fields.Nested(SectionBody), load_default=list, validate=validate.Length(max=MAX_SECTIONS))


class IssueUpdate(IssueBody):
    """New contents of a draft."""

    version = _version()


class Change(RequestSchema):
    """Only what is named changes. What a colleague has changed since that version, and one's own too: 409, with the
    fields."""

    version = _version()
    seen = fields.Integer(
        load_default=None,
        strict=True,
        validate=validate.Range(min=1, max=2**31),
        metadata={"description": "What colleagues wrote until this version is replaced"},
    )


class IssueChange(Change):
    """What changes of an issue, beside its sections."""

    month = _month()
    language = Locale(metadata={"description": "The main one"})
    languages = fields.List(Locale(), validate=validate.Length(min=1, max=7))
    title = _Changes(150)
    summary = _Changes(300)
    topics = topics()


class ImageChange(RequestSchema):
    """Another image, none, or other words for it."""

    id = Id(allow_none=True)
    alt = _Changes(300)


class LinkChange(RequestSchema):
    """Another address, none, or other words on the button."""

    url = Text(max_length=2000, allow_none=True)
    label = _Changes(80)


class SectionChange(Change):
    """What changes of a section."""

    kind = _kind()
    title = _Changes(150)
    text = _Changes(MAX_TEXT, _markdown(allow_none=True))
    image = fields.Nested(ImageChange)
    link = fields.Nested(LinkChange)


class NewSection(RequestSchema):
    """A section at the end, without texts."""

    kind = _kind(required=True)


class AddedSection(ResponseSchema):
    """It is there."""

    section = fields.String(required=True, metadata={"description": "Its id"})
    version = fields.Integer(required=True)


class SectionPlace(RequestSchema):
    """Where a section goes."""

    position = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=MAX_SECTIONS))


class SectionQuery(RequestSchema):
    """Which section is deleted: as it was read."""

    version = fields.Integer(required=True, validate=validate.Range(min=1, max=2**31), metadata=_VERSION)


class StateBody(RequestSchema):
    """An officer's decision."""

    state = fields.String(required=True, validate=validate.OneOf(("ready", "draft", "canceled")))
    version = _version()
    reason = reason(required=False)


class CopyBody(RequestSchema):
    """The month of the copy."""

    month = _month(required=True)


class ArchiveQuery(PageQuery):
    """A page of the archive."""

    month = _month(load_default=None)


class CompositionQuery(PageQuery):
    """A page of issues."""

    state = fields.String(load_default=None, validate=validate.OneOf(STATES))


class IssueSummary(ResponseSchema):
    """An issue without its sections."""

    id = fields.String(required=True)
    number = fields.Integer(required=True, allow_none=True)
    month = fields.String(required=True)
    title = fields.String(required=True, metadata={"description": "In the reader's language, or the main one"})
    summary = fields.String(required=True)
    topics = fields.List(fields.String(), required=True)
    languages = fields.List(fields.String(), required=True)
    sent_at = Utc(allow_none=True)


class IssueSection(ResponseSchema):
    """A section, in one language."""

    kind = fields.String(required=True)
    language = fields.String(required=True, metadata={"description": "The reader's, or the one that there is"})
    title = fields.String(required=True)
    html = fields.String(required=True)
    image = fields.String(required=True, allow_none=True)
    alt = fields.String(required=True)
    url = fields.String(required=True, allow_none=True)


class Issue(IssueSummary):
    """An issue in the reader's language."""

    sections = fields.List(fields.Nested(IssueSection), required=True)


class IssueImage(ResponseSchema):
    """An image of an issue."""

    id = fields.String(required=True)
    media_type = fields.String(required=True)
    size = fields.Integer(required=True)
    width = fields.Integer(required=True)
    height = fields.Integer(required=True)


class CompositionSummary(IssueSummary):
    """An issue in a list of officers."""

    state = fields.String(required=True, validate=validate.OneOf(STATES))
    version = fields.Integer(required=True)
    created_at = Utc(required=True)


class Composition(ResponseSchema):
    """An issue as its officers write it."""

    id = fields.String(required=True)
    number = fields.Integer(required=True, allow_none=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    version = fields.Integer(required=True)
    created_at = Utc(required=True)
    sent_at = Utc(allow_none=True)
    content = fields.Nested(IssueBody, required=True)
    images = fields.List(fields.Nested(IssueImage), required=True)


class Finding(ResponseSchema):
    """`section` counts from 1."""

    level = fields.String(required=True, metadata={"description": "error or warning"})
    code = fields.String(required=True)
    message = fields.String(required=True)
    section = fields.Integer(required=True, allow_none=True)
    language = fields.String(required=True, allow_none=True)


class Check(ResponseSchema):
    """What the check finds."""

    ready = fields.Boolean(required=True, metadata={"description": "No errors"})
    findings = fields.List(fields.Nested(Finding), required=True)
    html_bytes = fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata={"description": "By language"}
    )
    contrast = fields.Float(required=True, metadata={"description": "The lowest of a text to its background, n:1"})


IssuePage = page_of(IssueSummary, "IssuePage")
CompositionPage = page_of(CompositionSummary, "CompositionPage")
