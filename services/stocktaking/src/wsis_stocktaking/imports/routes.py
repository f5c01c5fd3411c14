"""Routes of imports of an existing register."""

from __future__ import annotations

from wsis_shared.blobs import Upload
from wsis_shared.imports.schemas import ImportMapping, StoredMapping
from wsis_shared.jobs import JobKind
from wsis_shared.plugin import Mode, Route

from wsis_stocktaking.imports import schemas

_MANAGE = "stocktaking:manage"
FILE = Upload(
    max_bytes=400_000_000,
    media_types=(
        "text/csv",
        "application/json",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.ms-excel",
        "application/octet-stream",  # CSV in an encoding other than UTF-8
    ),
)
_ABOUT = (
    "CSV, XLSX, ODS, XLS or JSON as exported, or a register with columns of its own, for which the dry run proposes a "
    "mapping. Sheet, header row, encoding and delimiter are found, or named. Each row has a key: `entry`, or the "
    "`import_key` of its `source`. It is public at once. A known key updates its entry, unless somebody edited that "
    "since; where it has an owner the update is proposed as a draft. The job has the id of the import; a "
    "cancelled one keeps what it imported."
)
_UNKNOWN = ("stocktaking.import_unknown",)

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/v1/entry-imports",
        handler="start_import",
        summary="Import entries from a file",
        description=_ABOUT,
        mode=Mode.JOB,
        upload=FILE,
        body=schemas.ImportBody,
        response=schemas.ImportResult,
        permission=_MANAGE,
        error_codes=(
            "stocktaking.import_running",
            "stocktaking.import_file_refused",
            "stocktaking.import_busy",
            "stocktaking.import_source_needed",
            "stocktaking.import_dry_run_needed",
        ),
    ),
    Route(
        "GET",
        "/v1/entry-imports",
        handler="list_imports",
        summary="Imports of files, the newest first",
        query=schemas.ImportsQuery,
        response=schemas.ImportPage,
        permission=_MANAGE,
    ),
    Route(
        "GET",
        "/v1/entry-imports/{id}",
        handler="read_import",
        summary="An import of a file",
        response=schemas.Import,
        permission=_MANAGE,
        error_codes=_UNKNOWN,
    ),
    Route(
        "GET",
        "/v1/entry-imports/{id}/refused-rows",
        handler="list_refused_rows",
        summary="Refused rows of a file as they came, to be corrected and imported again",
        query=schemas.ImportsQuery,
        response=schemas.RefusedRowPage,
        permission=_MANAGE,
        export="refused",
        error_codes=_UNKNOWN,
        personal=True,
        description="With the reasons. They are kept for 30 days.",
    ),
    Route(
        "GET",
        "/v1/entry-imports/{id}/changes",
        handler="list_import_changes",
        summary="What an import changed, before and after",
        query=schemas.ImportsQuery,
        response=schemas.ChangePage,
        permission=_MANAGE,
        export="changes",
        error_codes=_UNKNOWN,
        description="Of a dry run the first 10,000 entries that it would update.",
    ),
    Route(
        "POST",
        "/v1/entry-imports/{id}/application",
        handler="start_import_application",
        summary="Import the file of a dry run",
        mode=Mode.JOB,
        body=schemas.ApplicationBody,
        response=schemas.ImportResult,
        permission=_MANAGE,
        error_codes=(
            *_UNKNOWN,
            "stocktaking.import_running",
            "stocktaking.import_not_applicable",
            "stocktaking.import_mapping_unconfirmed",
            "stocktaking.import_second_officer_needed",
        ),
        description="As it was tried, without another upload: once, until `file_until`. What somebody changed since "
        "counts as it is now.",
    ),
    Route(
        "GET",
        "/v1/entry-imports/{id}/mapping",
        handler="read_import_mapping",
        summary="How the columns and values of a file were read",
        response=ImportMapping,
        permission=_MANAGE,
        error_codes=(*_UNKNOWN, "stocktaking.import_without_columns"),
        description="Of a register with other columns than an export of ours: as it was proposed by their names and "
        "values, or as it was confirmed for its source.",
    ),
    Route(
        "POST",
        "/v1/entry-imports/{id}/mapping",
        handler="start_import_mapping",
        summary="Confirm how a register is read, and try its file again",
        mode=Mode.JOB,
        body=schemas.MappingBody,
        response=schemas.ImportResult,
        permission=_MANAGE,
        error_codes=(
            *_UNKNOWN,
            "stocktaking.import_running",
            "stocktaking.import_not_applicable",
            "stocktaking.import_mapping_invalid",
        ),
        description="Of a dry run, until `file_until`. The mapping is the next version of its source: the next file "
        "with the same columns is read by it without a question. The job is another dry run; its file can be applied.",
    ),
    Route(
        "GET",
        "/v1/entry-imports/{id}/values",
        handler="list_import_values",
        summary="Values that were not understood or not valid, once each with their counts",
        query=schemas.ImportsQuery,
        response=schemas.ValuePage,
        permission=_MANAGE,
        export="values",
        error_codes=_UNKNOWN,
        description="Of a register with other columns. They are kept for 30 days.",
    ),
    Route(
        "GET",
        "/v1/entry-import-mappings",
        handler="list_import_mappings",
        summary="Mappings of registers, the newest first",
        query=schemas.ImportsQuery,
        response=schemas.MappingPage,
        permission=_MANAGE,
    ),
    Route(
        "GET",
        "/v1/entry-import-mappings/{source}",
        handler="read_source_mapping",
        summary="The mapping of a register",
        response=StoredMapping,
        permission=_MANAGE,
        error_codes=("stocktaking.import_mapping_unknown",),
    ),
    Route(
        "POST",
        "/v1/entry-imports/{id}/reversal",
        handler="start_import_reversal",
        summary="Undo an import",
        mode=Mode.JOB,
        body=schemas.ReversalBody,
        response=schemas.ReversalResult,
        permission=_MANAGE,
        error_codes=(*_UNKNOWN, "stocktaking.import_running", "stocktaking.import_not_reversible"),
        description="Entries that it created are withdrawn, those that it updated get their former content as a new "
        "revision, its proposals are dropped. What somebody changed since stays: `changes` lists it as left. A second "
        "reversal changes nothing.",
    ),
    Route(
        "GET",
        "/v1/entry-imports/{id}/refusals",
        handler="list_import_refusals",
        summary="Rows of a file that had no effect",
        query=schemas.ImportsQuery,
        response=schemas.RefusalPage,
        permission=_MANAGE,
        export="refusals",
        error_codes=_UNKNOWN,
    ),
)
JOBS: tuple[JobKind, ...] = (
    JobKind("import_entries", "Imports entries from a file", permission=_MANAGE, result=schemas.ImportResult),
    JobKind("reverse_import", "Undoes an import of entries", permission=_MANAGE, result=schemas.ReversalResult),
)
