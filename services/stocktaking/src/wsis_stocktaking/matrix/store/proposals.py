"""Proposals to change the matrix, and comments on them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wsis_shared import keyset
from wsis_shared.erasure import Erasure
from wsis_shared.outbox import EventfulRepository

from wsis_stocktaking.matrix import errors
from wsis_stocktaking.matrix.rules.proposals import PENDING, Proposal

_NEWEST = ("-created_at", "-_id")


class Proposals(EventfulRepository):
    """Proposals and their comments."""

    source = "stocktaking"

    def find(self, proposal: str) -> Proposal:
        """A proposal. Raises NotFound."""
        found: Proposal | None = self.collection("matrix_proposals").find_one({"_id": proposal})
        if found is None:
            raise errors.proposal_unknown(proposal)
        return found

    def page(self, lines: Sequence[str] | None, state: str | None, after: str | None, limit: int) -> keyset.Page:
        """Proposals about these lines (None: all), the newest first."""
        query: dict[str, Any] = {} if lines is None else {"line": {"$in": list(lines)}}
        if state is not None:
            query["state"] = state
        return keyset.find_page(self.collection("matrix_proposals"), query, _NEWEST, after, limit)

    def pending(self, lines: Iterable[str]) -> list[Proposal]:
        """Proposals about these lines that may still become part of a version."""
        query = {"line": {"$in": sorted(set(lines))}, "state": {"$in": list(PENDING)}}
        return list(self.collection("matrix_proposals").find(query))

    def in_state(self, state: str) -> list[Proposal]:
        """All proposals in a state, the oldest first."""
        found = self.collection("matrix_proposals").find({"state": state})
        return sorted(found, key=lambda proposal: (proposal["created_at"], proposal["_id"]))

    def named(self, ids: Iterable[str]) -> list[Proposal]:
        """These proposals, in their order. Raises NotFound."""
        wanted = list(dict.fromkeys(ids))
        found = {row["_id"]: row for row in self.collection("matrix_proposals").find({"_id": {"$in": wanted}})}
        for proposal in wanted:
            if proposal not in found:
                raise errors.proposal_unknown(proposal)
        return [found[proposal] for proposal in wanted]

    def add_comment(self, comment: dict[str, Any]) -> None:
        """Store a comment."""
        self.collection("matrix_comments").insert_one(comment)

    def comments(self, proposal: str, after: str | None, limit: int) -> keyset.Page:
        """Comments on a proposal, the oldest first."""
        return keyset.find_page(self.collection("matrix_comments"), {"proposal": proposal}, ("at", "_id"), after, limit)

    def forget(self, erasure: Erasure) -> None:
        """Nothing names the account any more; what its agency said stays."""
        for name, made in (("matrix_proposals", "created_at"), ("matrix_comments", "at")):
            self.collection(name).update_many(erasure.query(made, account="by"), {"$set": {"by": None}})
