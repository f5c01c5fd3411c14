"""Entrypoints of exchange with other systems: changes since a sequence, snapshots."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, every, job, rpc
from wsis_shared.jobs.run import Finish, Next, Run

from wsis_stocktaking.use_cases.exchange import compose

Row = dict[str, Any]


class ExchangeEntrypoints(Service):
    """What other systems read."""

    exchange_cases = Composed(compose)

    @rpc
    def list_entry_changes(
        self, after: int | None = None, since: datetime | None = None, action_line: list[str] | None = None,
        limit: int = 50,
    ) -> Row:  # fmt: skip
        """What changed."""
        return self.exchange_cases.reading.changes(after, since, action_line or [], limit)

    @rpc
    def read_entry_linked_data(self, entry: str) -> Row:
        """An entry as JSON-LD."""
        return self.exchange_cases.reading.linked_data(entry)

    @rpc
    def read_entry_catalogue(self) -> Row:
        """The register as a catalogue."""
        return self.exchange_cases.reading.catalogue()

    @rpc
    def list_entry_snapshots(self) -> Row:
        """Snapshots."""
        return self.exchange_cases.snapshots.list()

    @rpc
    def read_entry_snapshot_file(self, snapshot: str, format: str = "jsonl") -> Row:
        """A file of a snapshot."""
        return self.exchange_cases.snapshots.file(snapshot, format)

    @rpc(writes=True)
    def start_entry_snapshot(self) -> Row:
        """Take a snapshot."""
        return self.job_response(self.exchange_cases.snapshots.request(context.current(), self.bus.jobs))

    @every(3600)
    def take_weekly_snapshot(self) -> None:
        """Take one if the last is older than a week and the register changed."""
        self.exchange_cases.snapshots.request_if_due(self.bus.jobs)

    @job(transaction=False)
    def take_snapshot(self, run: Run) -> Finish | Next:
        """A step: write one file, or keep them all."""
        return self.exchange_cases.snapshots.step(run, self.bus.blobs)
