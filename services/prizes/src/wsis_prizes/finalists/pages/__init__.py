"""The desk of the finalists: the tie and its rule, the choice of the Expert Group, and who they are. All of it is under
embargo, and the service logs each look."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Form, Page, Panel, Read

_FINALISTS, _HERE = "/v1/editions/{edition}/finalists", "/desk/editions/{edition}/finalists"


class FinalistsQuery(Schema):
    """Were they just fixed?"""

    done = fields.String(validate=validate.OneOf(("fixed",)))


PAGES = (
    Page(
        _HERE,
        "finalists/pages/finalists.html",
        "desk_finalists",
        reads=(
            Read("announcements", "/v1/editions/{edition}/announcements"),
            Read("drafts", f"{_FINALISTS}/preview", optional=True),
            Read("fixed", _FINALISTS, optional=True),
        ),
        forms=(Form("fix", f"POST {_FINALISTS}", then=f"{_HERE}?done=fixed", confirm=True),),
        query=FinalistsQuery,
        view="wsis_prizes.finalists.pages.views:finalists",
        signed_in=True,
        example={"edition": "2017"},
    ),
)
PANELS = (Panel("desk_edition", 40, "finalists/pages/edition.html", permission="prizes:manage"),)
