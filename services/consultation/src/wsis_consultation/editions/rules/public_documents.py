"""Documents that the secretariat publishes with a meeting or a discussion."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypedDict

from wsis_shared.json_types import Input, JsonObject
from wsis_shared.reference.loading import Titles


class Document(TypedDict):
    """A file with its title by language."""

    id: str
    blob: str
    title: Titles
    language: str
    at: datetime
    filename: str
    media_type: str
    size: int
    sha256: str


MAX_DOCUMENTS = 50  # of a meeting, of a discussion


def of_upload(id: str, body: Input, upload: Input, at: datetime) -> Document:
    """A document of a file that came in; `body` has its title and language."""
    return {
        "id": id,
        "blob": upload["id"],
        "title": body["title"],
        "language": body["language"],
        "at": at,
        "filename": upload["filename"],
        "media_type": upload["media_type"],
        "size": upload["size"],
        "sha256": upload["sha256"],
    }


def find(documents: Iterable[Document], id: str) -> Document | None:
    """The document of that id."""
    return next((one for one in documents if one["id"] == id), None)


def facts(document: Document) -> JsonObject:
    """What the audit log keeps of it."""
    return {"document": document["id"], "filename": document["filename"], "sha256": document["sha256"]}
