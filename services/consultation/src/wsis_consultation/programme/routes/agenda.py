"""Routes of the agenda and its publication."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import Mode, Route

from wsis_consultation.programme.schemas import agendas

_AGENDA = "/v1/consultations/{edition}/agenda"
_UNKNOWN = "consultation.edition_unknown"
PROGRAMME = "consultation:programme"

ROUTES = (
    Route(
        "GET",
        _AGENDA,
        handler="read_agenda",
        summary="The agenda with its clashes",
        response=agendas.Agenda,
        permission=PROGRAMME,
        error_codes=(_UNKNOWN,),
    ),
    Route(
        "GET",
        f"{_AGENDA}/difference",
        handler="compare_agenda",
        summary="What a publication would change",
        response=agendas.AgendaDifference,
        permission=PROGRAMME,
        error_codes=(_UNKNOWN,),
        description="Against the last version; with the number of sessions whose authors would get a mail.",
    ),
    Route(
        "PUT",
        f"{_AGENDA}/setup",
        handler="set_up_agenda",
        summary="Rooms, slots and interpreters",
        body=agendas.Setup,
        response=agendas.Agenda,
        permission=PROGRAMME,
        error_codes=(
            _UNKNOWN,
            "consultation.agenda_changed",
            "consultation.rooms_in_use",
            "consultation.rooms_twice",
            "consultation.span_invalid",
        ),
    ),
    Route(
        "POST",
        f"{_AGENDA}/check",
        handler="check_agenda",
        summary="Clashes that changes would leave",
        body=agendas.Check,
        response=agendas.Checked,
        permission=PROGRAMME,
        error_codes=(_UNKNOWN, "consultation.placements_invalid"),
        description="Changes nothing.",
    ),
    Route(
        "PUT",
        f"{_AGENDA}/placements",
        handler="place_sessions",
        summary="Place sessions in rooms and times",
        body=agendas.Placements,
        response=agendas.Agenda,
        permission=PROGRAMME,
        error_codes=(_UNKNOWN, "consultation.agenda_changed", "consultation.placements_invalid"),
        description="`revision` is that of the agenda that was read. If it was saved meanwhile, nothing is saved: 409, "
        "and `params.difference` has the placements that changed. Clashes do not prevent a save.",
    ),
    Route(
        "POST",
        f"{_AGENDA}/suggestion",
        handler="suggest_agenda",
        summary="Suggest places for sessions without one",
        body=agendas.Suggest,
        response=agendas.Suggestion,
        permission=PROGRAMME,
        error_codes=(_UNKNOWN,),
        description="Changes nothing. A suggestion never makes a hard clash; what is kept stays as it is.",
    ),
    Route(
        "POST",
        f"{_AGENDA}/automatic-placement",
        handler="start_placing_sessions",
        mode=Mode.JOB,
        summary="Place all sessions without a place",
        body=agendas.Suggest,
        response=agendas.PlacedByJob,
        permission=PROGRAMME,
        error_codes=(_UNKNOWN,),
        limit="heavy",
    ),
    Route(
        "POST",
        f"{_AGENDA}/publications",
        handler="publish_programme",
        mode=Mode.JOB,
        summary="Publish the draft agenda or the programme",
        body=agendas.Publish,
        response=agendas.Published,
        permission=PROGRAMME,
        limit="heavy",
        error_codes=(_UNKNOWN, "consultation.agenda_clashes", "consultation.programme_published_already"),
        description="The version is public at once. The job tells the authors of submissions what became of their "
        "requests, and publishes an event for each session that has a new place.",
    ),
)
JOBS: tuple[JobKind, ...] = (
    JobKind("place_all_sessions", "Places sessions", permission=PROGRAMME, result=agendas.PlacedByJob),
    JobKind(
        "announce_programme",
        "Tells authors of a new version of the programme",
        permission=PROGRAMME,
        result=agendas.Published,
        cancellable=False,
    ),
)
