"""The comparison of the register with itself: each entry with its candidates, in steps along the sequence."""

from __future__ import annotations

import time
from typing import Any

from wsis_shared import clock
from wsis_shared.jobs.run import Finish, Next, Run

from wsis_stocktaking.domain.search import SearchQuery
from wsis_stocktaking.index import SearchIndex
from wsis_stocktaking.store.duplicates import Duplicates
from wsis_stocktaking.use_cases.duplicates.finding import Finder

Row = dict[str, Any]
BATCH = 20  # entries of one step


def job_of(*, full: bool) -> Row:
    """The job, as the arguments of `enqueue`: of all entries, or of those that are new."""
    return {"kind": "scan_duplicates", "arguments": {"full": full}, "key": f"scan-{'full' if full else 'new'}"}


class ScanningCases:
    """Compares."""

    def __init__(self, finder: Finder, index: SearchIndex, duplicates: Duplicates) -> None:
        self._finder, self._index, self._duplicates = finder, index, duplicates

    def pending_jobs(self) -> list[Row]:
        """The job that compares new entries, if there are any. Raises Unavailable while the index is filled."""
        return [job_of(full=False)] if self._index.position() > self._duplicates.scanned() else []

    def step(self, run: Run) -> Next | Finish:
        """One batch. The end was set at the beginning: what becomes public meanwhile, the next job compares."""
        at = run.checkpoint or {
            "after": 0 if run.arguments["full"] else self._duplicates.scanned(), "until": self._index.position(),
            "entries": 0, "pairs": 0,
        }  # fmt: skip
        cards = self._index.list_by_sequence(SearchQuery(), after=at["after"], until=at["until"], limit=BATCH)
        if not cards:
            return self._finish(run, at)
        scores: dict[tuple[str, str], int] = {}
        for card in cards:
            for score, other in self._finder.find(card, without={card["entry"]}):
                one, two = sorted((card["entry"], other["entry"]))
                scores[one, two] = max(score, scores.get((one, two), 0))
            time.sleep(0)  # other greenlets of this process serve requests
        self._duplicates.add(run.id, scores, clock.now())
        at = {**at, "after": cards[-1]["sequence"], "entries": at["entries"] + len(cards),
              "pairs": at["pairs"] + len(scores)}  # fmt: skip
        return run.next(at, done=at["after"], total=at["until"])

    def _finish(self, run: Run, at: Row) -> Finish:
        if run.arguments["full"]:
            self._duplicates.drop_stale(run.id)
        self._duplicates.set_scanned(at["until"])
        return run.finish({"entries": at["entries"], "pairs": at["pairs"]})
