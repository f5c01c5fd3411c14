"""Schemas of imports of an existing register."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.imports.schemas import SOURCE, ColumnBody, ImportValue, StoredMapping, ValueBody, chosen, constant
from wsis_shared.schemas import Localised, PageQuery, RequestSchema, ResponseSchema, Utc, page_of, reason
from wsis_shared.tables.schemas import Reading, ReadingBody

from wsis_stocktaking.duplicates.rules.pairs import LIKELY
from wsis_stocktaking.entries.schemas.review import Difference
from wsis_stocktaking.imports.rules.likely_limits import MAX_COMPARED, MAX_LISTED
from wsis_stocktaking.imports.rules.mapping.fields import CONSTANTS, FIELDS, GROUPS
from wsis_stocktaking.register.rules.contents import NAME_LENGTH


class ImportBody(ReadingBody):
    """Of which register a file is, and how to read it."""

    source = fields.String(
        required=True,
        validate=SOURCE,
        metadata={"description": "The register that the file is of, the same at each import: its numbers are its own"},
    )
    adopt_unsourced = fields.Boolean(
        load_default=False,
        metadata={"description": "Entries that were imported before imports had a source are of this register"},
    )

    dry_run = fields.Boolean(load_default=False, metadata={"description": "Read and count, and change nothing"})
    reason = reason(required=False)


class MappedColumnBody(ColumnBody):
    """What a column is."""

    field = chosen(FIELDS, "Null: the column is not read. `title` is in the language of the row")
    also = chosen(FIELDS, "A second field of the same cells, as organization.country of `Ministry, Kenya`")


class ConstantBody(RequestSchema):
    """What rows say that say nothing of a field."""

    field = fields.String(required=True, validate=validate.OneOf(CONSTANTS))
    value = constant(NAME_LENGTH)


class MappedValueBody(ValueBody):
    """What a value means."""

    field = fields.String(required=True, validate=validate.OneOf(tuple(GROUPS)))


class MappingBody(RequestSchema):
    """How the columns and values of a register are read, from now on."""

    columns = fields.List(fields.Nested(MappedColumnBody), required=True, validate=validate.Length(min=1, max=200))
    constants = fields.List(fields.Nested(ConstantBody), load_default=list, validate=validate.Length(max=20))
    values = fields.List(fields.Nested(MappedValueBody), load_default=list, validate=validate.Length(max=1000))
    reason = reason(required=False)


class ImportsQuery(PageQuery):
    """A page of imports."""


class Counts(ResponseSchema):
    """Rows by what they did."""

    created = fields.Integer()
    updated = fields.Integer()
    proposed = fields.Integer(metadata={"description": "Updates that wait for the owner of the entry"})
    unchanged = fields.Integer()
    refused = fields.Integer()


class Sample(ResponseSchema):
    """Texts of a row, as they were read."""

    title = fields.String()
    organization = fields.String()


class Reversal(ResponseSchema):
    """How an import was undone."""

    state = fields.String(metadata={"description": "running or completed"})
    job = fields.String()
    at = Utc()
    reverted = fields.Integer()
    left = fields.Integer(metadata={"description": "Somebody changed them since: they stay as they are"})


class LikelyDuplicate(ResponseSchema):
    """A new row, and what it most probably is again: a public entry, or a former row of the file."""

    row = fields.Integer(required=True)
    title = fields.String()
    entry = fields.String(allow_none=True, metadata={"description": "Null: a row of the file"})
    other_row = fields.Integer(allow_none=True, metadata={"description": "Null: an entry"})
    other_title = fields.String()
    other_organization = fields.String()
    score = fields.Integer(metadata={"description": f"How much is alike, {LIKELY} to 100"})


class Import(ResponseSchema):
    """An import of a file."""

    id = fields.String(
        required=True, metadata={"description": "That of its job: follow and cancel it at /v1/jobs/{id}"}
    )
    state = fields.String(metadata={"description": "queued, running, completed, failed or cancelled"})
    source = fields.String(allow_none=True, metadata={"description": "Null: of before imports had a source"})
    dry_run = fields.Boolean()
    filename = fields.String()
    sha256 = fields.String()
    size = fields.Integer(metadata={"description": "Bytes"})
    format = fields.String(allow_none=True, metadata={"description": "csv, xlsx, ods, xls or json"})
    encoding = fields.String(allow_none=True, metadata={"description": "Of a CSV file"})
    unknown_columns = fields.List(fields.String(), metadata={"description": "Columns that were not read"})
    unread_sheets = fields.List(fields.String(), metadata={"description": "Sheets beside the one that was read"})
    reading = fields.Nested(
        Reading, allow_none=True, metadata={"description": "What a table was read as; null before that, and of JSON"}
    )
    sample = fields.List(fields.Nested(Sample))
    rows = fields.Integer(metadata={"description": "Rows that were read so far"})
    counts = fields.Nested(Counts)
    warned = fields.Integer(metadata={"description": "Rows that came in, or would, without something of theirs"})
    unread = fields.Integer(metadata={"description": "Different values that were not understood or not valid"})
    likely = fields.Integer(
        metadata={"description": f"Of a dry run: new rows among the first {MAX_COMPARED} that are likely duplicates"}
    )
    duplicates = fields.List(
        fields.Nested(LikelyDuplicate), metadata={"description": f"The first {MAX_LISTED} of them"}
    )
    second_officer = fields.Boolean(
        metadata={"description": "Another officer has to import it: the reader tried it, and the installation asks so"}
    )
    mapping_state = fields.String(
        allow_none=True,
        metadata={"description": "Of other columns than ours: proposed, or confirmed; see its mapping"},
    )
    unsourced = fields.Integer(
        metadata={"description": "Rows whose key also an import of before sources had: see adopt_unsourced"}
    )
    file_until = Utc(allow_none=True, metadata={"description": "Of a dry run: how long its file can be imported"})
    application = fields.String(allow_none=True, metadata={"description": "Of a dry run: the next import of its file"})
    reversal = fields.Nested(Reversal, allow_none=True)
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


class RefusedOrganization(ResponseSchema):
    """As it came."""

    name = fields.String()
    type = fields.String()
    country = fields.String()
    website = fields.String()


class RefusedContact(ResponseSchema):
    """As it came."""

    name = fields.String()
    email = fields.String()


class RefusedRow(ResponseSchema):
    """A row that was refused as it came, with the columns of an import: corrected, it can be imported again."""

    row = fields.Integer(required=True, metadata={"description": "As a spreadsheet shows it; of JSON, the item from 1"})
    reasons = fields.List(fields.String(), metadata={"description": "With row, field, text and value"})
    entry = fields.String()
    import_key = fields.String()
    title = Localised()
    description = Localised()
    original_language = fields.String()
    organization = fields.Nested(RefusedOrganization)
    kind = fields.String()
    coverage = fields.String()
    countries = fields.String()
    regions = fields.String()
    status = fields.String()
    start_date = fields.String()
    end_date = fields.String()
    action_lines = fields.String()
    sub_themes = fields.String()
    sdgs = fields.String()
    targets = fields.String()
    partners = fields.String()
    keywords = fields.String()
    links = fields.String()
    last_updated_at = fields.String()
    contact = fields.Nested(RefusedContact)


class ImportChange(ResponseSchema):
    """What a row changed, or in a dry run would change."""

    row = fields.Integer(required=True)
    key = fields.String(required=True)
    entry = fields.String(required=True)
    decision = fields.String(required=True, metadata={"description": "created, updated or proposed to the owner"})
    differences = fields.List(fields.Nested(Difference), required=True)
    reversal = fields.String(allow_none=True, metadata={"description": "reverted, or left: somebody changed it since"})


class ApplicationBody(RequestSchema):
    """Why the file of a dry run is imported."""

    reason = reason()


class ReversalBody(RequestSchema):
    """Why an import is undone."""

    reason = reason()


class ReversalResult(ResponseSchema):
    """What the job gives."""

    id = fields.String(required=True, metadata={"description": "The import"})
    reverted = fields.Integer(required=True)
    left = fields.Integer(required=True)


class ImportResult(ResponseSchema):
    """What the job gives."""

    id = fields.String(required=True, metadata={"description": "The import"})


MappingPage = page_of(StoredMapping, "EntryImportMappingPage")
ValuePage = page_of(ImportValue, "EntryImportValuePage")
ImportPage = page_of(Import, "EntryImportPage", counted=True)
RefusedRowPage = page_of(RefusedRow, "EntryImportRefusedRowPage")
ChangePage = page_of(ImportChange, "EntryImportChangePage")
RefusalPage = page_of(Refusal, "EntryImportRefusalPage")
