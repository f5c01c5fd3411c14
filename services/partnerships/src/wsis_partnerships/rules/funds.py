"""The Fund in Trust of an edition: its packages, in the order in which partners are listed, and its activities."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NotRequired, TypedDict

from wsis_shared import languages
from wsis_shared.errors import NotFound
from wsis_shared.json_types import Input

from wsis_partnerships.rules import reference
from wsis_partnerships.rules.reference import PackageTemplate, Titled


class Package(PackageTemplate):
    """`amount_centimes` is None until an officer sets it."""

    amount_centimes: int | None
    benefits: list[Titled]


class Fund(TypedDict):
    """`_id` is the edition: "2017"."""

    _id: str
    packages: list[Package]
    activities: list[Titled]
    version: NotRequired[int]
    revisions: NotRequired[dict[str, int]]


class EditedPackage(TypedDict):
    """What officers edit of a package."""

    amount_centimes: int | None
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


def with_package(fund: Fund, code: str, wanted: Input) -> Fund:
    """The fund with some fields of a package changed. Raises NotFound."""
    former = package(fund, code)
    changed: Package = {
        **former,
        "amount_centimes": wanted.get("amount_centimes", former["amount_centimes"]),
        "benefits": wanted.get("benefits", former["benefits"]),
        "title": languages.merge(former["title"], wanted.get("title", {})),
    }
    return {**fund, "packages": [changed if row["code"] == code else row for row in fund["packages"]]}


def edited_package(package: Package) -> EditedPackage:
    """What officers edit of a package."""
    return {
        "amount_centimes": package["amount_centimes"],
        "title": package["title"],
        "benefits": package["benefits"],
    }


def edited(fund: Fund) -> dict[str, object]:
    """What officers edit of all packages: {"gold/title": ...}."""
    return {f"{row['code']}/{name}": value for row in fund["packages"] for name, value in edited_package(row).items()}


def with_activity(fund: Fund, code: str, title: Mapping[str, str]) -> Fund:
    """The fund with an activity added or renamed."""
    row: Titled = {"code": code, "title": dict(title)}
    known = any(each["code"] == code for each in fund["activities"])
    kept = [row if each["code"] == code else each for each in fund["activities"]]
    return {**fund, "activities": kept if known else [*kept, row]}


def order(fund: Fund, code: str) -> int:
    """The place of a package in the list of partners, from 0."""
    return fund["packages"].index(package(fund, code))
