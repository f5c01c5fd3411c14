"""Routes of editions."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route

from wsis_consultation.editions import schemas

_UNKNOWN = "consultation.edition_unknown"
# The current phase follows from the time, so no response is cached for longer than a minute.
SECONDS = 60
CHANGES = (
    "consultation.edition_opened",
    "consultation.edition_removed",
    "consultation.forum_changed",
    "consultation.phase_changed",
    "consultation.deadline_added",
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
        cache=SECONDS,
        invalidated_by=CHANGES,
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
        cache=SECONDS,
        invalidated_by=CHANGES,
        description="With its phases, deadlines, and phases that overlap.",
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
)
