"""The published programme, as everybody reads it; sessions and the board of the agenda for officers."""

from __future__ import annotations

from marshmallow import Schema, fields, validate
from wsis_shared.pages import Download, Form, Page, Read
from wsis_shared.schemas import Id

from wsis_consultation.programme.schemas.agendas import CODE
from wsis_consultation.programme.schemas.public import DifferenceQuery, ProgrammeQuery
from wsis_consultation.programme.schemas.sessions import MAX_OF_PAGE, SessionQuery

_DESK, _SESSIONS = "/desk/consultations/{edition}/sessions", "/v1/consultations/{edition}/sessions"
_PROGRAMME = "/v1/consultations/{edition}/programme"
_BOARD, _ROUTE = "/desk/consultations/{edition}/agenda", "/v1/consultations/{edition}/agenda"
_AGENDA, _PLACED = Read("agenda", _ROUTE), f"{_BOARD}?done=yes"
_VIEWS = "wsis_consultation.programme.pages.board"

_THEMES, _THEME_ROUTE = "/desk/consultations/{edition}/themes", "/v1/consultations/{edition}/themes"
_THEMES_READ = Read("themes", _THEME_ROUTE)
_PARTS = ("details", "logo", "outcome", "withdraw")  # of what its organizers send
_TYPES_READ = Read("types", "/v1/consultations/{edition}/session-types")


class SessionsQuery(SessionQuery):
    """Filters of the list, and whether all of it are marked."""

    mark = fields.String(validate=validate.OneOf(("all",)))


class BoardQuery(Schema):
    """The day that is shown."""

    day = fields.String(validate=validate.Length(equal=10))


class PlaceQuery(Schema):
    """The session to place, or the room and the time in Geneva that is free."""

    session = Id()
    room = fields.String(validate=CODE)
    start = fields.String(validate=validate.Length(equal=len("2017-06-12T09:00")))


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
    ),
    Page(
        "/consultations/{edition}/programme/embedded",
        "programme/pages/embedded.html",
        "programme",
        reads=(Read("programme", _PROGRAMME, takes_query=True),),
        query=ProgrammeQuery,
        view="wsis_consultation.programme.pages.views:embedded",
        framed=True,
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
    ),
    Page(
        "/consultations/{edition}/programme/sessions/{code}",
        "programme/pages/session.html",
        "session",
        reads=(Read("session", f"{_PROGRAMME}/sessions/{{code}}"),),
        view="wsis_consultation.programme.pages.views:session",
    ),
    Page(
        "/me/forum-sessions/{edition}",
        "programme/pages/own.html",
        "own_sessions",
        reads=(Read("own", "/v1/consultations/{edition}/me/sessions"),),
        forms=(Form("logo", f"PUT {_SESSIONS}/{{session}}/logo", then="/me/forum-sessions/{edition}?done=yes"),),
        permission="consultation:take_part",
    ),
    # The link of an organizer's mail leads here, with the secret after its #.
    Page(
        "/consultations/{edition}/sessions/{session_id}",
        "programme/pages/organizer.html",
        "my_session",
        forms=(
            Form("read", f"POST {_SESSIONS}/{{session_id}}/link", then="", again=True),
            # Each part is shown alone: beside what is typed into one, another would lose it.
            *(Form(f"show_{part}", f"POST {_SESSIONS}/{{session_id}}/link", then="") for part in _PARTS),
            Form("details", f"PUT {_SESSIONS}/{{session_id}}/details", then=""),
            Form("outcome", f"PUT {_SESSIONS}/{{session_id}}/outcome", then=""),
            Form("logo", f"PUT {_SESSIONS}/{{session_id}}/link/logo", then=""),
            Form("withdraw", f"PUT {_SESSIONS}/{{session_id}}/withdrawal", then="", confirm=True),
        ),
    ),
    Page(
        "/desk/consultations/{edition}/submissions/{submission}/requests",
        "programme/pages/desk-requests.html",
        "desk_requests",
        reads=(
            Read("found", "/v1/consultations/{edition}/submissions/{submission}/input"),
            Read("sessions", f"{_SESSIONS}?limit={MAX_OF_PAGE}"),
        ),
        forms=(Form("make", f"POST {_SESSIONS}/from-requests", then=""),),
        view="wsis_consultation.programme.pages.views:requested",
        permission="consultation:programme",
    ),
    Page(
        _DESK,
        "programme/pages/desk.html",
        "desk_sessions",
        reads=(
            Read("sessions", f"{_SESSIONS}?limit={MAX_OF_PAGE}", takes_query=True),
            Read("job", "/v1/jobs/{job}", optional=True),
        ),
        forms=(
            Form("make", f"POST {_SESSIONS}/from-all-requests", then=f"{_DESK}?job={{id}}", confirm=True),
            Form("remind", f"POST {_SESSIONS}/reminders", then="", confirm=True),
            Form("decide", "PUT /v1/consultations/{edition}/session-states", then="", confirm=True),
        ),
        files=(Download("sessions", f"{_SESSIONS}?format=xlsx", takes_query=True),),
        query=SessionsQuery,
    ),
    Page(
        f"{_DESK}/{{session_id}}",
        "programme/pages/desk-session.html",
        "session",
        reads=(Read("session", f"{_SESSIONS}/{{session_id}}"),),
        forms=(Form("decide", f"POST {_SESSIONS}/{{session_id}}/status", then=_DESK, confirm=True),),
    ),
    Page(
        _BOARD,
        "programme/pages/desk-board.html",
        "desk_agenda",
        reads=(_AGENDA, Read("job", "/v1/jobs/{job}", optional=True)),
        forms=(
            Form("suggest", f"POST {_ROUTE}/suggestion", then="", preview=True),
            Form("place_all", f"POST {_ROUTE}/automatic-placement", then=f"{_BOARD}?job={{id}}", confirm=True),
        ),
        query=BoardQuery,
        view=f"{_VIEWS}:board",
    ),
    Page(
        f"{_BOARD}/place",
        "programme/pages/desk-place.html",
        "place_session",
        reads=(_AGENDA,),
        forms=(
            Form("place", f"PUT {_ROUTE}/placements", then=_PLACED),
            Form("check", f"POST {_ROUTE}/check", then="", preview=True),
            Form("remove", f"PUT {_ROUTE}/placements", then=_PLACED),
        ),
        query=PlaceQuery,
        view=f"{_VIEWS}:placing",
    ),
    Page(
        f"{_BOARD}/setup",
        "programme/pages/desk-setup.html",
        "set_up_agenda",
        reads=(_AGENDA,),
        forms=(Form("set_up", f"PUT {_ROUTE}/setup", then=_PLACED),),
        view=f"{_VIEWS}:setup",
    ),
    Page(
        f"{_BOARD}/publication",
        "programme/pages/desk-publication.html",
        "publish_agenda",
        reads=(_AGENDA, Read("difference", f"{_ROUTE}/difference")),
        forms=(Form("publish", f"POST {_ROUTE}/publications", then=f"{_BOARD}?job={{id}}", confirm=True),),
        view=f"{_VIEWS}:publishing",
    ),
    Page(
        f"{_DESK}/new",
        "programme/pages/desk-edit.html",
        "add_session",
        reads=(_THEMES_READ, _TYPES_READ),
        forms=(Form("write", f"POST {_SESSIONS}", then=f"{_DESK}/{{id}}"),),
        view=f"{_VIEWS}:new_session",
        permission="consultation:programme",
    ),
    Page(
        f"{_DESK}/{{session_id}}/edit",
        "programme/pages/desk-edit.html",
        "edit_session",
        reads=(Read("session", f"{_SESSIONS}/{{session_id}}"), _THEMES_READ, _TYPES_READ),
        forms=(
            Form("write", f"PATCH {_SESSIONS}/{{session_id}}", then=f"{_DESK}/{{session_id}}/edit?done=yes"),
            Form("late", f"POST {_SESSIONS}/{{session_id}}/late-details", then=f"{_DESK}/{{session_id}}/edit?done=yes"),
        ),
        view=f"{_VIEWS}:editing",
    ),
    Page(
        _THEMES,
        "programme/pages/desk-themes.html",
        "desk_themes",
        reads=(_THEMES_READ,),
        forms=(Form("add", f"POST {_THEME_ROUTE}", then=f"{_THEMES}?done=yes"),),
    ),
    Page(
        f"{_THEMES}/{{theme}}",
        "programme/pages/desk-theme.html",
        "theme",
        reads=(
            Read("found", f"{_THEME_ROUTE}/{{theme}}"),
            Read("listed", "/v1/consultations/{edition}/submissions?limit=100", optional=True, takes_query=True),
        ),
        forms=(Form("write", f"PUT {_THEME_ROUTE}/{{theme}}", then=f"{_THEMES}?done=yes"),),
        view=f"{_VIEWS}:theme",
    ),
)
