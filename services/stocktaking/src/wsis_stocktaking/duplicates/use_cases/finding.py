"""Public entries that may be the same activity as another one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from wsis_shared.operations import rpc

from wsis_stocktaking.duplicates.rules import likeness, pairs
from wsis_stocktaking.duplicates.store import Duplicates
from wsis_stocktaking.register.rules.cards import Card
from wsis_stocktaking.register.store.register import Entry, Register
from wsis_stocktaking.search.index import SearchIndex

Row = dict[str, Any]
CANDIDATES = 100  # of the index, by words and website; at most so many are compared


class Finder:
    """Finds candidates in the index, and scores them."""

    def __init__(self, index: SearchIndex) -> None:
        self._index = index

    def find(self, content: Mapping[str, Any], without: Collection[str] = ()) -> list[tuple[int, Card]]:
        """(score, card) of public entries from POSSIBLE on, the most alike first. Raises Unavailable while the index is
        filled."""
        own = [link["url"] for link in content.get("links") or []]
        found = self._index.candidates(list(content["title"].values()), own[0] if own else None, CANDIDATES)
        cards = [card for card in found if card["entry"] not in without]
        sought, profiles = likeness.profile(content), [likeness.profile(card) for card in cards]
        weight = likeness.weights([sought, *profiles])
        scored = [(likeness.score(sought, each, weight), card) for each, card in zip(profiles, cards, strict=True)]
        return sorted(
            (pair for pair in scored if pair[0] >= pairs.POSSIBLE), key=lambda pair: (-pair[0], pair[1]["entry"])
        )


class FindingCases:
    """At entry, for members; at approval, for officers."""

    def __init__(self, finder: Finder, register: Register, duplicates: Duplicates) -> None:
        self._finder, self._register, self._duplicates = finder, register, duplicates

    @rpc(writes=True, store_response=False)
    def find_duplicates(self, body: Row) -> Row:
        """Possible duplicates of what somebody is about to enter."""
        content = {
            "title": body["title"],
            "organization": {"name": body["organization"]},
            "countries": body["countries"],
            "links": [{"url": body["website"]}] if body["website"] else [],
        }
        return {"items": [_response(*pair) for pair in self._finder.find(content)]}

    @rpc
    def list_duplicates_of(self, entry: str) -> Row:
        """Possible duplicates of an entry. Raises NotFound, Unavailable."""
        return {"items": self.list_of(self._register.find(entry))}

    def list_of(self, entry: Entry) -> list[Row]:
        """Possible duplicates of an entry without those that have a verdict. Raises Unavailable while the index is
        filled."""
        content = entry["draft"]["content"] if entry["draft"] else entry["content"]
        if not (content or {}).get("title"):
            return []
        scored = self._finder.find(content, without={entry["_id"]})
        decided = self._duplicates.decided(entry["_id"], [card["entry"] for _, card in scored])
        return [_response(score, card) for score, card in scored if card["entry"] not in decided]


def _response(score: int, card: Card) -> Row:
    return {
        **{name: card[name] for name in ("entry", "title", "original_language", "countries")},
        "organization": card["organization"]["name"],
        "score": score,
        "likely": score >= pairs.LIKELY,
    }
