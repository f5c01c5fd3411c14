"""Pledges: what a sponsor offers, and what becomes of it.

    pledged -> confirmed -> received
       |           |
       +-> withdrawn <-+

A partner is the sponsor of a confirmed or received pledge. A contribution is in cash, or in kind with an estimate of
its value, which no sum of money includes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from wsis_partnerships import errors
from wsis_partnerships.domain.funds import Fund, activity, order, package

Pledge = dict[str, Any]
"""{_id, edition, account, organization, website, package, package_order, activity, form, centimes, description, state,
history: [{state, at, by, reason}], benefits: [{code, title, done, at}], logo, slot_key while live and limited}.
`form` is "cash" or "in_kind"; `centimes` is the sum of money or the estimated value, None without an estimate."""

PLEDGED, CONFIRMED, RECEIVED, WITHDRAWN = "pledged", "confirmed", "received", "withdrawn"
STATES = (PLEDGED, CONFIRMED, RECEIVED, WITHDRAWN)
PARTNER = (CONFIRMED, RECEIVED)
CASH, IN_KIND = "cash", "in_kind"
SPONSOR = "sponsor"  # in the history, in place of an account that may be erased
_NEXT = {PLEDGED: {CONFIRMED, WITHDRAWN}, CONFIRMED: {RECEIVED, WITHDRAWN}, RECEIVED: set(), WITHDRAWN: set()}

MAX_LOGO_SIDE = 4000  # pixels
_PNG = b"\x89PNG\r\n\x1a\n"


def made(pledge: str, fund: Fund, body: Mapping[str, Any], account: str, moment: datetime) -> Pledge:
    """A new pledge. Raises NotFound for the package, Invalid for the activity and for less than the package costs."""
    chosen = package(fund, body["package"])
    if body["activity"] is not None:
        activity(fund, body["activity"])
    elif chosen["needs_activity"]:
        raise errors.activity_needed()
    contribution = body["contribution"]
    least = chosen["amount_centimes"]
    if contribution["form"] == CASH and least is not None and contribution["centimes"] < least:
        raise errors.amount_too_small(least)
    return {
        "_id": pledge,
        "edition": fund["_id"],
        "account": account,
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
    }


def advanced(
    pledge: Pledge, state: str, moment: datetime, by: str, reason: str, fund: Fund, taken: Collection[str]
) -> Pledge:
    """The pledge in another state. `taken` are the slot keys that other pledges hold.

    Raises Conflict for a transition that does not exist, or where all places of the package are taken.
    """
    if state not in _NEXT[pledge["state"]]:
        raise errors.wrong_state(pledge["state"], state)
    step = {"state": state, "at": moment, "by": by, "reason": reason}
    changed = {**pledge, "state": state, "history": [*pledge["history"], step]}
    if state == WITHDRAWN:
        changed.pop("slot_key", None)
    if state == CONFIRMED:
        chosen = package(fund, pledge["package"])
        changed["confirmed_at"] = moment
        changed["benefits"] = [{**row, "done": False, "at": None} for row in chosen["benefits"]]
        if chosen["max_partners"] is not None:
            changed["slot_key"] = _free_slot(pledge["edition"], chosen, taken)
    return changed


def _free_slot(edition: str, chosen: Mapping[str, Any], taken: Collection[str]) -> str:
    """The first free place of a package, as "2017/platinum/1": a unique index on it decides a race."""
    for number in range(1, chosen["max_partners"] + 1):
        key = f"{edition}/{chosen['code']}/{number}"
        if key not in taken:
            return key
    raise errors.package_taken(chosen["code"])


def with_benefit(pledge: Pledge, code: str, done: bool, moment: datetime) -> Pledge:
    """The partner's checklist with a benefit done, or not. Raises NotFound, Conflict where there is no partner yet."""
    if pledge["state"] not in PARTNER:
        raise errors.not_a_partner()
    if all(row["code"] != code for row in pledge["benefits"]):
        raise errors.benefit_unknown(code)
    rows = [
        {**row, "done": done, "at": moment if done else None} if row["code"] == code else row
        for row in pledge["benefits"]
    ]
    return {**pledge, "benefits": rows}


def check_logo(head: bytes) -> None:
    """Raises Invalid unless these are the first bytes of a PNG whose sides have 1 to MAX_LOGO_SIDE pixels."""
    sides = int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")
    if not head.startswith(_PNG) or len(head) < 24 or not all(1 <= side <= MAX_LOGO_SIDE for side in sides):
        raise errors.logo_too_large(MAX_LOGO_SIDE)
