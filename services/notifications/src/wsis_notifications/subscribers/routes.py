"""Routes: officers and the readers of the newsletter."""

from __future__ import annotations

from wsis_shared.blobs import Upload
from wsis_shared.imports.schemas import ImportMapping, StoredMapping
from wsis_shared.jobs import JobKind
from wsis_shared.plugin import Mode, Route

from wsis_notifications.subscribers import schemas

_OFFICER = "newsletter:readers"
_UNKNOWN = ("notifications.subscriber_unknown",)
_SUBSCRIBERS = "/v1/newsletter/subscribers"

_IMPORTS = "/v1/newsletter/imports"
_NO_IMPORT = ("notifications.import_unknown",)
_MAPPINGS = "/v1/newsletter/import-mappings"
_NOT_NOW = (*_NO_IMPORT, "notifications.import_running", "notifications.import_not_applicable")

JOBS: tuple[JobKind, ...] = (
    JobKind(
        "import_subscribers",
        "Imports readers of the newsletter",
        permission=_OFFICER,
        result=schemas.SubscriberImportResult,
    ),
)

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        _SUBSCRIBERS,
        handler="list_subscribers",
        summary="Readers, newest first",
        permission=_OFFICER,
        query=schemas.SubscriberQuery,
        response=schemas.SubscriberPage,
        export="subscribers",
        export_labels="wsis_notifications.subscribers.exports:LABELS",
        personal=True,
    ),
    Route(
        "POST",
        f"{_SUBSCRIBERS}/lookup",
        handler="look_up_subscriber",
        summary="The reader with an address",
        permission=_OFFICER,
        body=schemas.Lookup,
        response=schemas.Subscriber,
        error_codes=_UNKNOWN,
    ),
    Route(
        "GET",
        f"{_SUBSCRIBERS}/{{subscriber}}",
        handler="read_subscriber",
        summary="A reader with their consent",
        permission=_OFFICER,
        response=schemas.Subscriber,
        error_codes=_UNKNOWN,
    ),
    Route(
        "GET",
        "/v1/newsletter/figures",
        handler="subscriber_figures",
        summary="Readers by state, and growth by month",
        permission=_OFFICER,
        response=schemas.SubscriberFigures,
    ),
    Route(
        "POST",
        _IMPORTS,
        handler="start_subscriber_import",
        summary="Import readers from a file",
        mode=Mode.JOB,
        upload=Upload(
            max_bytes=200_000_000,
            media_types=(
                "text/csv",
                "application/json",
                "text/plain",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/vnd.oasis.opendocument.spreadsheet",
                "application/vnd.ms-excel",
                "application/octet-stream",
            ),
        ),
        body=schemas.SubscriberImportBody,
        response=schemas.SubscriberImportResult,
        permission=_OFFICER,
        error_codes=(
            "notifications.import_running",
            "notifications.import_file_refused",
            "notifications.import_busy",
        ),
        description="CSV, XLSX, ODS, XLS or JSON Lines with the columns of a subscription (of a table also by their "
        "usual names in seven languages), and of each consent when (`consent_at`), where (`consent_source`) and to "
        "what (`consent_text`). The dry run of a table with other columns proposes a mapping, which an officer "
        "confirms once for its `source`. Who left, bounced or is suppressed stays so.",
    ),
    Route(
        "GET",
        _IMPORTS,
        handler="list_subscriber_imports",
        summary="Imports of readers, newest first",
        query=schemas.SubscriberImportsQuery,
        response=schemas.SubscriberImportPage,
        permission=_OFFICER,
    ),
    Route(
        "GET",
        f"{_IMPORTS}/{{id}}",
        handler="read_subscriber_import",
        summary="An import of readers",
        response=schemas.SubscriberImport,
        permission=_OFFICER,
        error_codes=_NO_IMPORT,
    ),
    Route(
        "POST",
        f"{_IMPORTS}/{{id}}/application",
        handler="start_subscriber_import_application",
        summary="Import the list of a dry run",
        mode=Mode.JOB,
        body=schemas.SubscriberApplicationBody,
        response=schemas.SubscriberImportResult,
        permission=_OFFICER,
        error_codes=(*_NOT_NOW, "notifications.import_mapping_unconfirmed"),
        description="As it was tried, without another upload: once, until `file_until`.",
    ),
    Route(
        "GET",
        f"{_IMPORTS}/{{id}}/mapping",
        handler="read_subscriber_import_mapping",
        summary="How the columns and values of a list were read",
        response=ImportMapping,
        permission=_OFFICER,
        error_codes=(*_NO_IMPORT, "notifications.import_without_columns"),
        description="As it was proposed by their names and values, or as it was confirmed for its source. Examples are "
        "of columns that name no persons.",
    ),
    Route(
        "POST",
        f"{_IMPORTS}/{{id}}/mapping",
        handler="start_subscriber_import_mapping",
        summary="Confirm how a list is read, and try its file again",
        mode=Mode.JOB,
        body=schemas.SubscriberMappingBody,
        response=schemas.SubscriberImportResult,
        permission=_OFFICER,
        error_codes=(*_NOT_NOW, "notifications.import_mapping_invalid"),
        description="Of a dry run, until `file_until`. The mapping is the next version of its source: the next file "
        "with the same columns is read by it without a question. A constant is the evidence of consent of all rows "
        "that say none. The job is another dry run; its file can be applied.",
    ),
    Route(
        "GET",
        f"{_IMPORTS}/{{id}}/values",
        handler="list_subscriber_import_values",
        summary="Values of a list that were not understood, once each with their counts",
        query=schemas.SubscriberImportsQuery,
        response=schemas.SubscriberValuePage,
        permission=_OFFICER,
        export="values",
        error_codes=_NO_IMPORT,
        description="Of codes and days, never of persons. They are kept for 30 days.",
    ),
    Route(
        "GET",
        _MAPPINGS,
        handler="list_subscriber_import_mappings",
        summary="Mappings of lists, the newest first",
        query=schemas.SubscriberImportsQuery,
        response=schemas.SubscriberMappingPage,
        permission=_OFFICER,
    ),
    Route(
        "GET",
        f"{_MAPPINGS}/{{source}}",
        handler="read_subscriber_source_mapping",
        summary="The mapping of a list",
        response=StoredMapping,
        permission=_OFFICER,
        error_codes=("notifications.import_mapping_unknown",),
    ),
    Route(
        "GET",
        f"{_IMPORTS}/{{id}}/refusals",
        handler="list_subscriber_refusals",
        summary="Rows that had no effect",
        query=schemas.SubscriberImportsQuery,
        response=schemas.SubscriberRefusalPage,
        permission=_OFFICER,
        export="refusals",
        error_codes=_NO_IMPORT,
    ),
)
