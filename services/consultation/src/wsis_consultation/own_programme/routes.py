"""Routes of own programmes."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_consultation.own_programme import schemas

_OWN = "/v1/consultations/{edition}/me/programme"
_UNKNOWN = "consultation.programme_unknown"
_TAKE_PART = "consultation:take_part"

ROUTES = (
    Route(
        "GET",
        _OWN,
        handler="read_own_programme",
        summary="My programme",
        response=schemas.OwnProgramme,
        permission=_TAKE_PART,
        error_codes=(_UNKNOWN,),
        description="The chosen sessions as last published, with those that were cancelled since. `overlaps` names "
        "chosen sessions at the same time.",
    ),
    Route(
        "POST",
        f"{_OWN}/sessions",
        handler="choose_sessions",
        summary="Add sessions to my programme",
        body=schemas.ChosenSessions,
        response=schemas.OwnProgramme,
        permission=_TAKE_PART,
        error_codes=(_UNKNOWN, "consultation.session_unknown"),
        description="A session that is in it already stays there.",
    ),
    Route(
        "DELETE",
        f"{_OWN}/sessions/{{session}}",
        handler="drop_session",
        summary="Remove a session from my programme",
        response=schemas.OwnProgramme,
        permission=_TAKE_PART,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "POST",
        f"{_OWN}/calendar",
        handler="renew_own_calendar",
        summary="Replace the address of my calendar",
        response=schemas.OwnProgramme,
        permission=_TAKE_PART,
        error_codes=(_UNKNOWN, "consultation.calendar_unknown"),
        description="The address so far is 404 from then on.",
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/programme/own-calendars/{token}",
        handler="read_own_calendar",
        summary="A member's programme as a calendar",
        permission=PUBLIC,
        media="text/calendar",
        uncached="The address of one member.",
        error_codes=(_UNKNOWN, "consultation.calendar_unknown"),
        description="iCalendar to subscribe to, by the secret address of `GET /me/programme`. Sessions that move, move "
        "there; a cancelled one stays as CANCELLED.",
    ),
)
