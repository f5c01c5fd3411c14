"""Routes of sessions: officers and organizers."""

from __future__ import annotations

from wsis_shared.blobs import Upload
from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Mode, Route

from wsis_consultation.programme.routes.agenda import PROGRAMME
from wsis_consultation.programme.schemas import agendas, outcomes, sessions

# Routes of themes.


_ERRORS = ("consultation.submissions_unknown", "consultation.requests_unknown")

THEMES = (
    Route(
        "GET",
        "/v1/consultations/{edition}/themes",
        handler="list_themes",
        summary="Themes with counts",
        response=agendas.Themes,
        permission=PROGRAMME,
        error_codes=("consultation.edition_unknown",),
    ),
    Route(
        "POST",
        "/v1/consultations/{edition}/themes",
        handler="create_theme",
        summary="Group submissions into a theme",
        body=agendas.NewTheme,
        response=agendas.Theme,
        permission=PROGRAMME,
        error_codes=("consultation.edition_unknown", *_ERRORS),
        description="A session that is made of one of its requests later belongs to the theme.",
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/themes/{theme}",
        handler="read_theme",
        summary="A theme",
        response=agendas.Theme,
        permission=PROGRAMME,
        error_codes=("consultation.theme_unknown",),
        versioned=True,
    ),
    Route(
        "PUT",
        "/v1/consultations/{edition}/themes/{theme}",
        handler="replace_theme",
        summary="Change a theme",
        body=agendas.ThemeBody,
        response=agendas.Theme,
        permission=PROGRAMME,
        error_codes=("consultation.theme_unknown", *_ERRORS),
        if_match=True,
    ),
)


_ALL = "/v1/consultations/{edition}/sessions"
_ONE = "/v1/consultations/{edition}/sessions/{session}"
_UNKNOWN = "consultation.session_unknown"
_CLOSED = ("consultation.session_details_closed", "consultation.session_not_running")
LOGO = Upload(max_bytes=1_000_000, media_types=("image/png", "image/jpeg"))

ROUTES = (
    *THEMES,
    Route(
        "GET",
        _ALL,
        handler="list_sessions",
        summary="Sessions of the Forum",
        query=sessions.SessionQuery,
        response=sessions.page_of_sessions,
        permission=PROGRAMME,
        export="sessions",
        export_labels="wsis_consultation.index.exports:SESSIONS",
        error_codes=("consultation.edition_unknown",),
    ),
    Route(
        "POST",
        _ALL,
        handler="create_session",
        summary="Create a session that nobody requested",
        body=sessions.NewSession,
        response=sessions.WholeSession,
        permission=PROGRAMME,
        error_codes=("consultation.edition_unknown", "consultation.session_type_unknown", "consultation.span_invalid"),
    ),
    Route(
        "POST",
        f"{_ALL}/from-requests",
        handler="make_sessions",
        summary="Turn requests into sessions",
        body=sessions.FromRequests,
        response=sessions.Made,
        permission=PROGRAMME,
        error_codes=("consultation.edition_unknown", "consultation.requests_unknown", _UNKNOWN),
        description="A request that is part of a session stays there: a repeat has no effect. With `merge` the "
        "requests become one session; with `into` they join one that exists.",
    ),
    Route(
        "POST",
        f"{_ALL}/from-all-requests",
        handler="start_making_sessions",
        mode=Mode.JOB,
        summary="Turn all requests without a session into sessions",
        response=sessions.MadeOfAll,
        permission=PROGRAMME,
        error_codes=("consultation.edition_unknown",),
        limit="heavy",
    ),
    Route(
        "POST",
        f"{_ALL}/reminders",
        handler="remind_organizers",
        response=sessions.Reminded,
        permission=PROGRAMME,
        summary="Remind organizers who have not filed the details of their session",
        error_codes=("consultation.edition_unknown",),
        limit="heavy",
        description="A mail to the author of each submission of an accepted session without details.",
    ),
    Route(
        "GET",
        f"{_ALL}/similar-speakers",
        handler="list_similar_speakers",
        response=sessions.SimilarSpeakers,
        summary="Speakers who may be one person",
        permission=PROGRAMME,
        error_codes=("consultation.edition_unknown",),
        description="Give both the same `key` in their sessions, and clashes of the person are seen.",
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/me/sessions",
        handler="list_own_sessions",
        summary="My sessions",
        response=sessions.OwnSessions,
        permission="consultation:take_part",
        error_codes=("consultation.edition_unknown",),
        description="Of a session that was made of several requests, what is the organizer's own; with the status and "
        "the reason of the last published version.",
    ),
    Route(
        "GET",
        _ONE,
        handler="read_session",
        summary="A session with everything",
        response=sessions.WholeSession,
        permission=PROGRAMME,
        error_codes=(_UNKNOWN,),
        versioned=True,
    ),
    Route(
        "PATCH",
        _ONE,
        handler="change_session",
        summary="Change a session",
        body=sessions.SessionChanges,
        response=sessions.WholeSession,
        permission=PROGRAMME,
        versioned=True,
        if_match=True,
        error_codes=(_UNKNOWN, "consultation.session_type_unknown", "consultation.span_invalid"),
        description="The deadline of the organizers does not bind officers.",
    ),
    Route(
        "POST",
        f"{_ONE}/status",
        handler="decide_session",
        summary="Accept, decline or cancel a session",
        body=sessions.NewStatus,
        response=sessions.WholeSession,
        permission=PROGRAMME,
        error_codes=(_UNKNOWN, "consultation.session_status", "consultation.reason_needed"),
        description="Its authors are told when the next version of the agenda is published.",
    ),
    Route(
        "PUT",
        "/v1/consultations/{edition}/session-states",
        handler="decide_sessions",
        summary="Accept, decline or cancel many sessions",
        body=sessions.ManyDecisions,
        response=sessions.Decided,
        permission=PROGRAMME,
        error_codes=(
            "consultation.edition_unknown",
            "consultation.sessions_not_decided",
            "consultation.reason_needed",
        ),
        description="All or none. A session that has the status already stays as it is.",
    ),
    Route(
        "POST",
        f"{_ONE}/late-details",
        handler="let_in_late_details",
        body=sessions.LateDetails,
        summary="Let organizers file details after the deadline",
        response=sessions.WholeSession,
        permission=PROGRAMME,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "POST",
        f"{_ONE}/link",
        handler="open_session_link",
        summary="A session by the mailed link of its organizers",
        body=sessions.SessionAccess,
        response=sessions.Session,
        permission=PUBLIC,
        error_codes=(_UNKNOWN, "consultation.session_key_invalid"),
        description="Changes nothing.",
    ),
    Route(
        "PUT",
        f"{_ONE}/details",
        handler="file_session_details",
        body=sessions.SessionDetails,
        summary="File the final description and the panellists",
        response=sessions.Session,
        permission=PUBLIC,
        error_codes=(_UNKNOWN, "consultation.session_key_invalid", "consultation.span_invalid", *_CLOSED),
        description="By the member who requested the session, or with the mailed link, until the deadline.",
    ),
    Route(
        "PUT",
        f"{_ONE}/withdrawal",
        handler="withdraw_session",
        body=sessions.WithdrawnSession,
        summary="Take a session back",
        response=sessions.Session,
        permission=PUBLIC,
        error_codes=(
            _UNKNOWN,
            "consultation.session_key_invalid",
            "consultation.session_status",
            "consultation.session_begun",
            "consultation.session_of_several",
        ),
        description="By the member who requested the session, or with the mailed link, before it begins. Its page says "
        "so at once, with the reason; the programme and its calendars with the next version.",
    ),
    Route(
        "PUT",
        f"{_ONE}/logo",
        handler="store_session_logo",
        summary="File the logo of the organizers",
        upload=LOGO,
        response=sessions.Session,
        permission="consultation:take_part",
        error_codes=(_UNKNOWN, *_CLOSED),
    ),
    Route(
        "PUT",
        f"{_ONE}/link/logo",
        handler="store_linked_logo",
        summary="File the logo of the organizers by their mailed link",
        upload=LOGO,
        body=sessions.SessionAccess,
        response=sessions.Session,
        permission=PUBLIC,
        error_codes=(_UNKNOWN, "consultation.session_key_invalid", *_CLOSED),
        description="By organizers without an account, until the deadline.",
    ),
    Route(
        "GET",
        f"{_ONE}/logo",
        handler="read_session_logo",
        summary="The logo of the organizers",
        download=True,
        permission=PUBLIC,
        media="image/png",
        error_codes=("consultation.logo_unknown",),
        description="For everybody once the session is in the programme, before that for its organizers and officers.",
    ),
    Route(
        "PUT",
        f"{_ONE}/outcome",
        handler="file_session_outcome",
        summary="File the outcome of a session",
        body=outcomes.NewOutcome,
        response=outcomes.Outcome,
        permission=PUBLIC,
        error_codes=(
            _UNKNOWN,
            "consultation.session_key_invalid",
            "consultation.session_not_over",
            "consultation.session_outcome_closed",
            "consultation.link_twice",
        ),
        description="After the session and until the deadline `session_outcomes`, which does not bind officers, with "
        "the action lines and goals that it served. A link that the WSIS-SDG matrix does not have is marked, not "
        "refused.",
    ),
)
JOBS: tuple[JobKind, ...] = (
    JobKind("make_all_sessions", "Turns requests into sessions", permission=PROGRAMME, result=sessions.MadeOfAll),
)
