"""Meetings: what can be done from their arrangement to the minutes."""

from __future__ import annotations

from wsis_shared.parts import Parts

from wsis_consultation.meetings.use_cases import arrangement, audience, floor, mails, minutes, registration


def compose(
    parts: Parts,
) -> tuple[
    arrangement.ArrangementCases,
    registration.RegistrationCases,
    mails.ParticipantMailCases,
    floor.FloorCases,
    audience.AudienceCases,
    minutes.MinutesCases,
]:
    """The use cases with their collaborators; called once per process."""
    return (
        arrangement.compose(parts),
        registration.compose(parts),
        mails.compose(parts),
        floor.compose(parts),
        audience.compose(parts),
        minutes.compose(parts),
    )
