"""Entrypoints of cross-tabulations and their charts."""

from __future__ import annotations

from typing import Any

from wsis_shared import context
from wsis_shared.bus import Composed, Service, rpc

from wsis_stocktaking.use_cases.analysis import compose

Row = dict[str, Any]


class AnalysisEntrypoints(Service):
    """Cross-tabulations."""

    analysis_cases = Composed(compose)

    @rpc
    def read_crosstab(self, **query: Any) -> Row:
        """A cross-tabulation."""
        return self.analysis_cases.read(context.current(), query)

    @rpc
    def list_crosstab_cells(self, limit: int = 20, after: str | None = None, **query: Any) -> Row:
        """A cross-tabulation as a list."""
        return self.analysis_cases.cells(context.current(), query, limit, after)

    @rpc
    def read_crosstab_table(self, **query: Any) -> Row:
        """A cross-tabulation as CSV."""
        return self.analysis_cases.table(context.current(), query)

    @rpc
    def draw_crosstab(self, form: str = "heat_map", **query: Any) -> Row:
        """A chart as SVG."""
        return self.analysis_cases.svg(context.current(), query, form)

    @rpc
    def draw_crosstab_file(self, form: str = "heat_map", **query: Any) -> Row:
        """A chart as PNG."""
        return self.analysis_cases.png(context.current(), self.bus.blobs, query, form)

    @rpc
    def render_crosstab_page(self, form: str = "heat_map", **query: Any) -> Row:
        """A chart with its table."""
        return self.analysis_cases.page(context.current(), query, form)
