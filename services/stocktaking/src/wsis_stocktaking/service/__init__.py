"""The nameko class. Its entrypoints are in one module per subject."""

from __future__ import annotations

from typing import Any

from wsis_shared.bus import subscribe

from wsis_stocktaking.service.analysis import AnalysisEntrypoints
from wsis_stocktaking.service.duplicates import DuplicatesEntrypoints
from wsis_stocktaking.service.entries import EntriesEntrypoints
from wsis_stocktaking.service.exchange import ExchangeEntrypoints
from wsis_stocktaking.service.imports import ImportsEntrypoints
from wsis_stocktaking.service.matrix import MatrixEntrypoints
from wsis_stocktaking.service.prizes import PrizesEntrypoints
from wsis_stocktaking.service.reports import ReportsEntrypoints
from wsis_stocktaking.service.saved_searches import SavedSearchesEntrypoints
from wsis_stocktaking.service.search import SearchEntrypoints


class StocktakingService(
    EntriesEntrypoints,
    SearchEntrypoints,
    ExchangeEntrypoints,
    AnalysisEntrypoints,
    ImportsEntrypoints,
    DuplicatesEntrypoints,
    PrizesEntrypoints,
    SavedSearchesEntrypoints,
    MatrixEntrypoints,
    ReportsEntrypoints,
):
    """WSIS Stocktaking."""

    name = "stocktaking"

    @subscribe("accounts", "power_changed")
    def on_power_changed(self, event: dict[str, Any]) -> None:
        """Whoever has lost a role has lost the jobs that they began with it."""
        self.end_lost_jobs(event["data"]["account"], event["data"]["roles"])
