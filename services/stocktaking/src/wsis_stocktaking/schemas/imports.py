"""Schemas of imports of an existing register."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.schemas import PageQuery, RequestSchema, ResponseSchema, Utc, page_of, reason

ENCODINGS = ("utf-8", "utf-16", "cp1252", "cp1251", "cp1256", "gb18030", "big5")


class ImportBody(RequestSchema):
    """How to read a file."""

    dry_run = fields.Boolean(load_default=False, metadata={"description": "Read and count, and change nothing"})
    encoding = fields.String(
        load_default=None, allow_none=True, validate=validate.OneOf(ENCODINGS),
        metadata={"description": "Of a CSV file whose encoding was not understood"},
    )  # fmt: skip
    reason = reason(required=False)


class ImportsQuery(PageQuery):
    """A page of imports."""


class Counts(ResponseSchema):
    """Rows by what they did."""

    created = fields.Integer()
    updated = fields.Integer()
    unchanged = fields.Integer()
    refused = fields.Integer()


class Sample(ResponseSchema):
    """Texts of a row, as they were read."""

    title = fields.String()
    organization = fields.String()


class Import(ResponseSchema):
    """An import of a file."""

    id = fields.String(
        required=True, metadata={"description": "That of its job: follow and cancel it at /v1/jobs/{id}"}
    )
    state = fields.String(metadata={"description": "queued, running, completed, failed or cancelled"})
    dry_run = fields.Boolean()
    filename = fields.String()
    sha256 = fields.String()
    size = fields.Integer(metadata={"description": "Bytes"})
    format = fields.String(allow_none=True, metadata={"description": "csv, xlsx or json"})
    encoding = fields.String(allow_none=True, metadata={"description": "Of a CSV file"})
    unknown_columns = fields.List(fields.String(), metadata={"description": "Columns that were not read"})
    unread_sheets = fields.List(fields.String(), metadata={"description": "Sheets behind the first one"})
    sample = fields.List(fields.Nested(Sample))
    rows = fields.Integer(metadata={"description": "Rows that were read so far"})
    counts = fields.Nested(Counts)
    first_sequence = fields.Integer(allow_none=True)
    last_sequence = fields.Integer(allow_none=True)
    refusal = fields.String(allow_none=True, metadata={"description": "Why the whole file was refused"})
    created_at = Utc()
    ended_at = Utc(allow_none=True)


class Refusal(ResponseSchema):
    """A reason for which a row had no effect."""

    row = fields.Integer(required=True, metadata={"description": "As a spreadsheet shows it; of JSON, the item from 1"})
    key = fields.String()
    field = fields.String(metadata={"description": "Empty: the whole row"})
    code = fields.String(allow_none=True)
    reason = fields.String(metadata={"description": "In the language of the reader"})
    value = fields.String(allow_none=True, metadata={"description": "As given, at most 200 characters"})


class ImportResult(ResponseSchema):
    """What the job gives."""

    id = fields.String(required=True, metadata={"description": "The import"})


ImportPage = page_of(Import, "EntryImportPage")
RefusalPage = page_of(Refusal, "EntryImportRefusalPage")
