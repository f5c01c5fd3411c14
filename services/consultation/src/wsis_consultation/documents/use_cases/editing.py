"""What officers do with a version until it is published."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared.context import Context
from wsis_shared.document_versions import DRAFT
from wsis_shared.events import new_event
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc
from wsis_shared.published_documents import use_cases as documents
from wsis_shared.revisions import IfMatch

from wsis_consultation.documents import errors
from wsis_consultation.documents.events import DOCUMENT_PUBLISHED
from wsis_consultation.documents.rules import PROSE
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
    def list_document_versions(self, ctx: Context, edition: str) -> JsonObject:
        """All versions, the newest first. Raises NotFound."""
        self._editions.find(edition)
        found = sorted(self._documents.of_edition(edition), key=lambda one: (one["built_at"], one["_id"]), reverse=True)
        return {"items": [to_officers(one, ctx.locale) for one in found]}

    @rpc
    def read_document_version(self, ctx: Context, edition: str, document: str) -> JsonObject:
        """One version, draft or not. Raises NotFound."""
        return to_officers(self._documents.find(document, edition=edition), ctx.locale)

    @rpc(writes=True)
    def write_document_prose(
        self, ctx: Context, edition: str, document: str, body: Input, if_match: IfMatch = None
    ) -> JsonObject:
        """Change texts; the files are outdated then. Raises NotFound, Conflict once it is published, Invalid for a text
        that the document does not have, PreconditionFailed."""
        version = self._documents.find_draft(document, edition=edition)
        if unknown := sorted(set(body) - set(PROSE[version["kind"]])):
            raise errors.prose_unknown(unknown)
        return to_officers(documents.write_prose(self._documents, version, body, if_match), ctx.locale)

    @rpc(writes=True)
    def publish_document(self, ctx: Context, edition: str, document: str, body: Input) -> JsonObject:
        """Make it public; a repeat changes nothing. Raises NotFound, Conflict unless each language is rendered."""
        version = self._documents.find(document, edition=edition)
        event = new_event(
            DOCUMENT_PUBLISHED,
            subject=document,
            edition=edition,
            document=document,
            version=version["number"],
            kind=version["kind"],
            as_of=version["as_of"],
            languages=version["languages"],
        )
        if version["status"] == DRAFT:
            # Whoever reopens the submissions at this moment has seen no published Outcomes.
            self._editions.mark_changed(edition)
        new = documents.publish(self._documents, version, ctx.received_at, body["reason"], event)
        return to_officers(new, ctx.locale)

    @rpc(writes=True)
    def remove_document(self, blobs: BlobStore, edition: str, document: str) -> None:
        """Delete the files of a draft; its number is not given again. Raises NotFound, Conflict once it is
        published."""
        documents.remove(self._documents, blobs, self._documents.find(document, edition=edition))
