"""The register for readers: words, filters with counts, and what is in it on the front page."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Page, Panel, Read

from wsis_stocktaking.register.rules.cards import FACETS

SHOWN = (
    "action_line",
    "sdg",
    "region",
    "country",
    "kind",
    "stakeholder_type",
    "status",
    "year",
    "language",
    "prize",
)
"""The facets with counts, in the order of the page; others are filters of addresses alone."""


class RegisterQuery(Schema):
    """Of which facet all codes stand there."""

    more = fields.String(validate=validate.OneOf(FACETS))


PAGES = (
    Page(
        "/register",
        "search/pages/register.html",
        "register",
        reads=(Read("found", f"/v1/entries?facets={','.join(SHOWN)}", optional=True, takes_query=True),),
        query=RegisterQuery,
        view="wsis_stocktaking.search.pages.views:register",
        menu="public:30",
    ),
    Page(
        "/register/counts",
        "search/pages/counts.html",
        "counts",
        reads=(Read("counts", "/v1/entry-counts?limit=100", optional=True, takes_query=True),),
        view="wsis_stocktaking.search.pages.views:counts",
    ),
)

PANELS = (Panel("front", 30, "search/pages/front.html", reads=(Read("newest", "/v1/entries?limit=3"),)),)
