"""Files of a discussion: the secretariat adds them, everybody downloads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from wsis_shared import audit, languages
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_consultation.discussions.rules import discussions
from wsis_consultation.discussions.store import Discussions
from wsis_consultation.discussions.use_cases.communities import changed_event
from wsis_consultation.editions.rules import public_documents
from wsis_consultation.editions.rules.public_documents import Document

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore


class DocumentCases:
    """What is done with them."""

    def __init__(self, discussions: Discussions, blobs: Callable[[], BlobStore]) -> None:
        self._discussions, self._blobs = discussions, blobs

    @rpc(writes=True)
    def add_discussion_document(
        self, ctx: Context, edition: str, discussion: str, body: Input, upload: Input
    ) -> JsonObject:
        """Add a file to a discussion, also to a closed one. Raises NotFound, Conflict."""
        found = self._discussions.discussion(edition, discussion)
        discussions.require_space_for_document(found)
        document = public_documents.of_upload(ctx.new_id("document")[:16], body, upload, ctx.received_at)
        self._blobs().keep(upload["id"], owner=f"discussion/{discussion}")
        after = public_documents.facts(document)
        entry = audit.entry("consultation.discussion_document_added", f"discussion/{discussion}", None, after)
        self._save(found, [*discussions.documents(found), document], entry)
        return {**document, "title": languages.in_language(document["title"], ctx.locale)}

    @rpc(writes=True)
    def remove_discussion_document(self, ctx: Context, edition: str, discussion: str, document: str) -> None:
        """Remove a file. Raises NotFound."""
        found = self._discussions.discussion(edition, discussion)
        removed = _document(found, document)
        self._blobs().delete(removed["blob"])
        rest = [one for one in discussions.documents(found) if one is not removed]
        before = public_documents.facts(removed)
        entry = audit.entry("consultation.discussion_document_removed", f"discussion/{discussion}", before, None)
        self._save(found, rest, entry)

    @rpc
    def read_discussion_document(self, edition: str, discussion: str, document: str) -> JsonObject:
        """The reference to a file. Raises NotFound."""
        return {"blob": _document(self._discussions.discussion(edition, discussion), document)["blob"]}

    def _save(self, found: discussions.Discussion, documents: list[Document], entry: PendingEvent) -> None:
        changed: discussions.Discussion = {**found, "documents": documents}
        self._discussions.set_fields(found, changed, changed_event(changed), entry)


def _document(discussion: discussions.Discussion, document: str) -> Document:
    found = public_documents.find(discussions.documents(discussion), document)
    if found is None:
        raise NotFound("consultation.discussion_document_unknown")
    return found
