"""Routes of what is published."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_consultation.programme.schemas import outcomes, public

_PROGRAMME = "/v1/consultations/{edition}/programme"
_UNKNOWN = "consultation.programme_unknown"
_SECONDS = 300
_CHANGES = ("consultation.programme_published",)
_OF_FORUM = (*_CHANGES, "consultation.forum_changed")

ROUTES = (
    Route(
        "GET",
        _PROGRAMME,
        handler="read_programme",
        summary="The programme",
        query=public.ProgrammeQuery,
        response=public.Programme,
        permission=PUBLIC,
        error_codes=(_UNKNOWN,),
        cache=_SECONDS,
        invalidated_by=_CHANGES,
        description="The last published version: a draft agenda, or the programme.",
    ),
    Route(
        "GET",
        f"{_PROGRAMME}/calendar",
        handler="read_programme_calendar",
        summary="The programme as a calendar",
        query=public.CalendarQuery,
        permission=PUBLIC,
        media="text/calendar",
        error_codes=(_UNKNOWN,),
        cache=_SECONDS,
        invalidated_by=_CHANGES,
        description="iCalendar to subscribe to: all sessions, those of a day, a room or a line, or a single one. A "
        "session that was removed stays as CANCELLED.",
    ),
    Route(
        "GET",
        f"{_PROGRAMME}/calendar.xml",
        handler="read_programme_calendar_xml",
        summary="The programme as a calendar in XML",
        query=public.CalendarQuery,
        permission=PUBLIC,
        media="application/calendar+xml",
        error_codes=(_UNKNOWN,),
        cache=_SECONDS,
        invalidated_by=_CHANGES,
        description="xCal (RFC 6321): the same events as `/programme/calendar`, with the cancelled ones.",
    ),
    Route(
        "GET",
        f"{_PROGRAMME}/schedule",
        handler="read_programme_schedule",
        permission=PUBLIC,
        summary="The programme for conference apps",
        response=public.Schedule,
        error_codes=(_UNKNOWN,),
        cache=_SECONDS,
        invalidated_by=_OF_FORUM,
        description="The exchange format of conference apps (c3voc schedule).",
    ),
    Route(
        "GET",
        f"{_PROGRAMME}/schedule.xml",
        handler="read_programme_schedule_xml",
        permission=PUBLIC,
        summary="The programme for conference apps, as XML",
        media="application/xml",
        error_codes=(_UNKNOWN,),
        cache=_SECONDS,
        invalidated_by=_OF_FORUM,
        description="The same as `/programme/schedule` in the format of frab and pentabarf. It has no cancelled "
        "sessions: apps tell their users that a session is gone.",
    ),
    Route(
        "GET",
        f"{_PROGRAMME}/sessions/{{code}}",
        handler="read_programme_session",
        summary="A session in the programme",
        response=public.PublicSession,
        permission=PUBLIC,
        error_codes=(_UNKNOWN, "consultation.session_unknown"),
        cache=60,
        invalidated_by=(*_CHANGES, "consultation.session_outcome_filed", "consultation.session_withdrawn"),
        description="One that no longer takes place says so, and why.",
    ),
    Route(
        "GET",
        f"{_PROGRAMME}/versions",
        handler="list_programme_versions",
        summary="Versions of the programme",
        response=public.Versions,
        permission=PUBLIC,
        cache=_SECONDS,
        invalidated_by=_CHANGES,
    ),
    Route(
        "GET",
        f"{_PROGRAMME}/versions/{{number}}",
        handler="read_programme_version",
        response=public.Programme,
        summary="A version of the programme",
        permission=PUBLIC,
        error_codes=(_UNKNOWN,),
        cache=_SECONDS,
    ),
    Route(
        "GET",
        f"{_PROGRAMME}/versions/{{number}}/difference",
        handler="compare_programme_versions",
        summary="What differs from another version",
        query=public.DifferenceQuery,
        response=public.Difference,
        permission=PUBLIC,
        error_codes=(_UNKNOWN,),
        cache=_SECONDS,
        invalidated_by=_CHANGES,
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/session-matrix",
        handler="list_session_matrix",
        summary="Sessions with the action lines and goals that they served",
        query=outcomes.MatrixQuery,
        response=outcomes.page_of_matrix,
        permission=PUBLIC,
        cache=60,
        invalidated_by=("consultation.session_outcome_filed",),
        export="session-matrix",
        export_labels="wsis_consultation.index.exports:SESSION_MATRIX",
        description="From the outcomes that organizers filed. `outside_matrix` marks a link that the WSIS-SDG matrix "
        "does not have.",
    ),
)
