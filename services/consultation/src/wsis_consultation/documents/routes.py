"""Routes of documents: Outcomes and Analysis, the final brief, the Outcome Document."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Mode, Route
from wsis_shared.published_documents.routes import DocumentRoutes

from wsis_consultation.documents import schemas

_EDITION = "/v1/consultations/{edition}"
_VERSIONS = f"{_EDITION}/document-versions"
_READ, _MANAGE = "consultation:read", "consultation:manage"
_NO_EDITION = "consultation.edition_unknown"
_ALIKE = DocumentRoutes(
    service="consultation",
    noun="document",
    document=f"{_EDITION}/documents/{{document}}",
    version=f"{_VERSIONS}/{{document}}",
    read=_READ,
    manage=_MANAGE,
    figures=schemas.DocumentWithFigures,
    for_officers=schemas.DocumentVersion,
    prose=schemas.ProseBody,
    publication=schemas.PublishBody,
    built=schemas.Built,
    prose_errors=("consultation.document_prose_unknown",),
)

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
        invalidated_by=("consultation.document_published", "consultation.edition_removed"),
        error_codes=(_NO_EDITION,),
    ),
    *_ALIKE.of_documents(),
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
        "A new version has the texts of the one before. The Outcome Document "
        "has what sessions filed, the WSIS-SDG Matrix of the Forum, and who took part in its meeting of kind `forum`.",
        body=schemas.BuildBody,
        response=schemas.Built,
        permission=_MANAGE,
        limit="heavy",
        error_codes=(
            _NO_EDITION,
            "consultation.document_as_of_later",
            "consultation.document_version_too_low",
            "consultation.document_without_programme",
            "consultation.rendering_failed",
        ),
    ),
    *_ALIKE.of_versions(),
)
JOBS: tuple[JobKind, ...] = (
    JobKind("build_document", "Builds a document, or renders it again", permission=_MANAGE, result=schemas.Built),
)
