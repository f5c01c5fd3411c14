"""Published documents, as everybody reads them."""

from __future__ import annotations

from wsis_shared.pages import Page, Read

PAGES = (
    Page(
        "/consultations/{edition}/documents/{document}",
        "documents/pages/document.html",
        "document",
        reads=(
            Read("document", "/v1/consultations/{edition}/documents/{document}"),
            Read("documents", "/v1/consultations/{edition}/documents", optional=True),
        ),
        view="wsis_consultation.documents.pages.views:document",
        example={"edition": "2017", "document": "d1"},
    ),
)
