"""The Fund in Trust of an edition: its packages, in the order in which partners are listed, and its activities."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared import clock, languages
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.json_types import Input

from wsis_partnerships.rules import reference
from wsis_partnerships.rules.reference import PackageTemplate, Titled

CALL = "call"  # the part of a revision; no package has this code
MAX_OFFERS = 50  # mails of one change


class Package(PackageTemplate):
    """`amount_centimes` is None until an officer sets it."""

    amount_centimes: int | None
    benefits: list[Titled]


class Call(TypedDict):
    """What the secretariat asks sponsors for, by language, and until when they can pledge."""

    text: dict[str, str]
    deadline: datetime


class Fund(TypedDict):
    """`_id` is the edition: "2017"."""

    _id: str
    packages: list[Package]
    activities: list[Titled]
    call: NotRequired[Call]
    version: NotRequired[int]
    revisions: NotRequired[dict[str, int]]


class EditedPackage(TypedDict):
    """What officers edit of a package."""

    amount_centimes: int | None
    max_partners: int | None
    title: dict[str, str]
    benefits: list[Titled]


def opened(edition: str) -> Fund:
    """The fund of an edition as announced: no package has an amount. Raises NotFound unless it is a year."""
    if not re.fullmatch(r"\d{4}", edition, re.ASCII):
        raise NotFound("partnerships.fund_unknown", edition=edition)
    rows = reference.announced()
    return {
        "_id": edition,
        "packages": [{**row, "amount_centimes": None, "benefits": rows["benefits"]} for row in rows["packages"]],
        "activities": rows["activities"],
    }


def package(fund: Fund, code: str) -> Package:
    """The package of that code. Raises NotFound."""
    for row in fund["packages"]:
        if row["code"] == code:
            return row
    raise NotFound("partnerships.package_unknown", package=code)


def activity(fund: Fund, code: str) -> Titled:
    """The activity of that code. Raises NotFound."""
    for row in fund["activities"]:
        if row["code"] == code:
            return row
    raise NotFound("partnerships.activity_unknown", activity=code)


def with_package(fund: Fund, code: str, wanted: Input, partners: int = 0) -> Fund:
    """The fund with some fields of a package changed, which has so many partners now. Raises NotFound, Conflict for
    fewer places than that."""
    former = package(fund, code)
    places = wanted.get("max_partners", former["max_partners"])
    if places is not None and places < partners:
        raise Conflict("partnerships.places_taken", partners=partners)
    changed: Package = {
        **former,
        "amount_centimes": wanted.get("amount_centimes", former["amount_centimes"]),
        "max_partners": places,
        "benefits": wanted.get("benefits", former["benefits"]),
        "title": languages.merge(former["title"], wanted.get("title", {})),
    }
    return {**fund, "packages": [changed if row["code"] == code else row for row in fund["packages"]]}


def has_place(package: Package, partners: int) -> bool:
    """Whether another partner can be confirmed."""
    return package["max_partners"] is None or partners < package["max_partners"]


def freed_places(former: Package, changed: Package, partners: int) -> int:
    """How many sponsors can be offered a place since the package has more: none where there was a place before."""
    before, now = former["max_partners"], changed["max_partners"]
    if before is None or has_place(former, partners):
        return 0
    return MAX_OFFERS if now is None else min(now - before, MAX_OFFERS)


def with_call(fund: Fund, text: Mapping[str, str], deadline: datetime) -> Fund:
    """The fund with its call for contributions."""
    return {**fund, "call": {"text": dict(text), "deadline": deadline}}


def call(fund: Fund) -> Call:
    """The call for contributions. Raises NotFound before there is one."""
    if "call" not in fund:
        raise NotFound("partnerships.call_unknown", edition=fund["_id"])
    return fund["call"]


def edited_call(fund: Fund) -> dict[str, object]:
    """What officers edit of the call; nothing before there is one."""
    return {**fund["call"]} if "call" in fund else {"text": None, "deadline": None}


def is_open(fund: Fund, moment: datetime) -> bool:
    """Whether sponsors can pledge: until the deadline of the call, without a call at any time."""
    return "call" not in fund or moment < fund["call"]["deadline"]


def require_open(fund: Fund, moment: datetime) -> None:
    """Raises Conflict after the deadline of the call."""
    if not is_open(fund, moment):
        raise Conflict("partnerships.call_over", deadline=clock.iso(call(fund)["deadline"]))


def edited_package(package: Package) -> EditedPackage:
    """What officers edit of a package."""
    return {
        "amount_centimes": package["amount_centimes"],
        "max_partners": package["max_partners"],
        "title": package["title"],
        "benefits": package["benefits"],
    }


def edited(fund: Fund) -> dict[str, object]:
    """What officers edit of all packages and of the call: {"gold/title": ..., "call/text": ...}."""
    parts = [(row["code"], edited_package(row)) for row in fund["packages"]]
    packages = {f"{code}/{name}": value for code, edits in parts for name, value in edits.items()}
    return {**packages, **{f"{CALL}/{name}": value for name, value in edited_call(fund).items()}}


def with_activity(fund: Fund, code: str, title: Mapping[str, str]) -> Fund:
    """The fund with an activity added or renamed."""
    row: Titled = {"code": code, "title": dict(title)}
    known = any(each["code"] == code for each in fund["activities"])
    kept = [row if each["code"] == code else each for each in fund["activities"]]
    return {**fund, "activities": kept if known else [*kept, row]}


def order(fund: Fund, code: str) -> int:
    """The place of a package in the list of partners, from 0."""
    return fund["packages"].index(package(fund, code))
