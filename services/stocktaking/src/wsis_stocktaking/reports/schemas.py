"""What comes in and what goes out of reports: global, regional, Success Stories."""

from __future__ import annotations

from marshmallow import ValidationError, fields, validate, validates_schema
from wsis_shared.json_types import Input
from wsis_shared.published_documents import schemas as published_documents
from wsis_shared.published_documents.schemas import (
    PROSE_LENGTH,
    ForOfficers,
    WithFigures,
    languages_of_version,
    version_number,
)
from wsis_shared.schemas import Localised, PageQuery, RequestSchema, ResponseSchema, Text, Utc, page_of

from wsis_stocktaking.register.schemas import Day, itu_region
from wsis_stocktaking.reports.rules.scopes import BASES, KINDS, REGIONAL, STORIES, SUBMITTED, is_isbn

_NO_ISBN = "Not an ISBN of 13 digits, the last of which checks the others."
_NEEDED, _NOT_HERE = "Needed for this kind of report.", "Not for this kind of report."


class PeriodBody(RequestSchema):
    """A period, from the first to the last day."""

    start = Day(required=True)
    end = Day(required=True)
    basis = fields.String(
        load_default=SUBMITTED,
        validate=validate.OneOf(BASES),
        metadata={
            "description": "submitted: its organization submitted or updated it in the period; "
            "active: it was under way in a year of the period"
        },
    )

    @validates_schema
    def _in_order(self, data: Input, **_: object) -> None:
        if data["end"] < data["start"]:
            raise ValidationError("Before the start.", "end")


class BuildBody(RequestSchema):
    """A new version of a report. A global report needs a period, a regional one a region too, Success Stories an
    edition."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    period = fields.Nested(PeriodBody, load_default=None, allow_none=True)
    region = itu_region(load_default=None, allow_none=True)
    edition = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"\A\d{4}\Z"))
    as_of = Utc(
        load_default=None,
        allow_none=True,
        metadata={"description": "The register as it was then; by default now, for `submitted` the end of the period"},
    )
    sequence = fields.Integer(
        load_default=None,
        allow_none=True,
        strict=True,
        validate=validate.Range(min=0, max=2**53),
        metadata={"description": "The register at this sequence, to build an earlier version again"},
    )
    version = version_number()
    languages = languages_of_version()

    @validates_schema
    def _fits_its_kind(self, data: Input, **_: object) -> None:
        kind = data["kind"]
        needed = {"period": kind != STORIES, "region": kind == REGIONAL, "edition": kind == STORIES}
        errors = {name: [_NEEDED if must else _NOT_HERE] for name, must in needed.items() if bool(data[name]) != must}
        if errors:
            raise ValidationError(errors)


class ProseBody(RequestSchema):
    """What officers write, in any languages; texts and languages that are not named stay. Paragraphs are apart by an
    empty line, a line "- ..." is a bullet."""

    introduction = Localised(change=True, max_length=PROSE_LENGTH)
    contribution = Localised(
        change=True, max_length=PROSE_LENGTH, metadata={"description": "The contribution of the ITU"}
    )
    conclusion = Localised(change=True, max_length=PROSE_LENGTH)
    isbn = Localised(
        change=True, max_length=20, metadata={"description": "ISBN of the edition in each language: 978-92-61-28741-2"}
    )
    publication_number = Localised(
        change=True, max_length=60, metadata={"description": "Number of the publisher for the edition in each language"}
    )

    @validates_schema
    def _checks(self, data: Input, **_: object) -> None:
        given = data.get("isbn") or {}
        if wrong := {language: [_NO_ISBN] for language, text in given.items() if text and not is_isbn(text)}:
            raise ValidationError({"isbn": wrong})


class PublicationBody(RequestSchema):
    """Publication."""

    reason = Text(max_length=1000, load_default=None, allow_none=True)


class Period(ResponseSchema):
    """A period, from the first to the last day."""

    start = fields.String(required=True)
    end = fields.String(required=True)
    basis = fields.String(required=True)


class File(published_documents.File):
    """A file of a report."""


class Report(ResponseSchema):
    """A version of a report."""

    id = fields.String(required=True)
    kind = fields.String(required=True)
    title = fields.String(required=True)
    version = fields.String(required=True)
    period = fields.Nested(Period, allow_none=True, required=True)
    region = fields.String(required=True, allow_none=True)
    edition = fields.String(required=True, allow_none=True)
    as_of = Utc(required=True)
    sequence = fields.Integer(required=True, metadata={"description": "Of the register that it is made of"})
    matrix = fields.String(required=True, allow_none=True, metadata={"description": "Version of the WSIS-SDG Matrix"})
    published_at = Utc(allow_none=True)
    total = fields.Integer(required=True, metadata={"description": "Entries"})
    languages = fields.List(fields.String(), required=True)
    sha256 = fields.String(required=True, metadata={"description": "Of the model: equal for equal entries"})


class ReportWithFigures(WithFigures, Report):
    """A version of a report with its figures and files."""

    files = fields.List(fields.Nested(File), required=True)
    prose = fields.Dict(
        keys=fields.String(),
        values=Localised(max_length=PROSE_LENGTH),
        required=True,
        metadata={"description": "What officers wrote: texts by name and language"},
    )


class ReportVersion(ForOfficers, ReportWithFigures):
    """A version of a report as officers see it."""


class ReportQuery(PageQuery):
    """A page of reports."""


ReportPage = page_of(Report, "ReportPage")
ReportVersionPage = page_of(ReportVersion, "ReportVersionPage", counted=True)


class Built(ResponseSchema):
    """The result of a job that builds or renders a report."""

    report = fields.String(required=True)
    version = fields.String(required=True)
    sequence = fields.Integer(required=True)
    sha256 = fields.String(required=True)
    languages = fields.List(fields.String(), required=True)
