"""Participants are told of other times, another venue, or a cancellation of their meeting."""

from __future__ import annotations

from datetime import datetime

from wsis_shared.events import PendingEvent, new_event

from wsis_consultation.meetings import events
from wsis_consultation.meetings.rules import schedule
from wsis_consultation.meetings.rules.registration import Participant
from wsis_consultation.meetings.store import Participants

_KINDS = {schedule.MOVED: events.MEETING_MOVED, schedule.CANCELLED: events.MEETING_CANCELLED}


def tell_participants(
    participants: Participants, former: schedule.Meeting, meeting: schedule.Meeting, reason: str, moment: datetime
) -> None:
    """Tell all who are registered or wait what they must know of a change; of a meeting of the past, nothing."""
    change = schedule.change_for_participants(former, meeting)
    if change is None or max(former["end"], meeting["end"]) <= moment:
        return
    kind = _KINDS[change]

    def tell(row: Participant) -> PendingEvent:
        return new_event(
            kind,
            row["_id"],
            edition=meeting["edition"],
            meeting=meeting["_id"],
            participant=row["_id"],
            former_start=former["start"],
            former_end=former["end"],
            reason=reason,
        )

    participants.change_each(participants.live(meeting["_id"]), {}, tell)
