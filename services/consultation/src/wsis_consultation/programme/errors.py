"""Errors of the programme."""

from __future__ import annotations

from typing import Any

from wsis_shared.errors import Conflict, Forbidden, Invalid, NotFound


def theme_unknown() -> NotFound:
    """There is no such theme."""
    return NotFound("consultation.theme_unknown", "There is no such theme.")


def session_unknown() -> NotFound:
    """There is no such session, or it is not the actor's."""
    return NotFound("consultation.session_unknown", "There is no such session.")


def programme_unknown(edition: str) -> NotFound:
    """Nothing is published yet, or not under that number."""
    return NotFound("consultation.programme_unknown", "No such version of the programme.", edition=edition)


def logo_unknown() -> NotFound:
    """The session has no logo."""
    return NotFound("consultation.logo_unknown", "The session has no logo.")


def requests_unknown(numbers: list[int]) -> Invalid:
    """Requests that do not exist, were withdrawn, or ask for no session; `numbers` are their places in the list."""
    message = "There is no such request of a session."
    fields = {f"requests.{number}": [message] for number in numbers}
    return Invalid("consultation.requests_unknown", "Some requests do not exist.", fields=fields)


def submissions_unknown(numbers: list[int]) -> Invalid:
    """Submissions that do not exist in this edition; `numbers` are their places in the list."""
    fields = {f"submissions.{number}": ["There is no such submission."] for number in numbers}
    return Invalid("consultation.submissions_unknown", "Some submissions do not exist.", fields=fields)


def rooms_twice(numbers: list[int]) -> Invalid:
    """The same code twice; `numbers` are the places in the list."""
    fields = {f"rooms.{number}.code": ["Another room has this code."] for number in numbers}
    return Invalid("consultation.rooms_twice", "Two rooms have the same code.", fields=fields)


def rooms_in_use(codes: list[str]) -> Conflict:
    """Rooms that would go are in use."""
    return Conflict("consultation.rooms_in_use", f"Sessions are placed in {', '.join(codes)}.", rooms=", ".join(codes))


def agenda_changed(revision: int, difference: list[dict[str, Any]]) -> Conflict:
    """Somebody saved the agenda meanwhile: `difference` is what changed since the revision that was named."""
    return Conflict(
        "consultation.agenda_changed",
        f"The agenda is at revision {revision} by now.",
        revision=revision,
        difference=difference,
    )


def placements_invalid(fields: dict[str, list[str]]) -> Invalid:
    """Placements of sessions that are not accepted, or in rooms that do not exist."""
    return Invalid("consultation.placements_invalid", "Some placements are not possible.", fields=fields)


def agenda_clashes(count: int) -> Conflict:
    """The agenda has hard clashes, so it is not published without a reason."""
    return Conflict("consultation.agenda_clashes", f"The agenda has {count} clashes.", count=count)


def programme_published_already(number: str) -> Conflict:
    """No draft agenda follows a programme."""
    return Conflict("consultation.programme_published_already", f"Programme {number} is published.", number=number)


def status_cannot_follow(status: str, wanted: str) -> Conflict:
    """The status does not follow the present one."""
    return Conflict(
        "consultation.session_status",
        f"A session that is {status} cannot become {wanted}.",
        status=status,
        wanted=wanted,
    )


def session_type_unknown() -> Invalid:
    """There is no such type of session."""
    message = "There is no such type of session."
    return Invalid("consultation.session_type_unknown", message, fields={"type": [message]})


def span_invalid(field: str, numbers: list[int]) -> Invalid:
    """A time that ends before it starts; `numbers` are the places in the list `field`."""
    fields = {f"{field}.{number}.end": ["The end must come after the start."] for number in numbers}
    return Invalid("consultation.span_invalid", "Some times end before they start.", fields=fields)


def reason_needed() -> Invalid:
    """Whoever declines or cancels says why."""
    return Invalid("consultation.reason_needed", "Say why.", fields={"reason": ["Say why."]})


def details_closed(closed_at: str) -> Conflict:
    """The deadline for the details of sessions has passed."""
    return Conflict("consultation.session_details_closed", f"Details were due by {closed_at}.", closed_at=closed_at)


def session_not_running(status: str) -> Conflict:
    """A session that was declined or cancelled takes no details."""
    return Conflict("consultation.session_not_running", f"The session is {status}.", status=status)


def outcome_closed(closed_at: str) -> Conflict:
    """The deadline of outcomes has passed."""
    return Conflict("consultation.session_outcome_closed", f"Outcomes closed at {closed_at}.", closed_at=closed_at)


def session_not_over() -> Conflict:
    """The outcome is filed after the session."""
    return Conflict("consultation.session_not_over", "The session has not taken place yet.")


def link_twice(number: int) -> Invalid:
    """The same action line and goal twice."""
    message = "This action line and goal are already linked."
    return Invalid("consultation.link_twice", message, fields={f"links.{number}": [message]})


def session_key_invalid() -> Forbidden:
    """The key of a mailed link does not belong to the session."""
    return Forbidden("consultation.session_key_invalid", "The link does not belong to this session.")
