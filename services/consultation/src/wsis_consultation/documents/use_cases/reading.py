"""What everybody reads: published versions, all of them, also after later ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wsis_shared.context import Context
from wsis_shared.operations import rpc

from wsis_consultation.documents import errors
from wsis_consultation.documents.rules import versions
from wsis_consultation.documents.store import Documents
from wsis_consultation.documents.use_cases.presenters import to_public
from wsis_consultation.editions.store.editions import Editions

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore

DATA, PAGE = "json", "html"


class ReadingCases:
    """Lists, documents and files."""

    def __init__(self, documents: Documents, editions: Editions) -> None:
        self._documents, self._editions = documents, editions

    @rpc
    def list_documents(self, ctx: Context, edition: str) -> dict[str, Any]:
        """Published versions, the newest first. Raises NotFound."""
        self._editions.find(edition)
        found = self._documents.of_edition(edition, status=versions.PUBLISHED)
        newest = sorted(found, key=lambda one: (one["published_at"], versions.order(one["number"])), reverse=True)
        return {"items": [to_public(one, ctx.locale) for one in newest]}

    @rpc
    def read_document(self, ctx: Context, edition: str, document: str) -> dict[str, Any]:
        """A published version. Raises NotFound."""
        return to_public(self._published(edition, document), ctx.locale)

    @rpc
    def render_document_page(self, ctx: Context, blobs: BlobStore, edition: str, document: str) -> dict[str, Any]:
        """The HTML page in the reader's language, else in the first that there is. Raises NotFound."""
        version = self._published(edition, document)
        language = ctx.locale if ctx.locale in version["files"] else version["languages"][0]
        blob = _blob(version, PAGE, language)
        return {"text": b"".join(blobs.open(blob)).decode(), "filename": f"{document}-{language}.html"}

    @rpc
    def read_document_file(
        self, ctx: Context, edition: str, document: str, format: str = "pdf", language: str | None = None
    ) -> dict[str, Any]:
        """A file of a published version. Raises NotFound."""
        return {"blob": _blob(self._published(edition, document), format, language or ctx.locale)}

    @rpc
    def read_document_version_file(
        self, ctx: Context, edition: str, document: str, format: str = "pdf", language: str | None = None
    ) -> dict[str, Any]:
        """A file of any version, for officers. Raises NotFound."""
        return {"blob": _blob(self._documents.find(edition, document), format, language or ctx.locale)}

    def _published(self, edition: str, document: str) -> versions.Version:
        version = self._documents.find(edition, document)
        if version["status"] != versions.PUBLISHED:
            raise errors.document_unknown(document)
        return version


def _blob(version: Mapping[str, Any], format: str, language: str) -> str:
    if format == DATA:
        return str(version["model"]["blob"])
    found = version["files"].get(language, {}).get("formats", {}).get(format)
    if found is None:
        raise errors.file_unknown(version["_id"])
    return str(found["blob"])
