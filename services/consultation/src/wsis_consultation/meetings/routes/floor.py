"""Interventions in meetings."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.streams import Stream

from wsis_consultation.meetings.routes.arrangement import EDITION_REMOVED, MEETING, UNKNOWN
from wsis_consultation.meetings.schemas import audience, participants
from wsis_consultation.meetings.schemas.arrangements import Reason

_ITEM = f"{MEETING}/interventions/{{intervention}}"
_ASK = (
    *UNKNOWN,
    "consultation.meeting_over",
    "consultation.not_registered",
    "consultation.already_on_list",
    "consultation.speakers_list_full",
)
_GIVE = (*UNKNOWN, "consultation.intervention_unknown", "consultation.intervention_state")

ROUTES = (
    Route(
        "GET",
        f"{MEETING}/floor",
        handler="read_floor",
        summary="Who speaks in a meeting and who follows",
        response=participants.Floor,
        permission=PUBLIC,
        cache=5,
        invalidated_by=("consultation.floor_changed", "consultation.person_forgotten", EDITION_REMOVED),
        error_codes=UNKNOWN,
        stream=Stream(events=("consultation.floor_changed",), subject="meeting", shared=True),
        description="One list for the room and for remote participants. Names appear with consent only.",
    ),
    Route(
        "POST",
        f"{MEETING}/interventions",
        handler="request_floor",
        summary="Request the floor",
        body=participants.InterventionBody,
        response=participants.Intervention,
        status=201,
        permission="consultation:take_part",
        error_codes=_ASK,
    ),
    Route(
        "DELETE",
        _ITEM,
        handler="withdraw_intervention",
        summary="Withdraw my request for the floor",
        status=204,
        permission="consultation:take_part",
        error_codes=_GIVE,
    ),
    Route(
        "GET",
        f"{MEETING}/interventions",
        handler="list_interventions",
        summary="Interventions of a meeting",
        query=participants.InterventionsQuery,
        response=participants.InterventionPage,
        permission="consultation:chair",
        export="interventions",
        export_labels="wsis_consultation.index.exports:INTERVENTIONS",
        error_codes=UNKNOWN,
        description="In the order in which the floor was requested.",
    ),
    Route(
        "POST",
        f"{MEETING}/speakers",
        handler="request_floor_for",
        summary="Request the floor for a participant",
        body=participants.InterventionForBody,
        response=participants.Intervention,
        status=201,
        permission="consultation:chair",
        error_codes=(*_ASK, "consultation.participant_unknown"),
    ),
    Route(
        "GET",
        f"{MEETING}/speakers/suggestion",
        handler="suggest_speaking_order",
        permission="consultation:chair",
        summary="A suggested order of speakers",
        response=participants.Order,
        error_codes=UNKNOWN,
        description="Points of order come first, rights of reply last. Of the others who has not spoken yet comes "
        "first, and the room and remote participants alternate.",
    ),
    Route(
        "PUT",
        f"{MEETING}/speakers/order",
        handler="order_speakers",
        summary="Set the order of speakers",
        body=participants.OrderBody,
        response=participants.Order,
        permission="consultation:chair",
        error_codes=(*UNKNOWN, "consultation.order_outdated"),
        description="Names each of those who wait, once.",
    ),
    Route(
        "PUT",
        f"{MEETING}/current-item",
        handler="call_agenda_item",
        summary="Call an item of the agenda",
        body=audience.CurrentItem,
        response=audience.CurrentItemSet,
        permission="consultation:chair",
        error_codes=(*UNKNOWN, "consultation.agenda_item_unknown"),
        description="Each item has its list of speakers: who speaks to this one, or to none, comes before all others.",
    ),
    Route(
        "PUT",
        f"{_ITEM}/start",
        handler="start_intervention",
        summary="Give the floor",
        response=participants.InterventionRow,
        permission="consultation:chair",
        error_codes=_GIVE,
        description="Ends the intervention that is in progress. A point of order interrupts it: who spoke is the next "
        "one then, with the time that is left.",
    ),
    Route(
        "PUT",
        f"{_ITEM}/pause",
        handler="pause_intervention",
        summary="Stop the clock of who speaks",
        response=participants.InterventionRow,
        permission="consultation:chair",
        error_codes=_GIVE,
        description="The time until `PUT /resumption` does not count. A repeat changes nothing.",
    ),
    Route(
        "PUT",
        f"{_ITEM}/resumption",
        handler="resume_intervention",
        summary="Let the clock of who speaks go on",
        response=participants.InterventionRow,
        permission="consultation:chair",
        error_codes=_GIVE,
    ),
    Route(
        "PUT",
        f"{_ITEM}/end",
        handler="end_intervention",
        summary="End an intervention",
        response=participants.InterventionRow,
        permission="consultation:chair",
        error_codes=_GIVE,
    ),
    Route(
        "PUT",
        f"{_ITEM}/removal",
        handler="remove_intervention",
        summary="Take somebody off the list of speakers",
        body=Reason,
        response=participants.InterventionRow,
        permission="consultation:chair",
        error_codes=_GIVE,
    ),
    Route(
        "PATCH",
        _ITEM,
        handler="summarize_intervention",
        summary="Record what was said",
        body=participants.InterventionPatch,
        response=participants.InterventionRow,
        permission="consultation:chair",
        error_codes=(*UNKNOWN, "consultation.intervention_unknown"),
    ),
)
