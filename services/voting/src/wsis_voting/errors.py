"""Each way to fail: one function, one code. `refusal` makes the one of a code that decide() noted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from wsis_shared import clock
from wsis_shared.errors import Conflict, Forbidden, Invalid, NotFound, SuiteError, TooMany, Unavailable


def edition_unknown(edition: str) -> NotFound:
    """No contest of that edition."""
    return NotFound("voting.edition_unknown", "There is no contest of this edition.", edition=edition)


def contest_not_loaded(edition: str) -> Unavailable:
    """We do not know this edition, and who would know is away."""
    return Unavailable("voting.contest_not_loaded", "The contest is not loaded yet.", edition=edition, retry_after=5)


def account_not_confirmed() -> Forbidden:
    """Only confirmed accounts vote."""
    return Forbidden("voting.account_not_confirmed", "Confirm your e-mail address first, then vote.")


def not_open(opens_at: datetime | None) -> Conflict:
    """Too early; `opens_at` says when, if the window is known."""
    when = clock.iso(opens_at) if opens_at else None
    return Conflict("voting.not_open", "Voting has not opened yet.", opens_at=when)


def closed(closes_at: datetime | None) -> Conflict:
    """Too late."""
    when = clock.iso(closes_at) if closes_at else None
    return Conflict("voting.closed", "Voting has closed.", closes_at=when)


def category_unknown(category: str) -> Invalid:
    """No such category in this edition, or one in which nobody is nominated."""
    return Invalid(
        "voting.category_unknown", "There is nothing to vote for in this category.", category=category,
        fields={"category": ["Not a category of this edition with nominees."]},
    )  # fmt: skip


def nominee_unknown(category: str) -> Invalid:
    """The project is not nominated in this category of this edition."""
    return Invalid(
        "voting.nominee_unknown", "This project is not a nominee of this category.", category=category,
        fields={"project": ["Not a nominee of this category."]},
    )  # fmt: skip


def nominee_disqualified(category: str) -> Conflict:
    """The project was taken out of the contest."""
    return Conflict("voting.nominee_disqualified", "This project is no longer in the contest.", category=category)


def category_already_voted(category: str) -> Conflict:
    """A vote is final."""
    return Conflict(
        "voting.category_already_voted", "You have voted in this category already; a vote is final.", category=category
    )


def totals_hidden() -> Conflict:
    """No totals for anybody before the certification."""
    return Conflict("voting.totals_hidden", "Totals are hidden from everybody until the tally is certified.")


def already_certified(edition: str) -> Conflict:
    """The result stands."""
    return Conflict("voting.already_certified", "The tally of this edition is certified.", edition=edition)


def nothing_to_summarise() -> NotFound:
    """The account has no ballot in this edition."""
    return NotFound("voting.ballot_unknown", "There is no such ballot.")


def receipt_invalid() -> Invalid:
    """The signature does not fit, or it is not a receipt of this edition."""
    return Invalid(
        "voting.receipt_invalid", "This is not a receipt that was given out in this edition.",
        fields={"receipt": ["Its signature does not fit."]},
    )  # fmt: skip


def receipt_unknown() -> NotFound:
    """No vote with this commitment."""
    return NotFound("voting.receipt_unknown", "No vote with this commitment is in the log or on its way there.")


def log_empty(edition: str) -> NotFound:
    """Nothing was published yet."""
    return NotFound("voting.log_empty", "The public log of this edition has no head yet.", edition=edition)


def log_size_unknown(field: str, most: int) -> Invalid:
    """A tree of that size does not exist."""
    return Invalid(
        "voting.log_size_unknown", "The log has no tree of this size.", most=most, fields={field: [f"At most {most}."]}
    )


def result_under_embargo(edition: str) -> NotFound:
    """Certified, and not announced."""
    return NotFound(
        "voting.result_under_embargo", "The result is published when the champions are announced.", edition=edition
    )


def not_certified(edition: str) -> NotFound:
    """There is no result yet."""
    return NotFound("voting.not_certified", "The result of this edition is not certified yet.", edition=edition)


def key_shredded(edition: str) -> Conflict:
    """Nobody can tell any more which ballot a vote is in."""
    return Conflict(
        "voting.key_shredded", "The key of this edition is destroyed: count the published openings.", edition=edition
    )


def exclusions_unaccounted(count: int) -> Conflict:
    """Flags or figures of exclusions were changed by hand. Which ones would tell about single ballots."""
    return Conflict(
        "voting.exclusions_unaccounted", "Exclusions in the store are not as decided: they must be repaired first.",
        count=count,
    )  # fmt: skip


def cluster_unknown() -> NotFound:
    """No such cluster in this edition, or it is not found any more."""
    return NotFound("voting.cluster_unknown", "There is no such cluster: look again.")


def nothing_to_reinstate() -> Conflict:
    """Nothing was excluded."""
    return Conflict("voting.nothing_to_reinstate", "This is not excluded.")


def review_closed() -> Conflict:
    """The count is being frozen, or is."""
    return Conflict("voting.review_closed", "The tally is being certified, or is: decisions can not be changed.")


def accounts_closed() -> Conflict:
    """After the close, two results that differ by one ballot would tell its choices."""
    return Conflict("voting.accounts_closed", "Single accounts are decided on before voting first closes, not later.")


def busy_with_votes() -> TooMany:
    """Votes come first: a mail about a ballot can be written later."""
    return TooMany("voting.busy_with_votes", "Votes are being recorded: ask again later.", retry_after=5)


def review_busy() -> Conflict:
    """One decision at a time: two that meet on a ballot would leave it to chance."""
    return Conflict("voting.review_busy", "Another decision is being carried out: try again in a moment.")


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
