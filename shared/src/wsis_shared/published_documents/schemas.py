"""What requests and responses of all documents have."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.field_options import AnyField
from wsis_shared.schemas import LOCALES, Locale, Localised, RequestSchema, ResponseSchema, Utc

PROSE_LENGTH = 20_000  # characters of a text in a language


def version_number() -> fields.String:
    """The number of a new version."""
    return fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"\A\d{1,2}\.\d{1,3}\Z", error="Not a version like 1.1."),
        metadata={"description": "By default the one after the last"},
    )


def languages_of_version() -> AnyField:
    """The languages of a new version, by default all."""
    return fields.List(Locale(), load_default=lambda: list(LOCALES), validate=validate.Length(min=1, max=len(LOCALES)))


class FileQuery(RequestSchema):
    """Which file of a document."""

    format = fields.String(
        load_default="pdf",
        validate=validate.OneOf(("pdf", "html", "docx", "json")),
        metadata={"description": "json is the model that the others are made of"},
    )
    language = Locale(load_default=None, allow_none=True, metadata={"description": "By default the reader's"})


class File(ResponseSchema):
    """A file of a document."""

    language = fields.String(required=True)
    format = fields.String(required=True)
    size = fields.Integer(required=True, metadata={"description": "In bytes"})
    sha256 = fields.String(required=True)


class WithFigures(ResponseSchema):
    """The figures of a version."""

    statistics = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(),
        required=True,
        metadata={"description": "Totals, and lists of {codes, count, percent}: the figures of the charts"},
    )


class ForOfficers(ResponseSchema):
    """What concerns officers only."""

    status = fields.String(required=True, metadata={"description": "draft or published"})
    built_at = Utc(required=True)
    prose = fields.Dict(keys=fields.String(), values=Localised(max_length=PROSE_LENGTH), required=True)
    outdated = fields.List(fields.String(), required=True, metadata={"description": "Languages to render again"})
    missing_characters = fields.List(
        fields.String(), required=True, metadata={"description": "What no font of the PDF has: shown as white squares"}
    )
