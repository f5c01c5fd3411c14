"""What everybody reads: published versions, all of them, also after later ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared.context import Context
from wsis_shared.document_versions import PUBLISHED, order
from wsis_shared.json_types import JsonObject
from wsis_shared.operations import rpc
from wsis_shared.published_documents import use_cases as documents
from wsis_shared.sentences import Sentences

from wsis_consultation.documents.store import Documents, DocumentVersion
from wsis_consultation.editions.store import Editions

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore


# Documents as responses.


_say = Sentences("wsis_consultation", "documents")


def to_public(version: DocumentVersion, locale: str) -> JsonObject:
    """A version as everybody sees it."""
    return {
        **documents.to_public(version),
        "edition": version["edition"],
        "kind": version["kind"],
        "title": _say(f"{version['kind']}_title", locale),
    }


def to_officers(version: DocumentVersion, locale: str) -> JsonObject:
    """A version with what concerns officers only."""
    return {**to_public(version, locale), **documents.to_officers(version)}


class ReadingCases:
    """Lists, documents and files."""

    def __init__(self, documents: Documents, editions: Editions) -> None:
        self._documents, self._editions = documents, editions

    @rpc
    def list_documents(self, ctx: Context, edition: str) -> JsonObject:
        """Published versions, the newest first. Raises NotFound."""
        self._editions.find(edition)
        found = self._documents.of_edition(edition, status=PUBLISHED)
        newest = sorted(found, key=lambda one: (one["published_at"], order(one["number"])), reverse=True)
        return {"items": [to_public(one, ctx.locale) for one in newest]}

    @rpc
    def read_document(self, ctx: Context, edition: str, document: str) -> JsonObject:
        """A published version. Raises NotFound."""
        return to_public(self._documents.find_published(document, edition=edition), ctx.locale)

    @rpc
    def render_document_page(self, ctx: Context, blobs: BlobStore, edition: str, document: str) -> dict[str, str]:
        """The HTML page in the reader's language, else in the first that there is. Raises NotFound."""
        version = self._documents.find_published(document, edition=edition)
        return documents.page_of(self._documents, blobs, version, ctx.locale)

    @rpc
    def read_document_file(
        self, ctx: Context, edition: str, document: str, format: str = "pdf", language: str | None = None
    ) -> dict[str, str]:
        """A file of a published version. Raises NotFound."""
        version = self._documents.find_published(document, edition=edition)
        return documents.file_of(self._documents, version, format, language or ctx.locale)

    @rpc
    def read_document_version_file(
        self, ctx: Context, edition: str, document: str, format: str = "pdf", language: str | None = None
    ) -> dict[str, str]:
        """A file of any version, for officers. Raises NotFound."""
        version = self._documents.find(document, edition=edition)
        return documents.file_of(self._documents, version, format, language or ctx.locale)
