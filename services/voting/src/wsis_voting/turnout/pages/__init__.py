"""The day as officers see it: how many take part, never for whom."""

from __future__ import annotations

from marshmallow import Schema, fields
from wsis_shared.pages import Download, Page, Read


class DayQuery(Schema):
    """The day whose hours are shown, in Geneva."""

    day = fields.Date()


PAGES = (
    Page(
        "/desk/editions/{edition}/turnout",
        "turnout/pages/turnout.html",
        "desk_turnout",
        reads=(Read("turnout", "/v1/editions/{edition}/turnout"), Read("voting", "/v1/editions/{edition}/voting")),
        files=(Download("picture", "/v1/editions/{edition}/turnout/picture"),),
        query=DayQuery,
        view="wsis_voting.turnout.pages.views:turnout",
        live="turnout",
    ),
)
