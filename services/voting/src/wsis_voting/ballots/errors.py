"""The error behind a code that was stored as the outcome of a vote."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from wsis_shared import clock
from wsis_shared.errors import Conflict, Forbidden, Invalid, SuiteError

from wsis_voting.contests.errors import contest_not_loaded, edition_unknown


def account_not_confirmed() -> Forbidden:
    """Only confirmed accounts vote."""
    return Forbidden("voting.account_not_confirmed")


def not_open(opens_at: datetime | None) -> Conflict:
    """Too early; `opens_at` says when, if the window is known."""
    return Conflict("voting.not_open", opens_at=clock.iso(opens_at) if opens_at else None)


def closed(closes_at: datetime | None) -> Conflict:
    """Too late."""
    return Conflict("voting.closed", closes_at=clock.iso(closes_at) if closes_at else None)


def category_unknown(category: str) -> Invalid:
    """No such category in this edition, or one in which nobody is nominated."""
    return Invalid(
        "voting.category_unknown",
        category=category,
        fields={"category": ["Not a category of this edition with nominees."]},
    )


def nominee_unknown(category: str) -> Invalid:
    """The project is not nominated in this category of this edition."""
    return Invalid("voting.nominee_unknown", category=category, fields={"project": ["Not a nominee of this category."]})


def nominee_disqualified(category: str) -> Conflict:
    """The project was taken out of the contest."""
    return Conflict("voting.nominee_disqualified", category=category)


def category_already_voted(category: str) -> Conflict:
    """A vote is final."""
    return Conflict("voting.category_already_voted", category=category)


_IN_A_CATEGORY: dict[str, Callable[[str], SuiteError]] = {
    "voting.category_unknown": category_unknown,
    "voting.nominee_unknown": nominee_unknown,
    "voting.nominee_disqualified": nominee_disqualified,
    "voting.category_already_voted": category_already_voted,
}


def refusal(
    code: str, *, edition: str, category: str, opens_at: datetime | None = None, closes_at: datetime | None = None
) -> SuiteError:
    """The error behind a code that was noted as the outcome of a vote."""
    if code in _IN_A_CATEGORY:
        return _IN_A_CATEGORY[code](category)
    match code:
        case "voting.not_open":
            return not_open(opens_at)
        case "voting.closed":
            return closed(closes_at)
        case "voting.account_not_confirmed":
            return account_not_confirmed()
        case "voting.contest_not_loaded":
            return contest_not_loaded(edition)
    return edition_unknown(edition)
