"""Entrypoints of overview."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, rpc

from wsis_consultation.use_cases.overview import compose


class OverviewEntrypoints(Service):
    """What officers see of all submissions: lists, counts, coverage."""

    overview = Composed(compose)

    @rpc
    def list_submissions(
        self, edition: str, limit: int = 20, after: str | None = None, **filters: Any
    ) -> dict[str, Any]:
        """Submissions that match the filters."""
        return self.overview.list_submissions(context.current(), edition, filters, limit, after)

    @rpc
    def count_submissions(self, edition: str, **filters: Any) -> dict[str, Any]:
        """Counts of the submissions that match the filters."""
        return self.overview.count_submissions(context.current(), edition, filters)

    @rpc
    def read_input(self, edition: str, submission: str) -> dict[str, Any]:
        """What a submission says, without personal data."""
        return self.overview.read_input(context.current(), edition, submission)

    @rpc
    def list_contacts(self, edition: str, limit: int = 20, after: str | None = None) -> dict[str, Any]:
        """Whom to write to about each submission."""
        return self.overview.list_contacts(edition, limit, after)

    @rpc
    def read_coverage(self, edition: str) -> dict[str, Any]:
        """What is unheard so far."""
        return self.overview.read_coverage(edition)

    @rpc
    def list_coverage(self, edition: str, limit: int = 20, after: str | None = None) -> dict[str, Any]:
        """What is unheard so far, in detail."""
        return self.overview.list_coverage(context.current(), edition, limit, after)
