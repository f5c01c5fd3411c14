"""The programme that a member has put together."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Form, Page, Read

_OWN, _HERE = "/v1/consultations/{edition}/me/programme", "/consultations/{edition}/programme/mine"
_CODES = validate.Regexp(r"\A[A-Za-z0-9-]{1,20}(,[A-Za-z0-9-]{1,20}){0,49}\Z")


class AddQuery(Schema):
    """The codes of sessions to add, with commas between them."""

    add = fields.String(validate=_CODES)


PAGES = (
    Page(
        _HERE,
        "own_programme/pages/mine.html",
        "own_programme",
        reads=(Read("own", _OWN), Read("programme", "/v1/consultations/{edition}/programme")),
        forms=(
            Form("add", f"POST {_OWN}/sessions", then=f"{_HERE}?done=yes"),
            Form("remove", f"DELETE {_OWN}/sessions/{{session}}", then=_HERE),
            Form("renew", f"POST {_OWN}/calendar", then=f"{_HERE}?done=yes", confirm=True),
        ),
        query=AddQuery,
        view="wsis_consultation.own_programme.pages.views:mine",
        signed_in=True,
        permission="consultation:take_part",
    ),
)
