"""What voting asks: the contest, its window for good, and the result that it delivers. Nothing here asks voting."""

from __future__ import annotations

import logging

from wsis_shared import clock
from wsis_shared.json_types import Input
from wsis_shared.operations import rpc

from wsis_prizes.rules import editions, finalists, projects
from wsis_prizes.store import Store
from wsis_prizes.use_cases import presenters

_log = logging.getLogger(__name__)


class ContestCases:
    """The contest for voting."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @rpc
    def contest(self, edition: str) -> dict[str, object]:
        """For voting: the window, the rule, the nominees, who was disqualified, and whether the result is public."""
        doc = self._store.edition(edition)
        rows = self._store.in_states(edition, [projects.NOMINATED, projects.DISQUALIFIED])
        nominees = [presenters.named(row) for row in rows if row["state"] == projects.NOMINATED]
        present = {row["category"] for row in nominees}
        window = editions.window(doc)
        return {
            "edition": edition,
            "opens_at": window["opens_at"],
            "closes_at": window["closes_at"],
            "rule": {
                "every_category": window["every_category"],
                "finalists_per_category": doc["settings"]["finalists_per_category"],
                "tie_rule": doc["settings"]["tie_rule"],
                "categories": [category for category in doc["categories"] if category in present],
            },
            "nominees": nominees,
            "champions_announced": editions.champions_are_out(doc),
            "disqualified": [
                {"project": row["_id"], "category": row["category"], "reason_code": "disqualified"}
                for row in rows
                if row["state"] == projects.DISQUALIFIED
            ],
        }

    @rpc(writes=True)
    def fix_window(self, edition: str, window: Input) -> dict[str, object]:
        """Voting has counted by this window and is about to certify: where officers have not moved it meanwhile, nobody
        moves it any more. Returns the contest as it is, and whether this window is `fixed`."""
        moments = {name: clock.parse(window[name]) for name in ("opens_at", "closes_at")}
        counted: editions.Window = {
            "opens_at": moments["opens_at"],
            "closes_at": moments["closes_at"],
            "every_category": window["every_category"],
        }
        doc = self._store.edition(edition)
        changed, fixed = editions.fix_window(doc, counted, clock.now())
        if changed != doc:
            self._store.save_edition(changed)
        return {**self.contest(edition), "fixed": fixed}

    @rpc(writes=True)
    def put_result(self, edition: str, result: Input) -> None:
        """The signed result of a certified tally {number, rules, categories}, UNDER EMBARGO: kept once, however often
        it is delivered. A later number takes its place, which only former versions of voting gave."""
        doc, kept = self._store.edition(edition), self._store.signed_result(edition)
        if kept is None or kept["number"] < result["number"]:
            self._store.keep_signed_result(edition, result)
        elif finalists.of_result(kept) != finalists.of_result(result):
            _log.error("another result for an edition that has one", extra={"edition": edition})
        changed = editions.with_window_fixed(doc, clock.now())
        if changed != doc:
            self._store.save_edition(changed)
