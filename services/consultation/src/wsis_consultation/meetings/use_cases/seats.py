"""What follows when somebody leaves: their place goes to who waits longest, and they are off the list of speakers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from wsis_shared.events import EventType, PendingEvent, new_event

from wsis_consultation.meetings import events
from wsis_consultation.meetings.rules import floor, registration, schedule
from wsis_consultation.meetings.store import Interventions, Meetings, Participants

MAX_AT_ONCE = 1000


def about(kind: EventType, meeting: schedule.Meeting) -> Callable[[registration.Participant], PendingEvent]:
    """Makes the event of a kind for a participant of the meeting."""

    def make(participant: registration.Participant) -> PendingEvent:
        id = participant["_id"]
        return new_event(kind, id, edition=meeting["edition"], meeting=meeting["_id"], participant=id)

    return make


def promote_waiting(
    meetings: Meetings, participants: Participants, meeting: schedule.Meeting, moment: datetime
) -> None:
    """Register as many of the waiting list as there are places, unless the meeting is over. `meeting` must be as it is
    stored."""
    if schedule.is_over(meeting, moment):
        return
    places = MAX_AT_ONCE if meeting["capacity"] is None else meeting["capacity"] - meeting["on_site"]
    waiting = participants.waiting(meeting["_id"], places) if places > 0 else []
    if not waiting or not meetings.take_seats(meeting, len(waiting)):
        return

    promoted = about(events.REGISTRATION_PROMOTED, meeting)
    participants.change_each(waiting, {"state": registration.REGISTERED, "waiting_since": None}, promoted)


def leave_floor(interventions: Interventions, meeting: schedule.Meeting, participant: registration.Participant) -> None:
    """Withdraw what somebody waits to say who no longer takes part."""
    for item in interventions.waiting_of(participant["_id"]):
        interventions.save("interventions", floor.withdrawn(item), floor_changed(meeting))


def floor_changed(meeting: schedule.Meeting) -> PendingEvent:
    """The event that the list of speakers is another one."""
    return new_event(events.FLOOR_CHANGED, meeting["_id"], edition=meeting["edition"], meeting=meeting["_id"])
