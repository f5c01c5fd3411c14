"""Schemas of the reading of a table: what a request may say of its file, and what the response says was found."""

from __future__ import annotations

import codecs

from marshmallow import fields, validate
from wsis_shared.schemas import RequestSchema, ResponseSchema
from wsis_shared.tables import DELIMITERS, ENCODINGS

_BY_CODEC = {codecs.lookup(name).name: name for name in ENCODINGS}


class EncodingName(fields.String):
    """An encoding of ENCODINGS, in any spelling: `Shift-JIS`, `windows-1250`."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        try:
            return _BY_CODEC.get(codecs.lookup(text).name, text)
        except (LookupError, ValueError):
            return text


class DelimiterName(fields.String):
    """A delimiter; the tab also as `tab`."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        return "\t" if text.lower() in ("tab", "\\t") else text


class ReadingBody(RequestSchema):
    """How to read a file, where what is found by itself is wrong. A body of an import has these too."""

    sheet = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=200),
        metadata={"description": "Of a workbook: the one with the most known columns is read unless it is named"},
    )
    header_row = fields.Integer(
        strict=True,
        load_default=None,
        allow_none=True,
        validate=validate.Range(min=1, max=1000),
        metadata={"description": "The row with the names of the columns, as a spreadsheet shows it"},
    )
    encoding = EncodingName(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(ENCODINGS),
        metadata={"description": "Of a CSV file whose encoding was not understood"},
    )
    delimiter = DelimiterName(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(DELIMITERS),
        metadata={"description": "Of a CSV file; a tab also as the word tab"},
    )


class ReadingNote(ResponseSchema):
    """What was found or guessed."""

    code = fields.String(required=True, metadata={"description": "Such as header_found or encoding_guessed"})
    text = fields.String(metadata={"description": "In the language of the reader"})


class Reading(ResponseSchema):
    """What a file was read as."""

    format = fields.String(required=True, metadata={"description": "csv, xlsx, ods or xls"})
    sheet = fields.String(allow_none=True)
    sheets = fields.List(fields.String(), metadata={"description": "All that can be named"})
    header_row = fields.Integer(metadata={"description": "The row with the names of the columns"})
    encoding = fields.String(allow_none=True)
    delimiter = fields.String(allow_none=True)
    columns = fields.List(fields.String(), metadata={"description": "As they are written, made distinct"})
    notes = fields.List(fields.Nested(ReadingNote))
