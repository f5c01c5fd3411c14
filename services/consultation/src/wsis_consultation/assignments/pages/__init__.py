"""Assignments on the desk: who works on what, and what one is assigned to."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Form, Page, Read

_EDITION, _DESK = "/v1/consultations/{edition}", "/desk/consultations/{edition}/assignments"
_ALL, _VIEWS = f"{_EDITION}/assignments", "wsis_consultation.assignments.pages.views"


class PeopleQuery(Schema):
    """Who is looked for."""

    q = fields.String(validate=validate.Length(max=200))


PAGES = (
    Page(
        _DESK,
        "assignments/pages/desk.html",
        "desk_assignments",
        reads=(
            Read("assigned", _ALL),
            Read("discussions", f"{_EDITION}/discussions?limit=100"),
            Read("meetings", f"{_EDITION}/meetings"),
            Read("accounts", "/v1/accounts?limit=20&q={q}", optional=True),
        ),
        forms=(
            Form("assign", f"POST {_ALL}", then=f"{_DESK}?done=yes", confirm=True),
            Form("end", f"POST {_ALL}/{{assignment}}/removal", then=f"{_DESK}?done=yes", confirm=True),
        ),
        query=PeopleQuery,
        view=f"{_VIEWS}:targets",
        permission="consultation:manage",
    ),
    Page(
        "/desk/assignments",
        "assignments/pages/mine.html",
        "my_assignments",
        reads=(Read("assigned", "/v1/me/assignments"),),
        menu="desk:39",
        permission="consultation:assigned",
    ),
)
