"""Documents: Outcomes and Analysis, and the final brief."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import LOCALES, Locale, Localised, RequestSchema, ResponseSchema, Text, Utc

from wsis_consultation.documents.rules import KINDS

_FORMATS = ("pdf", "html", "docx", "json")
_PROSE = 20_000  # characters of a text in a language


class BuildBody(RequestSchema):
    """A new version of a document."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    as_of = Utc(load_default=None, allow_none=True, metadata={"description": "What was known then; by default now"})
    version = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"\A\d{1,2}\.\d{1,3}\Z", error="Not a version like 1.1."),
        metadata={"description": "By default the one after the last"},
    )
    merge_academia_technical = fields.Boolean(
        load_default=True, metadata={"description": "Count academia and the technical community together"}
    )
    languages = fields.List(
        Locale(), load_default=lambda: list(LOCALES), validate=validate.Length(min=1, max=len(LOCALES))
    )


class ProseBody(RequestSchema):
    """What officers write, in any languages; texts and languages that are not named stay. Paragraphs are apart by an
    empty line, a line "- ..." is a bullet."""

    executive_summary = Localised(change=True, max_length=_PROSE)
    innovations = Localised(change=True, max_length=_PROSE)
    conclusions = Localised(change=True, max_length=_PROSE)
    practical_information = Localised(change=True, max_length=_PROSE)


class PublishBody(RequestSchema):
    """Publication."""

    reason = Text(max_length=1000, load_default=None, allow_none=True)


class FileQuery(RequestSchema):
    """Which file of a document."""

    format = fields.String(
        load_default="pdf",
        validate=validate.OneOf(_FORMATS),
        metadata={"description": "json is the model that the others are made of"},
    )
    language = Locale(load_default=None, allow_none=True, metadata={"description": "By default the reader's"})


class File(ResponseSchema):
    """A file of a document."""

    language = fields.String(required=True)
    format = fields.String(required=True)
    size = fields.Integer(required=True, metadata={"description": "In bytes"})
    sha256 = fields.String(required=True)


class Document(ResponseSchema):
    """A version of a document."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    version = fields.String(required=True)
    as_of = Utc(required=True)
    published_at = Utc(allow_none=True)
    total = fields.Integer(required=True, metadata={"description": "Inputs, or sessions of the final brief"})
    languages = fields.List(fields.String(), required=True)
    sha256 = fields.String(required=True, metadata={"description": "Of the model: equal for equal inputs"})


class DocumentWithFigures(Document):
    """A version of a document with its figures and files."""

    statistics = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(),
        required=True,
        metadata={"description": "Totals, and lists of {codes, count, percent}: the figures of the charts"},
    )
    files = fields.List(fields.Nested(File), required=True)


class DocumentVersion(DocumentWithFigures):
    """A version of a document as officers see it."""

    status = fields.String(required=True, metadata={"description": "draft or published"})
    built_at = Utc(required=True)
    prose = fields.Dict(keys=fields.String(), values=Localised(max_length=_PROSE), required=True)
    outdated = fields.List(fields.String(), required=True, metadata={"description": "Languages to render again"})
    missing_characters = fields.List(
        fields.String(), required=True, metadata={"description": "What no font of the PDF has: shown as white squares"}
    )


class Documents(ResponseSchema):
    """Public documents, the newest first."""

    items = fields.List(fields.Nested(Document), required=True)


class DocumentVersions(ResponseSchema):
    """All versions, the newest first."""

    items = fields.List(fields.Nested(DocumentVersion), required=True)


class Built(ResponseSchema):
    """The result of a job that builds or renders a document."""

    document = fields.String(required=True)
    version = fields.String(required=True)
    sha256 = fields.String(required=True)
    languages = fields.List(fields.String(), required=True)
