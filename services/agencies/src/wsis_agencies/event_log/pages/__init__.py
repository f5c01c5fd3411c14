"""The desk of public events: an officer reads the log, and withdraws the content of an event."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.pages import Form, Page, Read
from wsis_shared.schemas import RequestSchema

from wsis_agencies.event_log.schemas import MAX_NUMBER

_DESK = "/desk/events"


class LogQuery(RequestSchema):
    """After which number the page begins."""

    after = fields.Integer(validate=validate.Range(min=0, max=MAX_NUMBER))


PAGES = (
    Page(
        _DESK,
        "event_log/pages/desk.html",
        "desk_events",
        reads=(Read("log", "/v1/events?after={after}&limit=20"),),
        forms=(Form("take_down", "POST /v1/events/{sequence}/takedown", then=f"{_DESK}?done=yes", confirm=True),),
        query=LogQuery,
        view="wsis_agencies.event_log.pages.views:contents",
        menu="desk:80",
        permission="notifications:moderate",
    ),
)
