"""Documents: Outcomes and Analysis, the final brief, the Outcome Document."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.published_documents import schemas as published_documents
from wsis_shared.published_documents.schemas import (
    PROSE_LENGTH,
    ForOfficers,
    WithFigures,
    languages_of_version,
    version_number,
)
from wsis_shared.schemas import Localised, RequestSchema, ResponseSchema, Text, Utc

from wsis_consultation.documents.rules import KINDS


class BuildBody(RequestSchema):
    """A new version of a document."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    as_of = Utc(load_default=None, allow_none=True, metadata={"description": "What was known then; by default now"})
    version = version_number()
    merge_academia_technical = fields.Boolean(
        load_default=True, metadata={"description": "Count academia and the technical community together"}
    )
    languages = languages_of_version()


class ProseBody(RequestSchema):
    """What officers write, in any languages; texts and languages that are not named stay. Paragraphs are apart by an
    empty line, a line "- ..." is a bullet."""

    executive_summary = Localised(change=True, max_length=PROSE_LENGTH)
    innovations = Localised(change=True, max_length=PROSE_LENGTH)
    conclusions = Localised(change=True, max_length=PROSE_LENGTH)
    high_level_brief = Localised(change=True, max_length=PROSE_LENGTH)
    practical_information = Localised(change=True, max_length=PROSE_LENGTH)


class PublishBody(RequestSchema):
    """Publication."""

    reason = Text(max_length=1000, load_default=None, allow_none=True)


class File(published_documents.File):
    """A file of a document."""


class Document(ResponseSchema):
    """A version of a document."""

    id = fields.String(required=True)
    edition = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    version = fields.String(required=True)
    as_of = Utc(required=True)
    published_at = Utc(allow_none=True)
    total = fields.Integer(required=True, metadata={"description": "Inputs, or sessions"})
    languages = fields.List(fields.String(), required=True)
    sha256 = fields.String(required=True, metadata={"description": "Of the model: equal for equal inputs"})


class DocumentWithFigures(WithFigures, Document):
    """A version of a document with its figures and files."""

    files = fields.List(fields.Nested(File), required=True)


class DocumentVersion(ForOfficers, DocumentWithFigures):
    """A version of a document as officers see it."""


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
