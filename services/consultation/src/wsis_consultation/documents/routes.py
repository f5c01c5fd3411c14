"""Routes of documents: Outcomes and Analysis, and the final brief."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Mode, Route

from wsis_consultation.documents import schemas

_EDITION = "/v1/consultations/{edition}"
_DOCUMENT = f"{_EDITION}/documents/{{document}}"
_VERSIONS = f"{_EDITION}/document-versions"
_VERSION = f"{_VERSIONS}/{{document}}"
_READ, _MANAGE = "consultation:read", "consultation:manage"
_NO_EDITION, _UNKNOWN = "consultation.edition_unknown", "consultation.document_unknown"
_NO_FILE, _NOT_DRAFT = "consultation.document_file_unknown", "consultation.document_not_draft"
_NO_PROGRAMME, _LOW = "consultation.document_without_programme", "consultation.document_version_too_low"
_LATER, _FAILED = "consultation.document_as_of_later", "consultation.rendering_failed"
_CHANGED = ("consultation.document_published",)

ROUTES = (
    Route(
        "GET",
        f"{_EDITION}/documents",
        handler="list_documents",
        summary="Published documents, the newest first",
        description="All versions: an earlier one stays readable after a later one.",
        response=schemas.Documents,
        permission=PUBLIC,
        cache=300,
        invalidated_by=_CHANGED,
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "GET",
        _DOCUMENT,
        handler="read_document",
        summary="A published document with the figures of its charts",
        response=schemas.DocumentWithFigures,
        permission=PUBLIC,
        cache=300,
        invalidated_by=_CHANGED,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "GET",
        f"{_DOCUMENT}/page",
        handler="render_document_page",
        summary="A published document as a page",
        permission=PUBLIC,
        media="text/html",
        inline=True,
        cache=300,
        invalidated_by=_CHANGED,
        error_codes=(_UNKNOWN, _NO_FILE),
    ),
    Route(
        "GET",
        f"{_DOCUMENT}/file",
        handler="read_document_file",
        summary="A published document as PDF, DOCX, HTML or JSON",
        description="The JSON is the gzipped model that the document is made of; its SHA-256 is that of the document.",
        query=schemas.FileQuery,
        permission=PUBLIC,
        download=True,
        media="application/pdf",
        error_codes=(_UNKNOWN, _NO_FILE),
    ),
    Route(
        "GET",
        _VERSIONS,
        handler="list_document_versions",
        summary="All versions of documents, the newest first",
        response=schemas.DocumentVersions,
        permission=_READ,
        error_codes=(_NO_EDITION,),
    ),
    Route(
        "POST",
        _VERSIONS,
        handler="start_document",
        summary="Build a version of a document",
        mode=Mode.JOB,
        description="Freezes what was submitted until `as_of` and renders it in each language as HTML, PDF and DOCX. "
        "The same inputs give the same SHA-256. A new version has the texts of the one before.",
        body=schemas.BuildBody,
        response=schemas.Built,
        permission=_MANAGE,
        limit="heavy",
        error_codes=(_NO_EDITION, _LATER, _LOW, _NO_PROGRAMME, _FAILED),
    ),
    Route(
        "GET",
        _VERSION,
        handler="read_document_version",
        summary="A version of a document",
        response=schemas.DocumentVersion,
        permission=_READ,
        error_codes=(_UNKNOWN,),
        versioned=True,
    ),
    Route(
        "GET",
        f"{_VERSION}/file",
        handler="read_document_version_file",
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
        handler="write_document_prose",
        summary="Change the texts of a draft",
        description="The files show them after they are rendered again.",
        body=schemas.ProseBody,
        response=schemas.DocumentVersion,
        permission=_MANAGE,
        if_match=True,
        error_codes=(_UNKNOWN, _NOT_DRAFT, "consultation.document_prose_unknown"),
    ),
    Route(
        "POST",
        f"{_VERSION}/files",
        handler="render_document_files",
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
        handler="publish_document",
        summary="Publish a version",
        description="It never changes from then on.",
        body=schemas.PublishBody,
        response=schemas.DocumentVersion,
        permission=_MANAGE,
        error_codes=(_UNKNOWN, "consultation.document_not_rendered"),
    ),
    Route(
        "DELETE",
        _VERSION,
        handler="remove_document",
        summary="Delete a draft with its files",
        status=204,
        permission=_MANAGE,
        error_codes=(_UNKNOWN, _NOT_DRAFT),
    ),
)
JOBS: tuple[JobKind, ...] = (
    JobKind("build_document", "Builds a document, or renders it again", permission=_MANAGE, result=schemas.Built),
)
