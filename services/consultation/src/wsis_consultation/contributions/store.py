"""Repository of contributions, which are submissions, and of their endorsements."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypedDict

from wsis_shared import keyset
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.erasure import Erasure
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mongo import Repository

from wsis_consultation.contributions.rules import NEWEST, Endorsement, endorsement_id
from wsis_consultation.submissions.rules.lifecycle import RECEIVED, WITHDRAWN, Submission

COLLECTIONS = (
    CollectionSpec(
        "endorsements",
        indexes=(
            index("submission", "submission", "organization"),
            index("account", "account"),
        ),
    ),
    CollectionSpec("endorsement_counts"),
)
MAX_ORGANIZATIONS = 200  # named with a contribution
_LISTED = {"answers": 0, "per_line": 0, "requests": 0, "contact": 0}
_NUMBERS = {"action_line": "action_lines", "sdg": "sdgs"}


class Count(TypedDict):
    """How many endorse a submission."""

    _id: str
    count: int


class Contributions(Repository):
    """The submissions that everybody may read. Other submissions do not exist here."""

    def page(self, edition: str, filters: Input, sort: str, after: str | None, limit: int) -> keyset.Page[Submission]:
        """A page by number."""
        wanted = {_NUMBERS.get(name, name): value for name, value in filters.items() if value is not None}
        return keyset.find_page(
            self.collection("submissions", Submission),
            {"edition": edition, "consent.public": True, "state": RECEIVED, **wanted},
            ("-number" if sort == NEWEST else "number",),
            after,
            limit,
            projection=_LISTED,
        )

    def public_numbers(self, edition: str, numbers: Sequence[int]) -> list[int]:
        """Those of the numbers whose contributions have a page."""
        query: JsonObject = {
            "edition": edition,
            "consent.public": True,
            "number": {"$in": list(numbers)},
            "state": {"$ne": WITHDRAWN},
        }
        return sorted(row["number"] for row in self.collection("submissions", Submission).find(query, {"number": 1}))

    def find(self, edition: str, number: int) -> Submission | None:
        """The public one of this number, or None; one that was merged keeps its page."""
        query: JsonObject = {"edition": edition, "number": number, "consent.public": True, "state": {"$ne": WITHDRAWN}}
        return self.collection("submissions", Submission).find_one(query)


class Endorsements(Repository):
    """A document for each, and their number for each submission, which is written in the same transaction."""

    def find(self, submission: str, account: str) -> Endorsement | None:
        """That of an account, or None."""
        return self.collection("endorsements", Endorsement).find_one({"_id": endorsement_id(submission, account)})

    def put(self, endorsement: Endorsement) -> None:
        """Add or replace it."""
        found = self.collection("endorsements", Endorsement).replace_one(
            {"_id": endorsement["_id"]}, endorsement, upsert=True
        )
        if found.upserted_id is not None:
            self._count(endorsement["submission"], 1)

    def remove(self, submission: str, account: str) -> None:
        """Delete that of an account, if there is one, and those that mergers made of it."""
        rows = self.collection("endorsements", Endorsement)
        self._count(submission, -rows.delete_one({"_id": endorsement_id(submission, account)}).deleted_count)
        for copied in list(rows.find({"account": account, "merged_from": submission})):
            self.remove(copied["submission"], account)

    def counts(self, submissions: Iterable[str]) -> dict[str, int]:
        """Submission -> how many endorse it; one read."""
        rows = self.collection("endorsement_counts", Count).named(list(submissions))
        return {row["_id"]: row["count"] for row in rows}

    def copy(self, source: str, target: Submission) -> None:
        """Count those of a submission for another one too, into which it is merged; an account counts once, and never
        for its own."""
        rows, into = self.collection("endorsements", Endorsement), target["_id"]
        has = {target["account"], *(row["account"] for row in rows.find({"submission": into}))}
        new: list[Endorsement] = [
            {**row, "_id": endorsement_id(into, row["account"]), "submission": into, "merged_from": source}
            for row in rows.find({"submission": source})
            if row["account"] not in has
        ]
        if new:
            rows.insert_many(new)
            self._count(into, len(new))

    def take_back(self, source: str, target: str) -> None:
        """Undo `copy`, in further mergers too. Those that an account has given the other one since stay."""
        query = {"submission": target, "merged_from": source}
        for row in list(self.collection("endorsements", Endorsement).find(query)):
            self.remove(target, row["account"])

    def organizations(self, submission: str) -> list[str]:
        """The organizations that endorse it, each once, by name."""
        query = {"submission": submission, "organization": {"$gt": ""}}
        found = self.collection("endorsements", Endorsement).find(query, {"organization": 1, "submission": 1})
        rows = found.sort([("submission", 1), ("organization", 1)]).limit(MAX_ORGANIZATIONS)
        return list(dict.fromkeys(row["organization"] for row in rows if row["organization"]))

    def forget(self, erasure: Erasure) -> None:
        """Delete those of a person."""
        rows = list(self.collection("endorsements", Endorsement).find(erasure.query("at", account="account")))
        for row in rows:
            self.remove(row["submission"], row["account"])

    def _count(self, submission: str, by: int) -> None:
        if by:
            self.collection("endorsement_counts").update_one({"_id": submission}, {"$inc": {"count": by}}, upsert=True)
