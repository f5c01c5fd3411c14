"""What everybody sees of the results."""

from __future__ import annotations

from wsis_shared.pages import Page, Read

from wsis_prizes.editions.pages import EDITION

PAGES = (
    Page(
        "/editions/{edition}/results",
        "results/pages/results.html",
        "results",
        reads=(
            EDITION,
            Read("champions", "/v1/editions/{edition}/champions?limit=100", optional=True),
            Read("result", "/v1/editions/{edition}/log/result", optional=True),
        ),
        view="wsis_prizes.results.pages.views:results",
        example={"edition": "2017"},
    ),
)
