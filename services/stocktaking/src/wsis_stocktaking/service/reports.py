"""Entrypoints of reports: global, regional, Success Stories."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, job, rpc
from wsis_shared.jobs.run import Finish, Next, Run

from wsis_stocktaking.use_cases.reports import compose

Row = dict[str, Any]


class ReportsEntrypoints(Service):
    """Reports."""

    reports_cases = Composed(compose)

    # -- everybody ----------------------------------------------------------------------------------------------------

    @rpc
    def list_reports(self, after: str | None = None, limit: int = 20) -> Row:
        """Published versions."""
        return self.reports_cases.reading.list(context.current(), after, limit)

    @rpc
    def read_report(self, report: str) -> Row:
        """A published version."""
        return self.reports_cases.reading.read(context.current(), report)

    @rpc
    def render_report_page(self, report: str) -> Row:
        """A published version as a page."""
        return self.reports_cases.reading.page(context.current(), self.bus.blobs, report)

    @rpc
    def read_report_file(self, report: str, format: str = "pdf", language: str | None = None) -> Row:
        """A file of a published version."""
        return self.reports_cases.reading.file(context.current(), report, format, language)

    # -- officers -----------------------------------------------------------------------------------------------------

    @rpc
    def list_report_versions(self, after: str | None = None, limit: int = 20) -> Row:
        """All versions."""
        return self.reports_cases.editing.list(context.current(), after, limit)

    @rpc
    def read_report_version(self, report: str) -> Row:
        """A version, draft or published."""
        return self.reports_cases.editing.read(context.current(), report)

    @rpc
    def read_report_version_file(self, report: str, format: str = "pdf", language: str | None = None) -> Row:
        """A file of a version, draft or published."""
        return self.reports_cases.reading.draft_file(context.current(), report, format, language)

    @rpc(writes=True)
    def start_report(self, body: Row) -> Row:
        """Build a version."""
        return self.job_response(self.reports_cases.building.request(context.current(), self.bus.jobs, body))

    @rpc(writes=True)
    def render_report_files(self, report: str) -> Row:
        """Render a draft again."""
        return self.job_response(self.reports_cases.building.request_files(self.bus.jobs, report))

    @rpc(writes=True)
    def write_report_prose(self, report: str, body: Row, if_match: list[int] | None = None) -> Row:
        """Change the texts of a draft."""
        return self.reports_cases.editing.write_prose(context.current(), report, body, if_match)

    @rpc(writes=True)
    def publish_report(self, report: str, body: Row) -> Row:
        """Publish a version."""
        return self.reports_cases.editing.publish(context.current(), report, body)

    @rpc(writes=True)
    def remove_report(self, report: str) -> None:
        """Delete a draft."""
        self.reports_cases.editing.remove(self.bus.blobs, report)

    # Under load, charts and files take too long: the step is tried again, for some twenty minutes in all.
    @job(transaction=False, attempts=7)
    def build_report(self, run: Run) -> Finish | Next:
        """A step: freeze the model, or render a language."""
        return self.reports_cases.building.step(run, self.bus.blobs)
