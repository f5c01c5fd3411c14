"""Errors of editions and phases."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Invalid, NotFound


def edition_unknown(edition: str) -> NotFound:
    """There is no consultation for this edition."""
    return NotFound("consultation.edition_unknown", f"No consultation for edition {edition}.", edition=edition)


def submissions_closed(closed_at: str) -> Conflict:
    """The deadline for official submissions has passed."""
    return Conflict("consultation.submissions_closed", f"Submissions closed at {closed_at}.", closed_at=closed_at)


def submissions_not_open(opens_at: str) -> Conflict:
    """The consultation is not open yet."""
    return Conflict("consultation.submissions_not_open", f"Submissions open at {opens_at}.", opens_at=opens_at)


def edition_exists(edition: str) -> Conflict:
    """There is a consultation for this edition already."""
    return Conflict("consultation.edition_exists", f"Edition {edition} exists.", edition=edition)


def phase_unknown(phase: str) -> NotFound:
    """The edition has no such phase."""
    return NotFound("consultation.phase_unknown", f"No phase {phase}.", phase=phase)


def phase_ends_before_start(phase: str) -> Invalid:
    """A phase ends after it starts."""
    return Invalid(
        "consultation.phase_ends_before_start",
        f"Phase {phase} would end before it starts.",
        phase=phase,
        fields={"end": ["The end must come after the start."]},
    )


def phase_out_of_order(phase: str, former: str) -> Conflict:
    """A phase does not start before the one that precedes it."""
    return Conflict(
        "consultation.phase_out_of_order", f"Phase {phase} would start before {former}.", phase=phase, former=former
    )


def deadline_missing() -> Invalid:
    """One phase is the deadline of the submissions."""
    return Invalid(
        "consultation.deadline_missing",
        "No phase is a deadline.",
        fields={"phases": ["One phase must be the deadline of the submissions."]},
    )


def outcomes_published(document: str) -> Conflict:
    """Submissions stay closed once the Outcomes document that sums them up is published."""
    return Conflict("consultation.outcomes_published", f"{document} is published.", document=document)


def deadline_unknown(deadline: str) -> NotFound:
    """The edition has no such deadline."""
    return NotFound("consultation.deadline_unknown", f"No deadline {deadline}.", deadline=deadline)


def deadline_outside() -> Invalid:
    """A deadline lies between the opening of the consultation and the end of the Forum."""
    return Invalid(
        "consultation.deadline_outside",
        "Outside of the edition.",
        fields={"at": ["Must lie between the opening of the consultation and the end of the Forum."]},
    )


def forum_ends_before_start() -> Invalid:
    """The last day of a Forum is its first or a later one."""
    return Invalid(
        "consultation.forum_days_invalid",
        "The Forum would end before it starts.",
        fields={"ends_on": ["The end must not come before the start."]},
    )


def forum_too_long(limit: int) -> Invalid:
    """Nobody holds a Forum for so long: a year is wrong."""
    return Invalid(
        "consultation.forum_days_invalid",
        f"More than {limit} days.",
        fields={"ends_on": [f"A Forum has at most {limit} days."]},
    )


def high_level_day_outside() -> Invalid:
    """High-level days are days of the Forum."""
    return Invalid(
        "consultation.forum_days_invalid",
        "A high-level day lies outside of the Forum.",
        fields={"high_level_days": ["Name days of the Forum."]},
    )


def edition_in_use(what: str) -> Conflict:
    """Somebody has worked with this edition already."""
    return Conflict("consultation.edition_in_use", f"The edition has {what}.", what=what)


def deadline_before_end() -> Invalid:
    """Outcomes are filed after the Forum."""
    return Invalid(
        "consultation.deadline_outside",
        "Outcomes would close before the Forum ends.",
        fields={"at": ["Must come after the end of the Forum."]},
    )


def nothing_to_change() -> Conflict:
    """What was sent is what is there."""
    return Conflict("consultation.nothing_to_change", "Nothing differs from what is there.")


def contact_unknown() -> NotFound:
    """The address has been removed: its owner has left."""
    return NotFound("consultation.contact_unknown", "The address is no longer here.")
