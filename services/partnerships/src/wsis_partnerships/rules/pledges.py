"""Pledges: what a sponsor offers, and what becomes of it.

    pledged -> confirmed -> received -> refunded
       |           |
       +-> withdrawn <-+

A partner is the sponsor of a confirmed or received pledge. Who leaves after paying is refunded. Either way the place of
a limited package is free again, and is offered to the next in line.
A contribution is in cash, or in kind with an estimate of its value, which no sum of money includes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared.errors import Conflict, Invalid, NotFound
from wsis_shared.json_types import Input

from wsis_partnerships.rules.funds import Fund, Package, activity, order, package
from wsis_partnerships.rules.reference import Titled


class Change(TypedDict):
    """A field of a pledge before and after a correction; centimes are written as digits."""

    field: str
    before: str | None
    after: str | None


class Step(TypedDict):
    """A state of a pledge, and why. With `changes` it is a correction, in the same state."""

    state: str
    at: datetime
    by: str
    reason: str | None
    changes: NotRequired[list[Change]]


class Terms(TypedDict):
    """What the package was when it was pledged."""

    title: dict[str, str]
    amount_centimes: int | None
    benefits: list[Titled]


class OwedBenefit(Titled):
    """A line of the checklist of a partner."""

    done: bool
    at: datetime | None


class Pledge(TypedDict):
    """`account` is None after an erasure. `account_number` is "2017/<account>/3" for the third pledge of that account:
    a unique index on it decides a race. `centimes` is the sum of money or the estimated value, None without an
    estimate. `slot_key` is there while live and limited, `offered_at` where a place that became free was offered,
    `proposed_logo` while no officer has decided on it. `terms` stay when an officer changes the package; pledges of
    former versions have none."""

    _id: str
    edition: str
    account: str | None
    account_number: NotRequired[str]
    organization: str
    website: str | None
    package: str
    package_order: int
    activity: str | None
    form: str
    centimes: int | None
    description: str | None
    state: str
    pledged_at: datetime
    history: list[Step]
    benefits: list[OwedBenefit]
    logo: str | None
    confirmed_at: NotRequired[datetime]
    slot_key: NotRequired[str]
    terms: NotRequired[Terms]
    offered_at: NotRequired[datetime]
    proposed_logo: NotRequired[str]


STATES = (PLEDGED, CONFIRMED, RECEIVED, WITHDRAWN, REFUNDED) = (
    "pledged",
    "confirmed",
    "received",
    "withdrawn",
    "refunded",
)
PARTNER = (CONFIRMED, RECEIVED)
FORMS = (CASH, IN_KIND) = ("cash", "in_kind")
CORRECTED = "corrected"  # of an event and its mail, which no state has
SPONSOR = "sponsor"  # in the history, in place of an account that may be erased
NEXT = {PLEDGED: {CONFIRMED, WITHDRAWN}, CONFIRMED: {RECEIVED, WITHDRAWN}, RECEIVED: {REFUNDED}}

OPEN_PLEDGES = 20  # of an account for an edition, which wait for confirmation
MAX_PLEDGES = 100  # of an account for an edition, withdrawn ones too: each has its lines in the ledger for ever

MAX_CORRECTIONS = 20  # of a pledge: each has its lines in the ledger for ever


def account_number(edition: str, account: str, former: Sequence[str]) -> str:
    """The number of an account's next pledge. `former` are the states of those that it has made. Raises Conflict."""
    if len(former) >= MAX_PLEDGES:
        raise Conflict("partnerships.too_many_pledges", limit=MAX_PLEDGES)
    if former.count(PLEDGED) >= OPEN_PLEDGES:
        raise Conflict("partnerships.pledges_used_up", limit=OPEN_PLEDGES)
    return f"{edition}/{account}/{len(former) + 1}"


def made(pledge: str, fund: Fund, body: Input, account: str, number: str, moment: datetime) -> Pledge:
    """A new pledge. Raises NotFound for the package, Invalid for the activity and for less than the package costs."""
    chosen, contribution = package(fund, body["package"]), body["contribution"]
    terms = _terms(chosen)
    _require_activity(fund, chosen, body["activity"])
    if contribution["form"] == CASH:
        _require_amount(terms, contribution["centimes"], f"contribution.{_amount_field(contribution)}")
    return {
        "_id": pledge,
        "edition": fund["_id"],
        "account": account,
        "account_number": number,
        "organization": body["organization"],
        "website": body["website"],
        "package": chosen["code"],
        "package_order": order(fund, chosen["code"]),
        "activity": body["activity"],
        "form": contribution["form"],
        "centimes": contribution["centimes"],
        "description": contribution["description"],
        "state": PLEDGED,
        "pledged_at": moment,
        "history": [{"state": PLEDGED, "at": moment, "by": SPONSOR, "reason": None}],
        "benefits": [],
        "logo": None,
        "terms": terms,
    }


def _terms(chosen: Package) -> Terms:
    return {
        "title": chosen["title"],
        "amount_centimes": chosen["amount_centimes"],
        "benefits": chosen["benefits"],
    }


def _require_activity(fund: Fund, chosen: Package, wanted: str | None) -> None:
    if wanted is not None:
        activity(fund, wanted)
    elif chosen["needs_activity"]:
        raise Invalid("partnerships.activity_needed", fields={"activity": ["Name the activity that is sponsored."]})


def _require_amount(terms: Terms, centimes: int, field: str) -> None:
    least = terms["amount_centimes"]
    if least is not None and centimes < least:
        less = ["Less than the amount of the package."]
        raise Invalid("partnerships.amount_too_small", centimes=least, fields={field: less})


def _amount_field(body: Input) -> str:
    """The field in which the amount was typed."""
    return "francs" if body.get("francs") else "centimes"


def terms(pledge: Pledge, fund: Fund) -> Terms:
    """What the package was when it was pledged; for pledges of former versions what it is now."""
    return pledge.get("terms") or _terms(package(fund, pledge["package"]))


def advanced(
    pledge: Pledge, state: str, moment: datetime, by: str, reason: str, fund: Fund, taken: Collection[str]
) -> Pledge:
    """The pledge in another state. `taken` are the slot keys of the partners of its package, one for each partner.

    Raises Conflict for a transition that does not exist, or where all places of the package are taken.
    """
    if state not in NEXT.get(pledge["state"], ()):
        raise Conflict("partnerships.wrong_state", state=pledge["state"], wanted=state)
    step: Step = {"state": state, "at": moment, "by": by, "reason": reason}
    changed: Pledge = {**pledge, "state": state, "history": [*pledge["history"], step]}
    if state not in PARTNER:
        changed.pop("slot_key", None)
    if state == CONFIRMED:
        changed["confirmed_at"] = moment
        changed["benefits"] = _owed(terms(pledge, fund)["benefits"], ())
        _take_place(changed, fund, taken)
    return changed


def corrected(
    pledge: Pledge, wanted: Input, moment: datetime, by: str, fund: Fund, taken: Collection[str]
) -> Pledge | None:
    """The pledge with what was written wrongly corrected; None where nothing differs. Of another package it has the
    terms of today. `taken` are the slot keys of the partners of the package that it has then.

    Raises Conflict for a pledge that is over or was corrected since it had `base` corrections, too many of them, no
    place; NotFound, Invalid as `made` does.
    """
    if pledge["state"] not in NEXT:
        raise Conflict("partnerships.pledge_over", state=pledge["state"])
    if wanted.get("base") not in (None, corrections(pledge)):
        raise Conflict("partnerships.pledge_changed", corrections=corrections(pledge))
    changed: Pledge = {
        **pledge,
        "organization": wanted.get("organization", pledge["organization"]),
        "website": wanted.get("website", pledge["website"]),
        "package": wanted.get("package", pledge["package"]),
        "activity": wanted.get("activity", pledge["activity"]),
        "centimes": wanted.get("centimes", pledge["centimes"]),
        "description": wanted.get("description", pledge["description"]),
    }
    changes = _changes(pledge, changed)
    if not changes:
        return None
    if corrections(pledge) >= MAX_CORRECTIONS:
        raise Conflict("partnerships.too_many_corrections", limit=MAX_CORRECTIONS)
    chosen = package(fund, changed["package"])
    _require_activity(fund, chosen, changed["activity"])
    if chosen["code"] != pledge["package"]:
        _move(changed, chosen, fund, taken)
    if changed["form"] == CASH and {"package", "centimes"} & {row["field"] for row in changes}:
        _require_amount(terms(changed, fund), changed["centimes"] or 0, _amount_field(wanted))
    step: Step = {"state": pledge["state"], "at": moment, "by": by, "reason": wanted["reason"], "changes": changes}
    return {**changed, "history": [*pledge["history"], step]}


def corrections(pledge: Pledge) -> int:
    """How often it was corrected."""
    return sum("changes" in step for step in pledge["history"])


def _move(pledge: Pledge, chosen: Package, fund: Fund, taken: Collection[str]) -> None:
    pledge["package_order"], pledge["terms"] = order(fund, chosen["code"]), _terms(chosen)
    pledge.pop("offered_at", None)
    pledge.pop("slot_key", None)
    if pledge["state"] in PARTNER:
        pledge["benefits"] = _owed(chosen["benefits"], pledge["benefits"])
        _take_place(pledge, fund, taken)


def _changes(former: Pledge, pledge: Pledge) -> list[Change]:
    before, after = corrigible(former), corrigible(pledge)
    return [
        {"field": name, "before": before[name], "after": after[name]} for name in before if before[name] != after[name]
    ]


def corrigible(pledge: Pledge) -> dict[str, str | None]:
    """What a correction can change."""
    return {
        "organization": pledge["organization"],
        "website": pledge["website"],
        "package": pledge["package"],
        "activity": pledge["activity"],
        "centimes": None if pledge["centimes"] is None else str(pledge["centimes"]),
        "description": pledge["description"],
    }


def _owed(benefits: Sequence[Titled], had: Sequence[OwedBenefit]) -> list[OwedBenefit]:
    """The checklist of a partner; what was done stays done."""
    known = {row["code"]: row for row in had}
    return [known.get(row["code"], {**row, "done": False, "at": None}) for row in benefits]


def _take_place(pledge: Pledge, fund: Fund, taken: Collection[str]) -> None:
    places = package(fund, pledge["package"])["max_partners"]
    if places is not None:
        pledge["slot_key"] = _free_slot(pledge["edition"], pledge["package"], places, taken)


def frees_place(former: Pledge, pledge: Pledge, fund: Fund) -> bool:
    """Is there a place in a limited package that the pledge held, or was offered, and does no more?"""
    had = former["state"] in PARTNER or former.get("offered_at") is not None
    stays = pledge["state"] in (PLEDGED, *PARTNER) and pledge["package"] == former["package"]
    return had and not stays and package(fund, former["package"])["max_partners"] is not None


def offered(pledge: Pledge, moment: datetime) -> Pledge:
    """The next in line, whose sponsor is told that there is a place now. An officer confirms."""
    return {**pledge, "offered_at": moment}


def _free_slot(edition: str, code: str, places: int, taken: Collection[str]) -> str:
    """The first free place of a package, as "2017/platinum/1": a unique index on it decides a race. Of partners from
    before the package was limited `taken` has keys that are no place."""
    for number in range(1, places + 1) if len(taken) < places else ():
        key = f"{edition}/{code}/{number}"
        if key not in taken:
            return key
    raise Conflict("partnerships.package_taken", package=code)


def with_benefit(pledge: Pledge, code: str, done: bool, moment: datetime) -> Pledge:
    """The partner's checklist with a benefit done, or not. Raises NotFound, Conflict where there is no partner yet."""
    if pledge["state"] not in PARTNER:
        raise Conflict("partnerships.not_a_partner")
    if all(row["code"] != code for row in pledge["benefits"]):
        raise NotFound("partnerships.benefit_unknown", benefit=code)
    rows: list[OwedBenefit] = [
        {**row, "done": done, "at": moment if done else None} if row["code"] == code else row
        for row in pledge["benefits"]
    ]
    return {**pledge, "benefits": rows}
