"""Signed results, rankings, finalists; decisions, and who looked at them, apart: nothing joins them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared import clock, keyset
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.errors import Conflict
from wsis_shared.json_types import Input
from wsis_shared.mongo import Repository

from wsis_prizes.editions.rules.editions import Edition
from wsis_prizes.finalists.rules import (
    Certified,
    Decision,
    Ranked,
    Ranking,
    Result,
    Ruling,
    StoredResult,
    explained,
    of_result,
)

COLLECTIONS = (
    CollectionSpec("signed_results"),
    CollectionSpec("results", indexes=(index("edition", "edition", "category", unique=True),)),
    CollectionSpec("decisions", indexes=(index("edition", "edition", "category", unique=True),)),
    CollectionSpec("looks", indexes=(index("newest", "edition", "-at", "-_id"),)),
)


class SignedResult(TypedDict):
    """A document of `signed_results`: what the signed result of voting says of each category."""

    _id: str  # edition
    number: int
    rules: dict[str, object]
    categories: list[dict[str, object]]
    kept_at: datetime
    open_ties: NotRequired[int]  # until the finalists are fixed; former versions had none


class Access(TypedDict):
    """Who saw what is under embargo."""

    _id: str
    edition: str
    account: str
    roles: list[str]
    what: str
    request_id: str
    at: datetime


class Results(Repository):
    """Decisions are joined with nothing: what needs them names them."""

    def signed_result(self, edition: str) -> SignedResult | None:
        """The signed result as voting has delivered it. UNDER EMBARGO until the champions are announced."""
        return self.collection("signed_results", SignedResult).find_one({"_id": edition})

    def keep_signed_result(self, edition: str, result: Input) -> None:
        """Keep it, in place of one with a lower number."""
        kept: SignedResult = {
            "_id": edition,
            "number": result["number"],
            "rules": result["rules"],
            "categories": result["categories"],
            "kept_at": clock.now(),
            "open_ties": sum(bool(row["tied"]) for row in result["categories"]),
        }
        self.collection("signed_results", SignedResult).replace_one({"_id": edition}, kept, upsert=True)

    def ties_settled(self, edition: str) -> None:
        """The finalists are fixed: no tie of its signed result waits any more."""
        self.collection("signed_results").update_one({"_id": edition}, {"$set": {"open_ties": 0}})

    def certified(self, edition: str) -> dict[str, Certified]:
        """Category -> what the signed result of voting says of it. Raises tally_not_certified until it is there."""
        result = self.signed_result(edition)
        if result is None:
            raise Conflict("prizes.tally_not_certified")
        return of_result(result)

    def results(self, edition: str) -> dict[str, StoredResult]:
        """By category."""
        return {row["category"]: row for row in self.collection("results", StoredResult).find({"edition": edition})}

    def explained_results(self, edition: Edition) -> dict[str, Result]:
        """The same of an edition's document, each with what explains it."""
        rows = self.results(edition["_id"])
        return {category: explained(row, edition["settings"]) for category, row in rows.items()}

    def result(self, edition: str, category: str) -> StoredResult | None:
        """The same for one category; None before the finalists are fixed."""
        return self.collection("results", StoredResult).find_one({"edition": edition, "category": category})

    def save_result(
        self,
        edition: str,
        category: str,
        ranking: Sequence[Ranked],
        finalists: list[str],
        *,
        certified: Certified,
        rulings: Sequence[Ruling],
    ) -> None:
        """Store the ranking and the finalists of a category, and what explains them."""
        self.collection("results", StoredResult).replace_one(
            {"edition": edition, "category": category},
            {
                "_id": f"{edition}|{category}",
                "edition": edition,
                "category": category,
                "ranking": [_ranking(row) for row in ranking],
                "finalists": finalists,
                "certified": certified,
                "rulings": list(rulings),
                "fixed_at": clock.now(),
            },
            upsert=True,
        )

    def decision(self, edition: str, category: str) -> Decision | None:
        """The decision on a category, or None. UNDER EMBARGO until the release."""
        return self.collection("decisions", Decision).find_one({"edition": edition, "category": category})

    def decide(
        self, edition: str, category: str, project: str | None, reason: str, by: str, change_reason: str | None = None
    ) -> None:
        """Store the Expert Group's decision in place of the one before, and why it changed."""
        self.collection("decisions", Decision).replace_one(
            {"edition": edition, "category": category},
            {
                "_id": f"{edition}|{category}",
                "edition": edition,
                "category": category,
                "project": project,
                "reason": reason,
                "change_reason": change_reason,
                "by": by,
                "at": clock.now(),
            },
            upsert=True,
        )

    def decisions(self, edition: str) -> dict[str, Decision]:
        """Category -> decision. UNDER EMBARGO until the release."""
        return {row["category"]: row for row in self.collection("decisions", Decision).find({"edition": edition})}

    def close_decisions(self, edition: str, moment: datetime) -> dict[str, Decision]:
        """The same, for the release: of it and a decision that changes at that moment one is first."""
        self.collection("decisions").update_many({"edition": edition}, {"$set": {"released_at": moment}})
        return self.decisions(edition)

    def void_decision(self, edition: str, category: str) -> None:
        """The finalists changed: the Expert Group decides again."""
        self.collection("decisions", Decision).delete_one({"edition": edition, "category": category})

    def log_access(self, edition: str, account: str, roles: list[str], what: str, request_id: str) -> None:
        """Note that somebody looks at what is under embargo: at once and in no transaction, since a refusal may show
        it too, and undoes the transaction."""
        self.db["looks"].insert_one(
            {
                "_id": uuid.uuid4().hex,
                "edition": edition,
                "account": account,
                "roles": roles,
                "what": what,
                "request_id": request_id,
                "at": clock.now(),
            }
        )

    def access_log(self, edition: str, limit: int, after: str | None) -> keyset.Page[Access]:
        """Who looked, the latest first, a page."""
        return keyset.find_page(self.collection("looks", Access), {"edition": edition}, ("-at", "-_id"), after, limit)


def _ranking(row: Ranked) -> Ranking:
    return {"project": row.project, "number": row.number, "votes": row.votes, "rank": row.rank}
