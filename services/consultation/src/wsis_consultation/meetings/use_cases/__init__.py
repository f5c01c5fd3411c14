"""Meetings: what can be done from their arrangement to the minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wsis_consultation.meetings.use_cases import arrangement, audience, floor, mails, minutes, registration

if TYPE_CHECKING:
    from wsis_shared.bus import Parts


@dataclass(frozen=True)
class MeetingCases:
    """The use cases by what they are about."""

    arrangement: arrangement.ArrangementCases
    registration: registration.RegistrationCases
    mails: mails.ParticipantMailCases
    floor: floor.FloorCases
    audience: audience.AudienceCases
    minutes: minutes.MinutesCases


def compose(parts: Parts) -> MeetingCases:
    """The use cases with their collaborators; called once per process."""
    return MeetingCases(
        arrangement.compose(parts),
        registration.compose(parts),
        mails.compose(parts),
        floor.compose(parts),
        audience.compose(parts),
        minutes.compose(parts),
    )
