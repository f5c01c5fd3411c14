"""Errors of physical meetings."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Forbidden, Invalid, NotFound


def meeting_unknown() -> NotFound:
    """There is no such meeting."""
    return NotFound("consultation.meeting_unknown", "There is no such meeting in this edition.")


def meeting_follows_phase(phase: str) -> Conflict:
    """The times of the meeting are those of a phase."""
    return Conflict(
        "consultation.meeting_follows_phase", f"Its title, times and venue are those of {phase}.", phase=phase
    )


def meeting_over() -> Conflict:
    """The meeting has ended or is cancelled."""
    return Conflict("consultation.meeting_over", "The meeting has ended or is cancelled.")


def ends_before_start() -> Invalid:
    """A meeting must end after its start."""
    return Invalid("consultation.meeting_invalid", "Not a meeting.", fields={"end": ["It must be after the start."]})


def agenda_too_long() -> Invalid:
    """The items of the agenda last longer than the meeting."""
    fields = {"agenda": ["The items last longer than the meeting."]}
    return Invalid("consultation.meeting_invalid", "Not a meeting.", fields=fields)


def not_remote() -> Conflict:
    """The meeting takes place in the room only."""
    return Conflict("consultation.meeting_not_remote", "There is no remote participation in this meeting.")


def registration_unknown() -> NotFound:
    """The person is not registered for the meeting."""
    return NotFound("consultation.registration_unknown", "There is no registration for this meeting.")


def participant_unknown() -> NotFound:
    """There is no such participant."""
    return NotFound("consultation.participant_unknown", "There is no such participant of this meeting.")


def account_erased() -> Forbidden:
    """The account was erased after its access token was issued."""
    return Forbidden("consultation.account_erased", "The account is erased.")


def no_badge() -> Conflict:
    """Only who is registered for the room has a badge."""
    return Conflict("consultation.no_badge", "Badges are for those who are registered for the room.")


def badge_invalid() -> Invalid:
    """The token on the badge is not one of this meeting."""
    return Invalid(
        "consultation.badge_invalid", "Not a badge of this meeting.", fields={"token": ["Not a badge of this meeting."]}
    )


def not_registered() -> Conflict:
    """Only registered participants speak."""
    return Conflict("consultation.not_registered", "Register for the meeting first.")


def already_on_list() -> Conflict:
    """The participant waits for the floor already."""
    return Conflict("consultation.already_on_list", "The participant is on the list of speakers already.")


def speakers_list_full() -> Conflict:
    """The list of speakers is full."""
    return Conflict("consultation.speakers_list_full", "The list of speakers is full.")


def intervention_unknown() -> NotFound:
    """There is no such intervention."""
    return NotFound("consultation.intervention_unknown", "There is no such intervention in this meeting.")


def intervention_state(state: str) -> Conflict:
    """The intervention is in another state."""
    return Conflict("consultation.intervention_state", f"The intervention is {state}.", state=state)


def order_outdated() -> Conflict:
    """The list of speakers has changed meanwhile."""
    return Conflict("consultation.order_outdated", "The order must name each of those who wait, once.")


def document_unknown() -> NotFound:
    """There is no such document."""
    return NotFound("consultation.meeting_document_unknown", "There is no such document of this meeting.")


def documents_full() -> Conflict:
    """The meeting has as many documents as it may have."""
    return Conflict("consultation.meeting_documents_full", "The meeting has the largest number of documents.")


def minutes_unknown() -> NotFound:
    """There are no such minutes, or they are not published."""
    return NotFound("consultation.minutes_unknown", "There are no published minutes of this meeting.")
