"""Repository of submissions that may be the same."""

from __future__ import annotations

from collections.abc import Iterable

from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.json_types import JsonObject
from wsis_shared.mongo import Repository

from wsis_consultation.merging.rules import Brief
from wsis_consultation.submissions.rules.lifecycle import RECEIVED, Submission

COLLECTIONS: tuple[CollectionSpec, ...] = ()
_BRIEF = dict.fromkeys(("organization", "country", "action_lines"), 1)


class SimilarSubmissions(Repository):
    """Submissions of an edition that stand: in short for all, whole for a few."""

    def of_edition(self, edition: str) -> list[Brief]:
        """All."""
        return self._briefs({"edition": edition, "state": RECEIVED})

    def visible_to(self, edition: str, email_key: str | None) -> list[Brief]:
        """Those that a sender may know of: public ones, and those of the own address."""
        public = self._briefs({"edition": edition, "consent.public": True, "state": RECEIVED})
        own = self._briefs({"email_key": email_key, "edition": edition, "state": RECEIVED}) if email_key else []
        return list({row["_id"]: row for row in (*public, *own)}.values())

    def whole(self, ids: Iterable[str]) -> list[Submission]:
        """These; in one read."""
        return list(self.collection("submissions", Submission).named(list(ids)))

    def by_number(self, edition: str, number: int) -> Submission | None:
        """One, or None."""
        return self.collection("submissions", Submission).find_one({"edition": edition, "number": number})

    def _briefs(self, query: JsonObject) -> list[Brief]:
        return list(self.collection("submissions", Brief).find(query, _BRIEF))
