"""The desk of suppressed addresses."""

from __future__ import annotations

from marshmallow import fields
from wsis_shared.pages import Form, Page, Read
from wsis_shared.schemas import RequestSchema


class SuppressionsQuery(RequestSchema):
    """The entry that shall end."""

    lift = fields.String()


PAGES = (
    Page(
        "/desk/suppressions",
        "addresses/pages/suppressions.html",
        "desk_suppressions",
        reads=(Read("suppressions", "/v1/suppressions?limit=50&after={after}"),),
        forms=(
            Form("suppress", "POST /v1/suppressions", then="/desk/suppressions"),
            Form("find", "POST /v1/suppressions/search", then="", preview=True),
            Form("lift", "POST /v1/suppressions/{suppression}/lift", then="/desk/suppressions"),
        ),
        query=SuppressionsQuery,
        menu="desk:72",
    ),
)
