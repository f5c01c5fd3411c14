"""Versions of documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import ClassVar, Generic, TypeVar

from wsis_shared import document_versions
from wsis_shared.document_versions import PUBLISHED, REMOVED, Version
from wsis_shared.outbox import EventfulRepository
from wsis_shared.published_documents.errors import Errors

V = TypeVar("V", bound=Version)


class Versions(EventfulRepository, Generic[V]):
    """A service names its collection, a word for its documents in arguments, audits and owners of files, and its
    errors. `edited` has `document_versions.edited` for the collection."""

    documents: ClassVar[str]
    noun: ClassVar[str]
    errors: ClassVar[Errors]

    def find(self, id: str, **within: str) -> V:
        """A version. Raises NotFound."""
        found: V | None = self.collection(self.documents).find_one({"_id": id, **within})
        if found is None or found["status"] == REMOVED:
            raise self.errors.unknown(id)
        return found

    def find_draft(self, id: str, **within: str) -> V:
        """A version that may change. Raises NotFound, Conflict once it is published."""
        return self.require_draft(self.find(id, **within))

    def find_published(self, id: str, **within: str) -> V:
        """A version that everybody reads. Raises NotFound."""
        found = self.find(id, **within)
        if found["status"] != PUBLISHED:
            raise self.errors.unknown(id)
        return found

    def require_draft(self, version: V) -> V:
        """The version. Raises Conflict once it is published: it never changes."""
        if version["status"] == PUBLISHED:
            raise self.errors.not_draft(version["_id"])
        return version

    def of_series(self, series: Mapping[str, str]) -> list[V]:
        """Number, status and prose of all versions of a document, also of those that were removed."""
        return list(self.collection(self.documents).find(series, {"number": 1, "status": 1, "prose": 1}))

    def of_job(self, series: Mapping[str, str], job: str) -> V | None:
        """The version that a job has built."""
        found: V | None = self.collection(self.documents).find_one({**series, "job": job})
        return found

    def next_number(self, earlier: Iterable[Version], wanted: str | None) -> str:
        """The number of a new version; none is given twice. Raises Conflict unless it is after all others."""
        try:
            return document_versions.next_number((one["number"] for one in earlier), wanted)
        except document_versions.NumberTooLow as error:
            raise self.errors.number_too_low(error.number, error.last) from error

    def target(self, version: Mapping[str, object]) -> str:
        """A version in audits and as the owner of its files."""
        return f"{self.noun}/{version['_id']}"
