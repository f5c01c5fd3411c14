"""Pairs of entries: their list, and the verdicts of officers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.operations import rpc

from wsis_stocktaking.duplicates.rules import likeness, pairs
from wsis_stocktaking.duplicates.store import Duplicates, Pair
from wsis_stocktaking.register import errors
from wsis_stocktaking.register.store.register import PUBLIC, Register

Row = dict[str, Any]


class PairCases:
    """For officers."""

    def __init__(self, register: Register, duplicates: Duplicates) -> None:
        self._register, self._duplicates = register, duplicates

    @rpc
    def list_duplicates(
        self, state: str = "open", min_score: int = 0, limit: int = 20, after: str | None = None
    ) -> Row:
        """Pairs, the most alike first."""
        page = self._duplicates.page(state, min_score, after, limit)
        entries = self._duplicates.entries(id for row in page.rows for id in row["entries"])
        return page.response(lambda row: _response(row, entries))

    @rpc(writes=True)
    def decide_duplicate(self, ctx: Context, entry: str, other: str, body: Row) -> Row:
        """Keep the verdict on two entries. Raises NotFound, Invalid, Conflict."""
        if entry == other:
            raise errors.same_entry()
        found = [self._register.find(id) for id in (entry, other)]
        pair = self._duplicates.find(entry, other) or self._new(found, ctx)
        decided = {
            **pair,
            "state": body["verdict"],
            "by": ctx.actor.id,
            "at": ctx.received_at,
            "reason": body["reason"],
        }
        entry_of_audit = audit.entry(
            "stocktaking.duplicate_decided",
            f"entry/{entry}/duplicate/{other}",
            {"verdict": pair["state"]} if pair["state"] != pairs.OPEN else None,
            {"verdict": body["verdict"]},
            body["reason"],
        )
        return _response(self._duplicates.decide(decided, entry_of_audit), self._duplicates.entries([entry, other]))

    @staticmethod
    def _new(found: list[Row], ctx: Context) -> Pair:
        """A pair that no comparison has found: of an entry that is not public yet, or with little in common."""
        contents = [row["content"] or (row["draft"] or {}).get("content") or {} for row in found]
        known = all(content.get("title") for content in contents)
        ids = sorted(row["_id"] for row in found)
        one, other = contents
        score = likeness.score(likeness.profile(one), likeness.profile(other)) if known else 0
        return {
            "_id": pairs.pair_id(*ids),
            "entries": ids,
            "score": score,
            "state": pairs.OPEN,
            "scan": None,
            "found_at": ctx.received_at,
        }


def _response(pair: Pair, entries: Mapping[str, Row]) -> Row:
    one, other = (_side(id, entries.get(id)) for id in pair["entries"])
    return {
        "one": one,
        "other": other,
        "score": pair["score"],
        "likely": pair["score"] >= pairs.LIKELY,
        "state": pair["state"],
        "found_at": pair["found_at"],
        "decided_by": pair.get("by"),
        "decided_at": pair.get("at"),
        "reason": pair.get("reason"),
    }


def _side(id: str, entry: Row | None) -> Row:
    content = (entry or {}).get("content") or {}
    title, organization = content.get("title") or {}, content.get("organization") or {}
    return {
        "entry": id,
        "title": title.get(content.get("original_language")),
        "organization": organization.get("name"),
        "public": entry is not None and entry["visibility"] == PUBLIC,
    }
