"""Routes of editions and their phases."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Route

from wsis_consultation.editions import schemas

_UNKNOWN = "consultation.edition_unknown"
_ORDER = (
    _UNKNOWN,
    "consultation.phase_ends_before_start",
    "consultation.phase_out_of_order",
    "consultation.deadline_missing",
    "consultation.nothing_to_change",
    "consultation.outcomes_published",
)
# The current phase follows from the time, so no response is cached for longer than a minute.
_SECONDS = 60
_CHANGES = (
    "consultation.edition_opened",
    "consultation.edition_removed",
    "consultation.forum_changed",
    "consultation.phase_changed",
    "consultation.deadline_changed",
)

ROUTES = (
    Route(
        "GET",
        "/v1/consultations",
        handler="list_editions",
        summary="Consultations of all editions",
        response=schemas.EditionList,
        permission=PUBLIC,
        cache=_SECONDS,
        invalidated_by=_CHANGES,
    ),
    Route(
        "POST",
        "/v1/consultations",
        handler="open_edition",
        summary="Open the consultation of another edition",
        body=schemas.NewEdition,
        response=schemas.Edition,
        permission="consultation:manage",
        status=201,
        error_codes=("consultation.edition_exists", "consultation.forum_days_invalid", _UNKNOWN),
        description="With its Forum as announced. Phases and deadlines keep the wall dates of `from`, years apart: "
        "move or replace them afterwards. `conflicts` warns of overlaps, and of days of the Forum on a weekend.",
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}",
        handler="read_edition",
        summary="The consultation of an edition",
        response=schemas.Edition,
        permission=PUBLIC,
        error_codes=(_UNKNOWN,),
        cache=_SECONDS,
        invalidated_by=_CHANGES,
        description="With its phases, deadlines, and phases that overlap.",
    ),
    Route(
        "PATCH",
        "/v1/consultations/{edition}",
        handler="change_forum",
        summary="Change days, venue or theme",
        body=schemas.ForumChange,
        response=schemas.Edition,
        permission="consultation:manage",
        error_codes=(_UNKNOWN, "consultation.forum_days_invalid", "consultation.nothing_to_change"),
        description="Of the Forum. What was stays on record, and everybody concerned gets a mail with both. Sessions "
        "that now lie outside of the days become clashes of the agenda.",
    ),
    Route(
        "POST",
        "/v1/consultations/{edition}/removal",
        handler="remove_edition",
        summary="Remove an edition",
        body=schemas.EditionRemoval,
        permission="consultation:manage",
        status=204,
        error_codes=(_UNKNOWN, "consultation.edition_in_use"),
        description="One that was opened by mistake: nothing may belong to it, no form, draft or contact either. It "
        "can be opened again.",
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/phases",
        handler="read_phases",
        summary="Phases of a consultation",
        response=schemas.Phases,
        permission=PUBLIC,
        error_codes=(_UNKNOWN,),
        cache=_SECONDS,
        invalidated_by=_CHANGES,
    ),
    Route(
        "PUT",
        "/v1/consultations/{edition}/phases",
        handler="replace_phases",
        summary="Replace the phases",
        body=schemas.NewPhases,
        response=schemas.Edition,
        permission="consultation:manage",
        error_codes=_ORDER,
        description="Add, remove or rewrite phases: their number differs between editions. A phase keeps its identity "
        "by its code. Everybody concerned gets one mail if dates have changed; removed phases stay in the calendar as "
        "cancelled.",
    ),
    Route(
        "PUT",
        "/v1/consultations/{edition}/phases/{phase}",
        handler="move_phase",
        summary="Move a phase",
        body=schemas.PhaseMove,
        response=schemas.Edition,
        permission="consultation:manage",
        error_codes=(*_ORDER, "consultation.phase_unknown"),
        description="No phase may start before the one that precedes it; overlaps are allowed and listed under "
        "`conflicts`. The old date stays on record, and everybody concerned gets a mail with both. Submissions "
        "that are closed cannot open again once an Outcomes document is published.",
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/phases/calendar",
        handler="read_phase_calendar",
        summary="Phases and deadlines as a calendar",
        response=schemas.Calendar,
        permission=PUBLIC,
        media="text/calendar",
        error_codes=(_UNKNOWN,),
        cache=_SECONDS,
        invalidated_by=_CHANGES,
        description="iCalendar to subscribe to: an event that moves keeps its UID.",
    ),
    Route(
        "PUT",
        "/v1/consultations/{edition}/deadlines/{deadline}",
        handler="move_deadline",
        summary="Move a deadline",
        body=schemas.DeadlineMove,
        response=schemas.Edition,
        permission="consultation:manage",
        error_codes=(
            _UNKNOWN,
            "consultation.deadline_unknown",
            "consultation.deadline_outside",
            "consultation.nothing_to_change",
        ),
        description="Of the nominations or of the details of sessions. That of the submissions is a phase.",
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/revisions",
        handler="list_revisions",
        summary="Changes of the dates",
        response=schemas.Revisions,
        permission="consultation:read",
        error_codes=(_UNKNOWN,),
    ),
)
JOBS: tuple[JobKind, ...] = (
    JobKind(
        "send_change_notices",
        "Tells everybody concerned of changed dates",
        permission="consultation:read",
        result=schemas.NoticesSent,
        cancellable=False,
    ),
)
