"""Routes of reports: global, regional, Success Stories."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Mode, Route
from wsis_shared.published_documents.routes import DocumentRoutes

from wsis_stocktaking.reports import schemas

_REPORTS = "/v1/stocktaking-reports"
_VERSIONS = "/v1/stocktaking-report-versions"
_READ, _MANAGE = "stocktaking:read", "stocktaking:manage"
_ALIKE = DocumentRoutes(
    service="stocktaking",
    noun="report",
    document=f"{_REPORTS}/{{report}}",
    version=f"{_VERSIONS}/{{report}}",
    read=_READ,
    manage=_MANAGE,
    figures=schemas.ReportWithFigures,
    for_officers=schemas.ReportVersion,
    prose=schemas.ProseBody,
    publication=schemas.PublicationBody,
    built=schemas.Built,
    page="/reports/{report}",
)

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        _REPORTS,
        handler="list_reports",
        summary="Published reports, the newest first",
        description="All versions: an earlier one stays readable after a later one.",
        query=schemas.ReportQuery,
        response=schemas.ReportPage,
        permission=PUBLIC,
        cache=300,
        invalidated_by=("stocktaking.report_published",),
    ),
    *_ALIKE.of_documents(),
    Route(
        "POST",
        _REPORTS,
        handler="start_report",
        summary="Build a version of a report",
        mode=Mode.JOB,
        description="Freezes the register as it was at `as_of`, or at `sequence`, and renders the report in each "
        "language as HTML, PDF and DOCX. The same sequence gives the same SHA-256. A new version has the texts of the "
        "one before. Success Stories are refused before the winners of the edition are announced.",
        body=schemas.BuildBody,
        response=schemas.Built,
        permission=_MANAGE,
        limit="heavy",
        error_codes=(
            "stocktaking.report_as_of_later",
            "stocktaking.report_sequence_later",
            "stocktaking.report_version_too_low",
            "stocktaking.report_register_empty",
            "stocktaking.report_empty",
            "stocktaking.winners_not_announced",
            "stocktaking.rendering_failed",
        ),
    ),
    Route(
        "GET",
        _VERSIONS,
        handler="list_report_versions",
        summary="All versions of reports, the newest first",
        query=schemas.ReportQuery,
        response=schemas.ReportVersionPage,
        permission=_READ,
    ),
    *_ALIKE.of_versions(),
)
JOBS: tuple[JobKind, ...] = (
    JobKind("build_report", "Builds a report, or renders it again", permission=_MANAGE, result=schemas.Built),
)
