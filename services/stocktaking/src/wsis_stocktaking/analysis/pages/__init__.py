"""Figures of the register for readers: two facets as a chart and as a table."""

from __future__ import annotations

from wsis_shared.pages import Page, Read

PAGES = (
    Page(
        "/register/figures",
        "analysis/pages/figures.html",
        "figures",
        reads=(Read("table", "/v1/entry-crosstab", optional=True, takes_query=True),),
        view="wsis_stocktaking.analysis.pages.views:figures",
    ),
)
