"""Routes of phases and deadlines."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Route

from wsis_consultation.dates import schemas
from wsis_consultation.editions.routes import CHANGES, SECONDS
from wsis_consultation.editions.schemas import Edition

_EDITION, _UNKNOWN = "consultation:edition", "consultation.edition_unknown"
_CHANGED = "consultation.version_changed"
_ORDER = (
    _UNKNOWN,
    "consultation.phase_ends_before_start",
    "consultation.phase_out_of_order",
    "consultation.deadline_missing",
    "consultation.nothing_to_change",
    "consultation.outcomes_published",
)
_DEADLINE = (
    _UNKNOWN,
    "consultation.deadline_unknown",
    "consultation.deadline_outside",
    "consultation.nothing_to_change",
)
_PREVIEW = "With the clashes that would then stand, and how many people would get a mail. Changes nothing."

ROUTES = (
    Route(
        "GET",
        "/v1/consultations/{edition}/management",
        handler="read_managed_edition",
        summary="The consultation of an edition as officers see it",
        response=schemas.ManagedEdition,
        permission=_EDITION,
        error_codes=(_UNKNOWN,),
        description="With its texts in all languages, and how many people a change of dates is told.",
    ),
    Route(
        "PATCH",
        "/v1/consultations/{edition}",
        handler="change_forum",
        summary="Change days, venue or theme",
        body=schemas.ForumChange,
        response=Edition,
        permission=_EDITION,
        error_codes=(_UNKNOWN, "consultation.forum_days_invalid", "consultation.nothing_to_change", _CHANGED),
        description="Of the Forum. What was stays on record, and everybody concerned gets a mail with both. Sessions "
        "that now lie outside of the days become clashes of the agenda.",
    ),
    Route(
        "POST",
        "/v1/consultations/{edition}/preview",
        handler="preview_forum",
        summary="What a change of days, venue or theme would do",
        body=schemas.ForumChange,
        response=schemas.DatesPreview,
        permission=_EDITION,
        error_codes=(_UNKNOWN, "consultation.forum_days_invalid", "consultation.nothing_to_change"),
        description=_PREVIEW,
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/phases",
        handler="read_phases",
        summary="Phases of a consultation",
        response=schemas.Phases,
        permission=PUBLIC,
        error_codes=(_UNKNOWN,),
        cache=SECONDS,
        invalidated_by=CHANGES,
    ),
    Route(
        "PUT",
        "/v1/consultations/{edition}/phases",
        handler="replace_phases",
        summary="Replace the phases",
        body=schemas.NewPhases,
        response=Edition,
        permission=_EDITION,
        error_codes=_ORDER,
        description="Add, remove or rewrite phases; each is known by its code. Everybody concerned gets one mail if "
        "dates have changed; removed phases stay in the calendar as cancelled. Over the API alone: the desk has a form "
        "for each phase.",
    ),
    Route(
        "POST",
        "/v1/consultations/{edition}/phases",
        handler="add_phase",
        summary="Add a phase",
        body=schemas.AddedPhase,
        response=Edition,
        permission=_EDITION,
        error_codes=(*_ORDER, "consultation.phase_exists"),
        description="It takes its place by its start. Everybody concerned gets a mail.",
    ),
    Route(
        "POST",
        "/v1/consultations/{edition}/phases/{phase}/removal",
        handler="remove_phase",
        summary="Remove a phase",
        body=schemas.PhaseRemoval,
        response=Edition,
        permission=_EDITION,
        error_codes=(*_ORDER, "consultation.phase_unknown"),
        description="It stays in the calendar as cancelled. Everybody concerned gets a mail.",
    ),
    Route(
        "POST",
        "/v1/consultations/{edition}/phases/{phase}/preview",
        handler="preview_phase",
        summary="What a move of a phase would do",
        body=schemas.PhaseMove,
        response=schemas.DatesPreview,
        permission=_EDITION,
        error_codes=(*_ORDER, "consultation.phase_unknown"),
        description=_PREVIEW,
    ),
    Route(
        "PUT",
        "/v1/consultations/{edition}/phases/{phase}",
        handler="move_phase",
        summary="Move a phase, or change its texts",
        body=schemas.PhaseMove,
        response=Edition,
        permission=_EDITION,
        error_codes=(*_ORDER, "consultation.phase_unknown", _CHANGED),
        description="Overlaps are listed under `conflicts`. Everybody concerned gets a mail with the old date and the "
        "new one. Submissions that are closed cannot open again once an Outcomes document is published.",
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
        cache=SECONDS,
        invalidated_by=CHANGES,
        description="iCalendar to subscribe to: an event that moves keeps its UID.",
    ),
    Route(
        "POST",
        "/v1/consultations/{edition}/deadlines",
        handler="add_deadline",
        summary="Add a deadline",
        body=schemas.AddedDeadline,
        response=Edition,
        permission=_EDITION,
        error_codes=(_UNKNOWN, "consultation.deadline_exists", "consultation.deadline_outside"),
        description="Such as that of requests for stands: with its title in seven languages, in the calendar and the "
        "mails as the others. It moves as they do. Everybody concerned gets a mail.",
    ),
    Route(
        "PUT",
        "/v1/consultations/{edition}/deadlines/{deadline}",
        handler="move_deadline",
        summary="Move a deadline",
        body=schemas.DeadlineMove,
        response=Edition,
        permission=_EDITION,
        error_codes=(*_DEADLINE, _CHANGED),
        description="Of the nominations or of the details of sessions. That of the submissions is a phase.",
    ),
    Route(
        "POST",
        "/v1/consultations/{edition}/deadlines/{deadline}/preview",
        handler="preview_deadline",
        summary="What a move of a deadline would do",
        body=schemas.DeadlineMove,
        response=schemas.DatesPreview,
        permission=_EDITION,
        error_codes=_DEADLINE,
        description=_PREVIEW,
    ),
    Route(
        "GET",
        "/v1/consultations/{edition}/revisions",
        handler="list_revisions",
        summary="Changes of the dates",
        response=schemas.Revisions,
        permission=_EDITION,
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
