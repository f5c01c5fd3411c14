"""What supports a link: entries of the register, projects of the WSIS Prizes among them, and sessions of the Forum."""

from __future__ import annotations

import time
from typing import Any

from wsis_shared import paging
from wsis_shared.operations import rpc, subscribe

from wsis_stocktaking.matrix.rules import evidence
from wsis_stocktaking.matrix.rules.links import Key, key
from wsis_stocktaking.matrix.store import Sessions
from wsis_stocktaking.matrix.use_cases.reading import ReadingCases, action_line, sdg_of
from wsis_stocktaking.register.rules.cards import PRIZES, Card
from wsis_stocktaking.search.index import SearchIndex
from wsis_stocktaking.search.rules import SearchQuery

Row = dict[str, Any]
EXAMPLES = 5
_COUNTS_SECONDS = 5.0


class EvidenceCases:
    """Numbers and lists of evidence."""

    def __init__(self, reading: ReadingCases, index: SearchIndex, sessions: Sessions) -> None:
        self._reading, self._index, self._sessions = reading, index, sessions
        self._counts: tuple[float, dict[Key, evidence.Counts]] = (float("-inf"), {})

    def counts(self) -> dict[Key, evidence.Counts]:
        """Counts of each line and goal, at most 5 s old. Raises Unavailable until the index is filled."""
        counted_at, counts = self._counts
        if time.monotonic() - counted_at > _COUNTS_SECONDS:
            entries = self._index.tabulate(SearchQuery(), "action_line", "sdg")[0].cells
            projects = self._index.tabulate(SearchQuery(filters={"prize": PRIZES}), "action_line", "sdg")[0].cells
            counts = evidence.count(entries, projects, self._sessions.counts())
            self._counts = time.monotonic(), counts
        return counts

    @rpc
    def read_matrix_evidence(self, version: int | None = None, on: str | None = None) -> Row:
        """A version with the evidence beside each link. Raises NotFound, Unavailable."""
        found, counts = self._reading.read_matrix(version, on), self.counts()
        links = found["links"]
        return {**found, "links": evidence.beside(links, counts), "without_link": evidence.without_link(links, counts)}

    @rpc
    def read_matrix_link(self, line: str, sdg: str, version: int | None = None, on: str | None = None) -> Row:
        """A line and a goal, their link if there is one, and examples. Raises NotFound, Unavailable."""
        action_line(line)
        goal, found = sdg_of(sdg).number, self._reading.select(version, on)
        place = line, goal
        examples = {
            "entries": self.list_matrix_entries(line, sdg, EXAMPLES, None, False)["items"],
            "projects": self.list_matrix_entries(line, sdg, EXAMPLES, None, True)["items"],
            "sessions": self.list_matrix_sessions(line, sdg, EXAMPLES, None)["items"],
        }
        return {
            "line": line,
            "sdg": goal,
            "version": found["_id"],
            "link": next((link for link in found["links"] if key(link) == place), None),
            "evidence": self.counts().get(place, evidence.NONE),
            **examples,
        }

    @rpc
    def list_matrix_entries(
        self, line: str, sdg: str, limit: int = 20, after: str | None = None, projects: bool = False
    ) -> Row:
        """Entries that name the line and the goal, or only those that the Prizes nominated or awarded; the newest
        first. Raises NotFound, Unavailable."""
        filters: dict[str, tuple[str, ...]] = {
            "action_line": (action_line(line).code,),
            "sdg": (str(sdg_of(sdg).number),),
        }
        if projects:
            filters["prize"] = PRIZES
        page = self._index.search(SearchQuery(filters=filters), limit=limit, after=paging.decode(after))
        following = None if page.next is None else paging.encode(page.next)
        return {"items": [_entry(hit.card) for hit in page.hits], "next": following}

    @rpc
    def list_matrix_sessions(self, line: str, sdg: str, limit: int = 20, after: str | None = None) -> Row:
        """Sessions of the Forum whose outcome links the two, the last filed first. Raises NotFound."""
        page = self._sessions.page(action_line(line).code, sdg_of(sdg).number, after, limit)
        return page.response(lambda row: {**row, "session": row["_id"]})

    @subscribe("consultation", "session_outcome_filed")
    def keep_matrix_session(self, event: Row) -> None:
        """Keep the session as evidence; an older event than the last one has no effect."""
        self._sessions.put(event)

    @subscribe("consultation", "session_removed")
    def remove_matrix_session(self, event: Row) -> None:
        """The session is no evidence any more; an older event than the last one has no effect."""
        self._sessions.remove(event)


def _entry(card: Card) -> Row:
    return {
        "entry": card["entry"],
        "title": card["title"],
        "original_language": card["original_language"],
        "organization": card["organization"]["name"],
        "countries": card["countries"],
        "kind": card["kind"],
        "targets": card["targets"],
        "prize": card["prize"]["status"] if card["prize"] else None,
    }
