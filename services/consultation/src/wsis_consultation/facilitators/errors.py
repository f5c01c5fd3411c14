"""Errors of the nominations of High-Level Track Facilitators."""

from __future__ import annotations

from collections.abc import Sequence

from wsis_shared.errors import Conflict, Invalid, NotFound


def nominations_not_open(opens_at: str) -> Conflict:
    """The call is not open yet."""
    return Conflict("consultation.nominations_not_open", f"Nominations open at {opens_at}.", opens_at=opens_at)


def nominations_closed(closed_at: str) -> Conflict:
    """The deadline of nominations has passed."""
    return Conflict("consultation.nominations_closed", f"Nominations closed at {closed_at}.", closed_at=closed_at)


def mechanism_unknown() -> NotFound:
    """There is no such mechanism, or the account does not coordinate it."""
    return NotFound("consultation.mechanism_unknown", "There is no such coordination mechanism.")


def not_its_constituency() -> Invalid:
    """The mechanism does not speak for the constituency."""
    fields = {"constituency": ["The mechanism does not nominate for this constituency."]}
    return Invalid("consultation.nomination_invalid", "The nomination is not acceptable.", fields=fields)


def bio_too_long(count: int, at_most: int) -> Invalid:
    """The biography has too many words."""
    fields = {"bio": [f"{count} words: at most {at_most} are allowed."]}
    return Invalid("consultation.nomination_invalid", "The nomination is not acceptable.", fields=fields)


def candidate_unknown() -> NotFound:
    """There is no such candidate, or the key is not theirs."""
    return NotFound("consultation.candidate_unknown", "There is no such candidate.")


def candidate_state(state: str) -> Conflict:
    """The candidate is in another state."""
    return Conflict("consultation.candidate_state", f"The candidate is {state}.", state=state)


def same_candidate() -> Conflict:
    """A candidate cannot be merged into themselves."""
    return Conflict("consultation.same_candidate", "Name two different candidates.")


def consent_missing(numbers: Sequence[int]) -> Conflict:
    """Candidates have not consented yet."""
    listed = ", ".join(str(number) for number in numbers)
    return Conflict("consultation.consent_missing", f"Without consent: {listed}.", numbers=listed)


def merge_unknown() -> NotFound:
    """There is no such merge, or it is undone."""
    return NotFound("consultation.merge_unknown", "There is no such merge of candidates.")
