"""Files of a discussion: officers put them there, everybody reads them."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.blobs import store as blob_store
from wsis_testkit import actor, refused

from wsis_consultation.discussions import schemas
from wsis_consultation.discussions.rules import discussions

from ..discussion_kit import Forum

pytestmark = pytest.mark.usefixtures("community")


def test_a_document_is_added_downloaded_and_removed(forum: Forum) -> None:
    officer, about = forum.consultation.officer, f"discussion/{forum.id}"
    before = forum.call("read_discussion")
    blob = blob_store.of("consultation").put([b"%PDF-1.7 note"], owner="upload", filename="note.pdf")
    body = {"title": {"en": "Background note", "fr": "Note de fond"}, "language": "fr"}
    added = forum.call("add_discussion_document", officer, body=body, upload=blob.reference())
    read = forum.call("read_discussion", context={"locale": "fr"})
    [shown] = schemas.Discussion().dump(read)["documents"]
    assert (shown["title"], shown["filename"], shown["sha256"]) == ("Note de fond", "note.pdf", blob.sha256)
    assert "blob" not in shown
    assert read["revision"] == before["revision"], "an officer who edits the text meanwhile is not disturbed"
    reference = forum.call("read_discussion_document", actor(), document=added["id"])
    assert b"".join(blob_store.of("consultation").open(reference["blob"])) == b"%PDF-1.7 note"

    forum.call("remove_discussion_document", officer, document=added["id"])
    with refused("consultation.discussion_document_unknown"):
        forum.call("read_discussion_document", actor(), document=added["id"])
    assert forum.call("read_discussion")["documents"] == []
    entries = [entry["action"] for entry in forum.audited(about, 3)]
    assert entries[-2:] == ["consultation.discussion_document_added", "consultation.discussion_document_removed"]


def test_a_discussion_has_fifty_documents_at_most() -> None:
    full: Any = {"documents": [{}] * 50}
    discussions.require_space_for_document({**full, "documents": full["documents"][1:]})
    discussions.require_space_for_document({})  # type: ignore[typeddict-item]  # of before there were documents
    with refused("consultation.discussion_documents_full"):
        discussions.require_space_for_document(full)
