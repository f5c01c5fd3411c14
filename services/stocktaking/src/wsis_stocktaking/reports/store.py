"""Repository of reports: their versions, and the register that they are made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from wsis_shared import keyset
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.document_versions import PUBLISHED, REMOVED, Version, edited
from wsis_shared.mongo import Repository
from wsis_shared.published_documents.store import Versions

from wsis_stocktaking.register.rules.entries import Revision
from wsis_stocktaking.register.store.register import was_public
from wsis_stocktaking.reports.errors import ERRORS
from wsis_stocktaking.reports.rules.models import ModelVersions
from wsis_stocktaking.reports.rules.scopes import Scope

COLLECTIONS = (
    CollectionSpec(
        "reports",
        indexes=(
            index("series", "series"),
            index("status", "status", "-published_at", "-_id"),
            index("built", "-built_at", "-_id"),
            index("job", "job"),
        ),
    ),
)

STEP = 1000  # sequences of the register that are read at once
_LISTED = {"prose": 0}


class Report(Version):
    """A version of a report; `versions` is what its model was made with."""

    series: str
    scope: Scope
    sequence: int
    versions: ModelVersions


class Reports(Versions[Report]):
    """Versions of reports."""

    source, documents, noun, errors = "stocktaking", "reports", "report", ERRORS
    edited: ClassVar = {"reports": edited}

    def published(self, after: str | None, limit: int) -> keyset.Page[Report]:
        """Public versions, the newest first."""
        return keyset.find_page(
            self.collection("reports", Report),
            {"status": PUBLISHED},
            ("-published_at", "-_id"),
            after,
            limit,
            projection=_LISTED,
        )

    def all(self, after: str | None, limit: int) -> keyset.Page[Report]:
        """All versions, the newest first."""
        return keyset.find_page(
            self.collection("reports", Report),
            {"status": {"$ne": REMOVED}},
            ("-built_at", "-_id"),
            after,
            limit,
            counted=True,
        )


class Sources(Repository):
    """The register, read in ranges of its sequence."""

    def public_at(self, sequence: int) -> Iterator[Revision]:
        """The revisions that were public at a sequence, in the order of their own."""
        for first in range(0, sequence, STEP):
            rows = self.collection("revisions", Revision).find(
                {"sequence": {"$gt": first, "$lte": min(first + STEP, sequence)}}
            )
            yield from sorted((row for row in rows if was_public(row, sequence)), key=lambda row: int(row["sequence"]))

    def has_winners(self, edition: str) -> bool:
        """Whether any entry is marked as a winner of an edition now."""
        query = {"prize.edition": edition, "prize.status": "winner"}
        return self.collection("entries").find_one(query, {"_id": 1}) is not None
