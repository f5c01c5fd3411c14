"""The comparison of the register with itself: each entry with its candidates, in steps along the sequence."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from wsis_shared import clock
from wsis_shared.jobs.run import Finish, Next, Run
from wsis_shared.operations import every, job, rpc

from wsis_stocktaking.duplicates.store import Duplicates
from wsis_stocktaking.duplicates.use_cases.finding import Finder
from wsis_stocktaking.search.index import SearchIndex
from wsis_stocktaking.search.rules import SearchQuery

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job

Row = dict[str, Any]
BATCH = 20  # entries of one step


class ScanningCases:
    """Compares."""

    def __init__(self, finder: Finder, index: SearchIndex, duplicates: Duplicates) -> None:
        self._finder, self._index, self._duplicates = finder, index, duplicates

    @rpc(writes=True)
    def start_duplicate_scan(self, jobs: Jobs, body: Row) -> Job:
        """Start the job that compares all entries, or those that are new; while it runs, it is that one."""
        return _start(jobs, full=body["full"])

    @every(3600)
    def scan_new_duplicates(self, jobs: Jobs) -> None:
        """Compare new entries, if there are any. Raises Unavailable while the index is filled."""
        if self._index.position() > self._duplicates.scanned():
            _start(jobs, full=False)

    @job(duty_cycle=0.5)
    def scan_duplicates(self, run: Run) -> Next | Finish:
        """One batch. The end was set at the beginning: what becomes public meanwhile, the next job compares."""
        at = run.checkpoint or {
            "after": 0 if run.arguments["full"] else self._duplicates.scanned(),
            "until": self._index.position(),
            "entries": 0,
            "pairs": 0,
        }
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
        at = {
            **at,
            "after": cards[-1]["sequence"],
            "entries": at["entries"] + len(cards),
            "pairs": at["pairs"] + len(scores),
        }
        return run.next(at, done=at["after"], total=at["until"])

    def _finish(self, run: Run, at: Row) -> Finish:
        if run.arguments["full"]:
            self._duplicates.drop_stale(run.id)
        self._duplicates.set_scanned(at["until"])
        return run.finish({"entries": at["entries"], "pairs": at["pairs"]})


def _start(jobs: Jobs, *, full: bool) -> Job:
    return jobs.enqueue("scan_duplicates", {"full": full}, key=f"scan-{'full' if full else 'new'}")
