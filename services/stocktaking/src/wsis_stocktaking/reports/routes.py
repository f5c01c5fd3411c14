"""Routes of reports: global, regional, Success Stories."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Mode, Route

from wsis_stocktaking.reports import schemas

_REPORTS = "/v1/stocktaking-reports"
_REPORT = f"{_REPORTS}/{{report}}"
_VERSIONS = "/v1/stocktaking-report-versions"
_VERSION = f"{_VERSIONS}/{{report}}"
_READ, _MANAGE = "stocktaking:read", "stocktaking:manage"
_UNKNOWN, _NO_FILE = "stocktaking.report_unknown", "stocktaking.report_file_unknown"
_NOT_DRAFT, _FAILED = "stocktaking.report_not_draft", "stocktaking.rendering_failed"
_CHANGED = ("stocktaking.report_published",)

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
        invalidated_by=_CHANGED,
    ),
    Route(
        "GET",
        _REPORT,
        handler="read_report",
        summary="A published report with the figures of its charts",
        response=schemas.ReportWithFigures,
        permission=PUBLIC,
        cache=300,
        invalidated_by=_CHANGED,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "GET",
        f"{_REPORT}/page",
        handler="render_report_page",
        summary="A published report as a page",
        permission=PUBLIC,
        media="text/html",
        inline=True,
        cache=300,
        invalidated_by=_CHANGED,
        error_codes=(_UNKNOWN, _NO_FILE),
    ),
    Route(
        "GET",
        f"{_REPORT}/file",
        handler="read_report_file",
        summary="A published report as PDF, DOCX, HTML or JSON",
        description="The JSON is the gzipped model that the report is made of; its SHA-256 is that of the report.",
        query=schemas.FileQuery,
        permission=PUBLIC,
        download=True,
        media="application/pdf",
        error_codes=(_UNKNOWN, _NO_FILE),
    ),
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
            _FAILED,
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
    Route(
        "GET",
        _VERSION,
        handler="read_report_version",
        summary="A version of a report",
        response=schemas.ReportVersion,
        permission=_READ,
        error_codes=(_UNKNOWN,),
        versioned=True,
    ),
    Route(
        "GET",
        f"{_VERSION}/file",
        handler="read_report_version_file",
        summary="A file of a version, draft or published",
        query=schemas.FileQuery,
        permission=_READ,
        download=True,
        media="application/pdf",
        error_codes=(_UNKNOWN, _NO_FILE),
    ),
    Route(
        "PUT",
        f"{_VERSION}/prose",
        handler="write_report_prose",
        summary="Change the texts of a draft",
        description="The files show them after they are rendered again.",
        body=schemas.ProseBody,
        response=schemas.ReportVersion,
        permission=_MANAGE,
        error_codes=(_UNKNOWN, _NOT_DRAFT),
        if_match=True,
    ),
    Route(
        "POST",
        f"{_VERSION}/files",
        handler="render_report_files",
        summary="Render a draft again",
        mode=Mode.JOB,
        description="In the languages whose files are older than the texts.",
        response=schemas.Built,
        permission=_MANAGE,
        limit="heavy",
        error_codes=(_UNKNOWN, _NOT_DRAFT, _FAILED),
    ),
    Route(
        "PUT",
        f"{_VERSION}/publication",
        handler="publish_report",
        summary="Publish a version",
        description="It never changes from then on.",
        body=schemas.PublicationBody,
        response=schemas.ReportVersion,
        permission=_MANAGE,
        error_codes=(_UNKNOWN, "stocktaking.report_not_rendered"),
    ),
    Route(
        "DELETE",
        _VERSION,
        handler="remove_report",
        summary="Delete a draft with its files",
        status=204,
        permission=_MANAGE,
        error_codes=(_UNKNOWN, _NOT_DRAFT),
    ),
)
JOBS: tuple[JobKind, ...] = (
    JobKind("build_report", "Builds a report, or renders it again", permission=_MANAGE, result=schemas.Built),
)
