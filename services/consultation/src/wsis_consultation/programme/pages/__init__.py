"""The published programme, as everybody reads it."""

from __future__ import annotations

from marshmallow import fields, validate
from wsis_shared.pages import Form, Page, Read

from wsis_consultation.programme.schemas.public import DifferenceQuery, ProgrammeQuery

_DESK, _SESSIONS = "/desk/consultations/{edition}/sessions", "/v1/consultations/{edition}/sessions"
_PROGRAMME = "/v1/consultations/{edition}/programme"


class SelectionQuery(ProgrammeQuery):
    """Filters, and the codes of the sessions that the reader has chosen; `show`: those alone."""

    mine = fields.String(validate=validate.Regexp(r"\A[A-Za-z0-9-]{1,20}(,[A-Za-z0-9-]{1,20}){0,49}\Z"))
    show = fields.String(validate=validate.OneOf(("mine",)))


PAGES = (
    Page(
        "/consultations/{edition}/programme",
        "programme/pages/programme.html",
        "programme",
        reads=(
            Read("programme", _PROGRAMME, takes_query=True),
            Read("consultation", "/v1/consultations/{edition}", optional=True),
        ),
        query=SelectionQuery,
        view="wsis_consultation.programme.pages.views:programme",
        example={"edition": "2017"},
    ),
    Page(
        "/consultations/{edition}/programme/changes",
        "programme/pages/changes.html",
        "programme_changes",
        reads=(
            Read("versions", f"{_PROGRAMME}/versions"),
            Read("difference", f"{_PROGRAMME}/versions/{{versions.items.0.number}}/difference?since={{since}}"),
        ),
        query=DifferenceQuery,
        view="wsis_consultation.programme.pages.views:changes",
        example={"edition": "2017"},
    ),
    Page(
        "/consultations/{edition}/programme/sessions/{code}",
        "programme/pages/session.html",
        "session",
        reads=(Read("session", f"{_PROGRAMME}/sessions/{{code}}"),),
        view="wsis_consultation.programme.pages.views:session",
        example={"edition": "2017", "code": "S1"},
    ),
    # The link of an organizer's mail leads here, with the secret after its #.
    Page(
        "/consultations/{edition}/sessions/{session_id}",
        "programme/pages/organizer.html",
        "my_session",
        forms=(
            Form("read", f"POST {_SESSIONS}/{{session_id}}/link", then="", again=True),
            Form("details", f"PUT {_SESSIONS}/{{session_id}}/details", then=""),
            Form("outcome", f"PUT {_SESSIONS}/{{session_id}}/outcome", then=""),
        ),
        example={"edition": "2017", "session_id": "s1"},
    ),
    Page(
        _DESK,
        "programme/pages/desk.html",
        "desk_sessions",
        reads=(Read("sessions", _SESSIONS, takes_query=True),),
        signed_in=True,
        example={"edition": "2017"},
    ),
    Page(
        f"{_DESK}/{{session_id}}",
        "programme/pages/desk-session.html",
        "session",
        reads=(Read("session", f"{_SESSIONS}/{{session_id}}"),),
        forms=(Form("decide", f"POST {_SESSIONS}/{{session_id}}/status", then=_DESK, confirm=True),),
        signed_in=True,
        example={"edition": "2017", "session_id": "s1"},
    ),
)
