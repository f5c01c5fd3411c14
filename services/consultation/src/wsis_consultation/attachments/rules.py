"""Files attached to a submission or a draft: how many, of which names, and who sees them."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import NotRequired, TypedDict

from wsis_shared.errors import Conflict
from wsis_shared.json_types import Input

from wsis_consultation.attachments import errors
from wsis_consultation.editions.rules.stored import Stored
from wsis_consultation.submissions.rules.lifecycle import FileReference


class Published(TypedDict):
    """Which officer shows it to everybody."""

    at: datetime
    by: str


class Removed(TypedDict):
    """Nobody sees it any more."""

    at: datetime


class Attachment(Stored):
    """`parent` is the id of the draft, and of the submission that comes of it; `scan` is clean, infected or
    unscanned."""

    edition: str
    parent: str
    in_draft: bool
    blob: str
    filename: str
    media_type: str
    size: int
    sha256: str
    at: datetime
    scan: str
    scan_tried_at: NotRequired[datetime]
    published: Published | None
    removed: Removed | None


MAX_COUNT = 10
CLEAN, INFECTED, UNSCANNED = SCANS = ("clean", "infected", "unscanned")

EXTENSIONS = {
    "application/pdf": ".pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "image/png": ".png",
}
"""Media type -> how the name of such a file ends: a download opens by its name."""


def new(upload: Input, *, id: str, edition: str, parent: str, at: datetime, in_draft: bool) -> Attachment:
    """An attachment that nobody but its owner and officers sees. Raises Invalid where its name says another type."""
    extension = EXTENSIONS.get(upload["media_type"])
    if extension is None:
        raise errors.refused("type")
    if not upload["filename"].lower().endswith(extension):
        raise errors.misnamed(extension)
    return {
        "_id": id,
        "edition": edition,
        "parent": parent,
        "in_draft": in_draft,
        "blob": upload["id"],
        "filename": upload["filename"],
        "media_type": upload["media_type"],
        "size": upload["size"],
        "sha256": upload["sha256"],
        "at": at,
        "scan": UNSCANNED,
        "published": None,
        "removed": None,
    }


def reference(attachment: Attachment) -> FileReference:
    """What the submission holds of it."""
    return {
        "id": attachment["_id"],
        "blob": attachment["blob"],
        "filename": attachment["filename"],
        "media_type": attachment["media_type"],
        "size": attachment["size"],
        "sha256": attachment["sha256"],
    }


class Reader(Enum):
    """Who reads the attachments of a submission. INSIDER: its owner, officers. NOBODY: it is withdrawn or gone."""

    INSIDER, PUBLIC, NOBODY = range(3)


def is_visible(attachment: Attachment, reader: Reader) -> bool:
    """Whether it may be read: by insiders unless it was removed or is infected; by the public once it is published."""
    if attachment["removed"] or attachment["scan"] == INFECTED:
        return False
    return reader is Reader.INSIDER or (reader is Reader.PUBLIC and attachment["published"] is not None)


def publish(attachment: Attachment, *, by: str, at: datetime, scanner: bool) -> Attachment:
    """Everybody sees it from now on. Raises Conflict where there is a scanner that has not found it clean."""
    if attachment["scan"] != CLEAN and scanner:
        raise Conflict("consultation.attachment_not_scanned", attachment=attachment["_id"])
    return {**attachment, "published": attachment["published"] or {"at": at, "by": by}}


def unpublish(attachment: Attachment) -> Attachment:
    """Only its owner and officers see it again."""
    return {**attachment, "published": None}


def remove(attachment: Attachment, *, at: datetime) -> Attachment:
    """Nobody sees it any more."""
    return {**attachment, "published": None, "removed": {"at": at}, "in_draft": False}


def nameless(attachment: Attachment) -> Attachment:
    """The file under a name that its owner did not give."""
    return {**attachment, "filename": "attachment" + EXTENSIONS[attachment["media_type"]]}


def scanned(attachment: Attachment, verdict: str) -> Attachment:
    """What the scanner said later: an infected one is withdrawn from the public at once."""
    published = None if verdict == INFECTED else attachment["published"]
    return {**attachment, "scan": verdict, "published": published}
