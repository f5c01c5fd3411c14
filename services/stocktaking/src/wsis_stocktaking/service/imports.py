"""Entrypoints of imports of an existing register."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, job, rpc
from wsis_shared.jobs.run import Finish, Next, Run

from wsis_stocktaking.use_cases import import_reversals
from wsis_stocktaking.use_cases.imports import compose

Row = dict[str, Any]


class ImportsEntrypoints(Service):
    """Imports."""

    imports_cases = Composed(compose)
    reversals = Composed(import_reversals.compose)

    @rpc(writes=True)
    def start_import(self, upload: Row, body: Row) -> Row:
        """Import a file."""
        return self.job_response(
            self.imports_cases.start(context.current(), self.bus.jobs, self.bus.blobs, upload, body)
        )

    @rpc
    def list_imports(self, limit: int, after: str | None = None) -> Row:
        """Imports, the newest first."""
        return self.imports_cases.page(limit, after)

    @rpc
    def read_import(self, id: str) -> Row:
        """An import."""
        return self.imports_cases.read(context.current(), id)

    @rpc
    def list_import_refusals(self, id: str, limit: int, after: str | None = None) -> Row:
        """What an import refused."""
        return self.imports_cases.refusals(context.current(), id, limit, after)

    @rpc
    def list_refused_rows(self, id: str, limit: int, after: str | None = None) -> Row:
        """The refused rows as they came."""
        return self.imports_cases.refused_rows(context.current(), id, after, limit)

    @rpc
    def list_import_changes(self, id: str, limit: int, after: str | None = None) -> Row:
        """What an import changed, or would change."""
        return self.imports_cases.changes(id, after, limit)

    @rpc(writes=True)
    def start_import_reversal(self, id: str, body: Row) -> Row:
        """Undo an import."""
        return self.job_response(self.reversals.start(context.current(), self.bus.jobs, id, body))

    @job()
    def reverse_import(self, run: Run) -> Next | Finish:
        """Undo the next changes."""
        return self.reversals.step(run)

    @job(transaction=False, attempts=7, clean_up="end_import")
    def import_entries(self, run: Run) -> Finish:
        """Read the file to its end."""
        return self.imports_cases.step(run, self.bus.blobs)

    def end_import(self, run: Run) -> None:
        """The job failed or was cancelled."""
        self.imports_cases.clean_up(run, self.bus.jobs, self.bus.blobs)
