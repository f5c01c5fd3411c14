"""Each way to fail: one function, one code. Titles in seven languages are in `texts/`."""

from __future__ import annotations

from wsis_shared.errors import Conflict, Invalid, NotFound


def fund_unknown(edition: str) -> NotFound:
    """No officer has opened the packages of this edition."""
    return NotFound("partnerships.fund_unknown", f"No packages for edition {edition}.", edition=edition)


def fund_exists(edition: str) -> Conflict:
    """The packages of this edition are open already."""
    return Conflict("partnerships.fund_exists", f"Edition {edition} has packages.", edition=edition)


def package_unknown(package: str) -> NotFound:
    """The edition has no such package."""
    return NotFound("partnerships.package_unknown", f"No package {package}.", package=package)


def activity_unknown(activity: str) -> NotFound:
    """The edition has no such activity."""
    return NotFound("partnerships.activity_unknown", f"No activity {activity}.", activity=activity)


def activity_needed() -> Invalid:
    """This package sponsors one activity."""
    return Invalid(
        "partnerships.activity_needed", "The package needs an activity.",
        fields={"activity": ["Name the activity that is sponsored."]},
    )  # fmt: skip


def amount_too_small(centimes: int) -> Invalid:
    """The package costs more than was pledged."""
    return Invalid(
        "partnerships.amount_too_small", f"The package costs {centimes} centimes.", centimes=centimes,
        fields={"contribution.centimes": ["Less than the amount of the package."]},
    )  # fmt: skip


def package_taken(package: str) -> Conflict:
    """All places of this package have a confirmed partner."""
    return Conflict("partnerships.package_taken", f"Package {package} has its partner.", package=package)


def pledge_unknown(pledge: str) -> NotFound:
    """No pledge of this id that the caller may see."""
    return NotFound("partnerships.pledge_unknown", f"No pledge {pledge}.", pledge=pledge)


def pledges_used_up(limit: int) -> Conflict:
    """The account has as many open pledges for this edition as one may."""
    return Conflict("partnerships.pledges_used_up", f"One account may have {limit} open pledges.", limit=limit)


def too_many_pledges(limit: int) -> Conflict:
    """The account has made as many pledges for this edition as one may, withdrawn ones included."""
    return Conflict("partnerships.too_many_pledges", f"One account may make {limit} pledges.", limit=limit)


def wrong_state(state: str, wanted: str) -> Conflict:
    """A pledge in this state cannot go to that one."""
    return Conflict("partnerships.wrong_state", f"From {state} to {wanted} is no step.", state=state, wanted=wanted)


def not_a_partner() -> Conflict:
    """Only partners have benefits."""
    return Conflict("partnerships.not_a_partner", "The pledge is not confirmed.")


def benefit_unknown(benefit: str) -> NotFound:
    """The partner has no such benefit."""
    return NotFound("partnerships.benefit_unknown", f"No benefit {benefit}.", benefit=benefit)


def logo_unknown() -> NotFound:
    """The partner has no logo, or there is no such partner."""
    return NotFound("partnerships.logo_unknown", "No logo.")


def logo_too_large(side: int) -> Invalid:
    """A logo has at most so many pixels a side."""
    return Invalid("partnerships.logo_too_large", f"A PNG of at most {side} pixels a side.", side=side)
