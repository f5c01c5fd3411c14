"""The list of nominees, rankings and finalists, decisions, and who looked at them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from wsis_shared import clock, keyset
from wsis_shared.mongo import Repository

from wsis_prizes.rules import finalists


class Results(Repository):
    """Decisions are joined with nothing: what needs them names them."""

    def nominations(self, edition: str) -> dict[str, Any] | None:
        """The list as fixed: {nominate: [ids], left: {id: reason}}; None before."""
        return self.collection("nominations").find_one({"_id": edition})

    def fix_nominations(self, edition: str, nominate: list[str], left: dict[str, dict[str, Any]]) -> None:
        """Fix the list, in place of the one before."""
        self.collection("nominations").replace_one(
            {"_id": edition}, {"_id": edition, "nominate": nominate, "left": left, "fixed_at": clock.now()}, upsert=True
        )

    def results(self, edition: str) -> dict[str, dict[str, Any]]:
        """Category -> {ranking: [{project, number, votes, rank}], finalists: [ids]}, with `certified` and `rulings`
        (rules/finalists.py), which older documents lack."""
        return {row["category"]: row for row in self.collection("results").find({"edition": edition})}

    def explained_results(self, edition: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """The same of an edition's document, each with what explains it."""
        rows = self.results(edition["_id"])
        return {category: finalists.explained(row, edition["settings"]) for category, row in rows.items()}

    def result(self, edition: str, category: str) -> dict[str, Any] | None:
        """The same for one category; None before the finalists are fixed."""
        return self.collection("results").find_one({"edition": edition, "category": category})

    def save_result(
        self,
        edition: str,
        category: str,
        ranking: list[dict[str, Any]],
        finalists: list[str],
        *,
        certified: Mapping[str, Any],
        rulings: Sequence[Mapping[str, Any]],
    ) -> None:
        """Store the ranking and the finalists of a category, and what explains them."""
        self.collection("results").replace_one(
            {"edition": edition, "category": category},
            {
                "_id": f"{edition}|{category}",
                "edition": edition,
                "category": category,
                "ranking": ranking,
                "finalists": finalists,
                "certified": dict(certified),
                "rulings": [dict(one) for one in rulings],
                "fixed_at": clock.now(),
            },
            upsert=True,
        )

    def decision(self, edition: str, category: str) -> dict[str, Any] | None:
        """The decision on a category, or None. UNDER EMBARGO until the release."""
        return self.collection("decisions").find_one({"edition": edition, "category": category})

    def decide(
        self, edition: str, category: str, project: str | None, reason: str, by: str, change_reason: str | None = None
    ) -> None:
        """Store the Expert Group's decision in place of the one before, and why it changed."""
        self.collection("decisions").replace_one(
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

    def decisions(self, edition: str) -> dict[str, dict[str, Any]]:
        """Category -> decision. UNDER EMBARGO until the release."""
        return {row["category"]: row for row in self.collection("decisions").find({"edition": edition})}

    def void_decision(self, edition: str, category: str) -> None:
        """The finalists changed: the Expert Group decides again."""
        self.collection("decisions").delete_one({"edition": edition, "category": category})

    def look(self, edition: str, account: str, roles: list[str], what: str, request_id: str) -> None:
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

    def looks(self, edition: str, limit: int, after: str | None) -> keyset.Page:
        """Who looked, the latest first, a page."""
        return keyset.find_page(self.collection("looks"), {"edition": edition}, ("-at", "-_id"), after, limit)
