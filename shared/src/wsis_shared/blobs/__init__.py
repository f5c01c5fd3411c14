"""Blobs: files by reference, so that nothing large crosses the bus (the claim-check pattern).

The gateway streams an upload into the blob store and sends the handler a reference; a service stores a report and
answers with a reference, which the gateway streams to the client.

A blob is temporary until a service keeps it. Whatever fails on the way leaves nothing behind but a blob that expires:

    blob = blobs.put([pdf], owner=f"project/{id}", filename="certificate.pdf")   # expires in an hour
    def save():
        blobs.keep(blob.id, owner=f"project/{id}")   # joins the transaction
        self._certificates.save(id, blob.id)
    in_transaction(save)

This module loads without pymongo; `wsis_shared.blobs.store` needs it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypedDict

# Formats of text that nothing but its use tells from other text: a route that takes one of them takes text.
_TEXT = "text/plain"
_KINDS_OF_TEXT = ("text/csv", "text/markdown", "text/tab-separated-values", "application/json", "application/jsonl")


class Reference(TypedDict):
    """What travels on the bus in place of the contents."""

    id: str
    filename: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Blob:
    """What the store knows of a file. `size` in bytes; `sha256` in hexadecimal digits; `expires_at` is None for a blob
    that a service keeps."""

    id: str
    owner: str
    filename: str
    media_type: str
    size: int
    sha256: str
    created_at: datetime
    expires_at: datetime | None

    def reference(self) -> Reference:
        """What travels on the bus in place of the contents."""
        return {
            "id": self.id,
            "filename": self.filename,
            "media_type": self.media_type,
            "size": self.size,
            "sha256": self.sha256,
        }


@dataclass(frozen=True)
class Upload:
    """What a route takes as its file: at most `max_bytes`, of one of `media_types` by its content."""

    max_bytes: int
    media_types: tuple[str, ...]

    def accept(self, detected: str) -> str | None:
        """The media type under which a file of the `detected` type is taken; None: refused."""
        if detected in self.media_types:
            return detected
        if detected == _TEXT:
            return next((media_type for media_type in self.media_types if media_type in _KINDS_OF_TEXT), None)
        return None


class Contents(Protocol):
    """Where the bytes of blobs are. `key` is the id of the blob."""

    def write(self, key: str, chunks: Iterator[bytes]) -> None:
        """Store all chunks. What a failure leaves behind is removed by `delete`."""

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """Chunks of the bytes from `start` up to, not including, `end`."""

    def delete(self, key: str) -> None:
        """Remove what is there of it, also of unfinished writes. Idempotent."""
