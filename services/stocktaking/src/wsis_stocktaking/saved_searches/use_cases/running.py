"""Saved searches run on what was published since their last run."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from wsis_shared.context import Context
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.events import PendingEvent, new_event
from wsis_shared.mongo import in_transaction
from wsis_shared.operations import every

from wsis_stocktaking.register.rules.cards import Card
from wsis_stocktaking.saved_searches import rules
from wsis_stocktaking.saved_searches.events import SAVED_SEARCH_MATCHED, SAVED_SEARCH_NEWS
from wsis_stocktaking.saved_searches.former import found_formerly
from wsis_stocktaking.saved_searches.store import SavedSearch, SavedSearches
from wsis_stocktaking.search.index import SearchIndex
from wsis_stocktaking.search.rules import SearchQuery

BATCH = 200  # searches that are read at a time
PAGE = 500  # entries
LONGEST_DUE = timedelta(days=3650)  # since when a search may be due


class RunningCases:
    """Runs them."""

    def __init__(self, searches: SavedSearches, index: SearchIndex) -> None:
        self._searches, self._index = searches, index

    @every(15)
    def run_saved_searches(self, ctx: Context) -> int:
        """Run all that are due; returns how many. Each is a transaction of its own: its position is stored with its
        mail and event, so that nothing is sent twice and nothing left out. Raises Unavailable while the index is
        filled."""
        head, now, ran = self._index.position(), ctx.received_at, 0
        while due := self._searches.due(now, now - LONGEST_DUE, head, BATCH):
            for search in due:
                # Its owner may just have removed or changed it: then nothing of the run is stored.
                with suppress(NotFound, Conflict):
                    ran += in_transaction(partial(self._run, search, head, now))
                time.sleep(0)  # other greenlets of this process serve requests
            if len(due) < BATCH:
                break
        return ran

    def _run(self, search: str, head: int, now: datetime) -> int:
        saved = self._searches.find(search)
        if saved["position"] >= head or saved["due_at"] > now:
            return 0
        new = self._new(rules.query_of(saved), saved["position"], head)
        if new:
            self._announce(saved, new, head, now)
        due_at = rules.next_run(saved, now) if new or saved["mail"] == rules.DAILY else saved["due_at"]
        self._searches.put({**saved, "position": head, "due_at": due_at})
        return 1

    def _new(self, query: SearchQuery, after: int, until: int) -> list[Card]:
        found: list[Card] = []
        last = after
        while page := self._index.list_by_sequence(query, after=last, until=until, limit=PAGE):
            found += page
            last = page[-1]["sequence"]
            time.sleep(0)  # an import may have brought thousands
        revised = [card for card in found if card["revision"] > 1]
        former = self._searches.cards_at([card["entry"] for card in revised], after)
        return rules.newly_fit(found, found_formerly(query, former, revised))

    def _announce(self, saved: SavedSearch, new: list[Card], head: int, now: datetime) -> None:
        run = f"{saved['_id']}-{head}"
        events: list[PendingEvent] = []
        if saved["mail"] != rules.NONE:
            events.append(new_event(SAVED_SEARCH_NEWS, subject=saved["_id"], account=saved["owner"], run=run))
        if saved["event"]:
            ids = [card["entry"] for card in new[: rules.MAX_ENTRIES]]
            events.append(
                new_event(
                    SAVED_SEARCH_MATCHED,
                    subject=saved["_id"],
                    saved_search=saved["_id"],
                    entries=ids,
                    total=len(new),
                    after=saved["position"],
                    sequence=head,
                )
            )
        titles = [
            {"entry": card["entry"], "title": card["title"], "language": card["original_language"]}
            for card in reversed(new[-rules.MAX_TITLES :])
        ]
        kept = {
            "_id": run,
            "search": saved["_id"],
            "owner": saved["owner"],
            "at": now,
            "total": len(new),
            "entries": titles,
        }
        self._searches.add_run(kept, *events)
