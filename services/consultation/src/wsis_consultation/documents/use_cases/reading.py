"""What everybody reads: published versions, all of them, also after later ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wsis_shared import revisions
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.operations import rpc
from wsis_shared.sentences import Sentences

from wsis_consultation.documents import errors
from wsis_consultation.documents.rules import versions
from wsis_consultation.documents.store import Documents
from wsis_consultation.editions.store import Editions

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore


# Documents as responses.


_say = Sentences("wsis_consultation", "documents")


def to_public(version: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """A version as everybody sees it."""
    return {
        **{name: version[name] for name in ("edition", "kind", "as_of", "published_at", "total", "languages")},
        "id": version["_id"],
        "title": _say(f"{version['kind']}_title", locale),
        "version": version["number"],
        "sha256": version["model"]["sha256"],
        "statistics": version["statistics"],
        "files": [
            {"language": language, "format": name, "size": one["size"], "sha256": one["sha256"]}
            for language, made in sorted(version["files"].items())
            for name, one in sorted(made["formats"].items())
        ],
    }


def to_officers(version: Mapping[str, Any], locale: str) -> dict[str, Any]:
    """A version with what concerns officers only."""
    missing = sorted({char for made in version["files"].values() for char in made["missing"]})
    return {
        **to_public(version, locale),
        **{name: version[name] for name in ("status", "built_at", "prose")},
        "revision": revisions.of(version),
        "outdated": versions.outdated_languages(version),
        "missing_characters": missing,
    }


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
        raise NotFound("consultation.document_file_unknown", document=version["_id"])
    return str(found["blob"])
