"""Routes of cross-tabulations and their charts."""

from __future__ import annotations

from functools import partial

from wsis_shared.plugin import PUBLIC, Route

from wsis_stocktaking.analysis import schemas

_PATH = "/v1/entry-crosstab"
_ERRORS = ("stocktaking.crosstab_invalid", "stocktaking.query_invalid", "stocktaking.index_not_ready")
_CHART_ERRORS = (*_ERRORS, "stocktaking.chart_empty", "stocktaking.chart_unavailable")
_SECONDS = 60  # a table is this much older than the register at most
_chart = partial(Route, permission=PUBLIC, query=schemas.ChartQuery, limit="chart", error_codes=_CHART_ERRORS)

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        _PATH,
        handler="read_crosstab",
        summary="Cross-tabulate two facets of the register",
        description="With `as_of`, the register as it was at that moment.",
        permission=PUBLIC,
        query=schemas.CrosstabQuery,
        response=schemas.Crosstab,
        cache=_SECONDS,
        error_codes=_ERRORS,
    ),
    Route(
        "GET",
        f"{_PATH}/cells",
        handler="list_crosstab_cells",
        summary="A cross-tabulation as a list, for exports",
        permission=PUBLIC,
        query=schemas.CellsQuery,
        response=schemas.Cells,
        cache=_SECONDS,
        export="entry-crosstab",
        export_terms="wsis_stocktaking.exchange.files:terms",
        error_codes=_ERRORS,
    ),
    Route(
        "GET",
        f"{_PATH}/table",
        handler="read_crosstab_table",
        permission=PUBLIC,
        query=schemas.CrosstabQuery,
        summary="A cross-tabulation as CSV, one row per code of the rows",
        media="text/csv",
        cache=_SECONDS,
        error_codes=_ERRORS,
    ),
    _chart(
        "GET",
        f"{_PATH}/chart",
        handler="draw_crosstab",
        summary="A cross-tabulation as a chart (SVG)",
        description="With more than 40 rows or 17 columns those with the largest totals.",
        media="image/svg+xml",
        inline=True,
        cache=300,
    ),
    _chart(
        "GET",
        f"{_PATH}/chart-file",
        handler="draw_crosstab_file",
        summary="A cross-tabulation as a chart (PNG)",
        description="As the SVG, in 1,900 pixels of width.",
        media="image/png",
        download=True,
    ),
)
