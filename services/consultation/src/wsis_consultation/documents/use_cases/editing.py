"""What officers do with a version until it is published."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from wsis_shared import audit, languages, revisions
from wsis_shared.context import Context
from wsis_shared.events import new_event
from wsis_shared.operations import rpc
from wsis_shared.revisions import IfMatch

from wsis_consultation.documents import errors
from wsis_consultation.documents.events import DOCUMENT_PUBLISHED
from wsis_consultation.documents.rules import PROSE, versions
from wsis_consultation.documents.store import Documents
from wsis_consultation.documents.use_cases.reading import to_officers
from wsis_consultation.editions.store import Editions

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore


class EditingCases:
    """Prose, publication, removal."""

    def __init__(self, documents: Documents, editions: Editions) -> None:
        self._documents, self._editions = documents, editions

    @rpc
    def list_document_versions(self, ctx: Context, edition: str) -> dict[str, Any]:
        """All versions, the newest first. Raises NotFound."""
        self._editions.find(edition)
        found = sorted(self._documents.of_edition(edition), key=lambda one: (one["built_at"], one["_id"]), reverse=True)
        return {"items": [to_officers(one, ctx.locale) for one in found]}

    @rpc
    def read_document_version(self, ctx: Context, edition: str, document: str) -> dict[str, Any]:
        """One version, draft or not. Raises NotFound."""
        return to_officers(self._documents.find(edition, document), ctx.locale)

    @rpc(writes=True)
    def write_document_prose(
        self, ctx: Context, edition: str, document: str, body: Mapping[str, Any], if_match: IfMatch = None
    ) -> dict[str, Any]:
        """Change texts; the files are outdated then. Raises NotFound, Conflict once it is published, Invalid for a text
        that the document does not have, PreconditionFailed."""
        version = self._documents.find(edition, document)
        versions.require_draft(version)
        revisions.require(version, versions.edited(version), if_match)
        if unknown := sorted(set(body) - set(PROSE[version["kind"]])):
            raise errors.prose_unknown(unknown)
        written = {name: languages.merge(version["prose"].get(name), texts) for name, texts in body.items()}
        changed = {name: texts for name, texts in written.items() if version["prose"].get(name, {}) != texts}
        if not changed:
            return to_officers(version, ctx.locale)
        before = {name: version["prose"].get(name) for name in changed}
        entry = audit.entry("consultation.document_edited", f"document/{document}", before, changed)
        new = {**version, "prose": {**version["prose"], **changed}, "prose_revision": version["prose_revision"] + 1}
        return to_officers(self._documents.save("documents", new, entry), ctx.locale)

    @rpc(writes=True)
    def publish_document(self, ctx: Context, edition: str, document: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Make it public; a repeat changes nothing. Raises NotFound, Conflict unless each language is rendered."""
        version = self._documents.find(edition, document)
        if version["status"] == versions.PUBLISHED:
            return to_officers(version, ctx.locale)
        versions.require_rendered(version)
        new = {**version, "status": versions.PUBLISHED, "published_at": ctx.received_at}
        event = new_event(
            DOCUMENT_PUBLISHED,
            subject=document,
            edition=edition,
            document=document,
            kind=version["kind"],
            version=version["number"],
            as_of=version["as_of"],
            languages=version["languages"],
        )
        entry = audit.entry(
            "consultation.document_published",
            f"document/{document}",
            {"status": versions.DRAFT},
            {"status": versions.PUBLISHED},
            body["reason"],
        )
        # Whoever reopens the submissions at this moment has seen no published Outcomes.
        self._editions.mark_changed(edition)
        return to_officers(self._documents.save("documents", new, event, entry), ctx.locale)

    @rpc(writes=True)
    def remove_document(self, blobs: BlobStore, edition: str, document: str) -> None:
        """Delete the files of a draft; its number is not given again. Raises NotFound, Conflict once it is
        published."""
        version = self._documents.find(edition, document)
        versions.require_draft(version)
        files = [one["blob"] for made in version["files"].values() for one in made["formats"].values()]
        for blob in (version["model"]["blob"], *files):
            blobs.delete(blob)
        entry = audit.entry("consultation.document_removed", f"document/{document}", {"status": version["status"]})
        self._documents.save("documents", {**version, "status": versions.REMOVED, "files": {}}, entry)
