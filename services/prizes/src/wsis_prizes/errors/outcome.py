"""Of finalists, the embargo, champions, winners and certificates."""

from __future__ import annotations

from datetime import datetime

from wsis_shared import clock
from wsis_shared.errors import Conflict, Invalid, NotFound, Unavailable


def tally_not_certified() -> Conflict:
    """Finalists come from the certified tally only."""
    return Conflict("prizes.tally_not_certified", "The tally is not certified yet.")


def tie_unsettled(ties: dict[str, list[str]]) -> Conflict:
    """The edition leaves ties to the Expert Group, and some are open."""
    return Conflict("prizes.tie_unsettled", "Ties are left to the Expert Group.", fields=ties)


def not_of_the_tie(category: str, free: int) -> Invalid:
    """The projects named do not settle the tie."""
    return Invalid("prizes.not_of_the_tie", f"Name {free} of the tied projects.", category=category, free=free,
                   fields={"settle": [category]})  # fmt: skip


def finalists_not_fixed() -> Conflict:
    """The finalists must be fixed first."""
    return Conflict("prizes.finalists_not_fixed", "The finalists are not fixed yet.")


def champions_differ(categories: list[str]) -> Conflict:
    """The finalists are not those of the signed result and of the rulings after it."""
    return Conflict(
        "prizes.champions_differ", "The champions are others than were counted.", categories=", ".join(categories)
    )


def finalists_fixed() -> Conflict:
    """The finalists are out."""
    return Conflict("prizes.finalists_fixed", "The finalists are fixed.")


def not_a_finalist() -> Invalid:
    """A winner is one of the finalists of the category."""
    return Invalid("prizes.not_a_finalist", "Not a finalist of this category.", fields={"project": ["Not a finalist."]})


def interested() -> Conflict:
    """The juror or officer, or the organization, has a project in this category, or the juror declared a conflict."""
    return Conflict(
        "prizes.interested", "You or your organization have a project or a declared conflict in this category."
    )


def change_needs_reason() -> Invalid:
    """Another winner than was decided."""
    return Invalid(
        "prizes.change_needs_reason",
        "Say why the decision changes, and name no project.",
        fields={"change_reason": ["Needed."]},
    )


def champions_not_announced() -> NotFound:
    """Not the day yet."""
    return NotFound("prizes.champions_not_announced", "The champions are not announced yet.")


def champions_not_announced_yet() -> Conflict:
    """Champions come before winners."""
    return Conflict("prizes.champions_first", "Announce the champions first.")


def champions_announced() -> Conflict:
    """Announced before."""
    return Conflict("prizes.champions_announced", "The champions are announced.")


def winners_not_released() -> NotFound:
    """Under embargo until the ceremony."""
    return NotFound("prizes.winners_not_released", "The winners are not released yet.")


def winners_released() -> Conflict:
    """Released before."""
    return Conflict("prizes.winners_released", "The winners are released.")


def before_the_ceremony(opens: datetime) -> Conflict:
    """The embargo lasts until the phase of announcement."""
    return Conflict("prizes.before_the_ceremony", "Winners stay secret until the ceremony.", opens=clock.geneva(opens))


def categories_undecided(categories: list[str]) -> Conflict:
    """Each category with finalists needs a decision: a winner, or none."""
    return Conflict("prizes.categories_undecided", "Some categories are undecided.", categories=", ".join(categories))


def no_certificate() -> NotFound:
    """Certificates are for champions and winners, after their announcement."""
    return NotFound("prizes.no_certificate", "There is no certificate for this project.")


def certificate_not_ready() -> Unavailable:
    """The certificate is being made: it comes within seconds, after an announcement within minutes."""
    return Unavailable("prizes.certificate_not_ready", "The certificate is being made.", retry_after=10)
