"""Entrypoints of possible duplicates."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, every, job, rpc
from wsis_shared.jobs.run import Finish, Next, Run

from wsis_stocktaking.use_cases.duplicates import compose
from wsis_stocktaking.use_cases.duplicates.scanning import job_of

Row = dict[str, Any]


class DuplicatesEntrypoints(Service):
    """Possible duplicates."""

    duplicates_cases = Composed(compose)

    @rpc(writes=True, store_response=False)
    def find_duplicates(self, body: Row) -> Row:
        """Public entries that may be the same activity."""
        return self.duplicates_cases.finding.at_entry(body)

    @rpc
    def list_duplicates_of(self, entry: str) -> Row:
        """The same for an entry under review."""
        return self.duplicates_cases.finding.of_entry(entry)

    @rpc
    def list_duplicates(
        self, state: str = "open", min_score: int = 0, limit: int = 20, after: str | None = None
    ) -> Row:
        """Pairs, the most alike first."""
        return self.duplicates_cases.pairs.list_pairs(state, min_score, limit, after)

    @rpc(writes=True)
    def decide_duplicate(self, entry: str, other: str, body: Row) -> Row:
        """A verdict on two entries."""
        return self.duplicates_cases.pairs.decide(context.current(), entry, other, body)

    @rpc(writes=True)
    def start_duplicate_scan(self, body: Row) -> Row:
        """Start the job that compares the register."""
        return self.job_response(self.bus.jobs.enqueue(**job_of(full=body["full"])))

    @job(duty_cycle=0.5)
    def scan_duplicates(self, run: Run) -> Next | Finish:
        """One batch of entries."""
        return self.duplicates_cases.scanning.step(run)

    @every(3600)
    def scan_new_duplicates(self) -> None:
        """Compare what is new."""
        for wanted in self.duplicates_cases.scanning.pending_jobs():
            self.bus.jobs.enqueue(**wanted)
