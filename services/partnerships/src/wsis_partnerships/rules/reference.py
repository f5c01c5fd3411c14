"""What a Fund in Trust starts with: packages, benefits and activities as announced."""

from __future__ import annotations

from copy import deepcopy
from typing import TypedDict

from wsis_shared.reference.loading import read


class Titled(TypedDict):
    """Of a package, a benefit, an activity, a class of partners: its titles by language."""

    code: str
    title: dict[str, str]


class PackageTemplate(Titled):
    """`max_partners` is None where any number may confirm."""

    partner_class: str
    max_partners: int | None
    needs_activity: bool


class FundTemplate(TypedDict):
    """As in data/packages.yaml."""

    packages: list[PackageTemplate]
    partner_classes: list[Titled]
    benefits: list[Titled]
    activities: list[Titled]


def announced() -> FundTemplate:
    """A copy of the file."""
    rows: FundTemplate = deepcopy(read("packages", "wsis_partnerships"))
    return rows


def partner_class(code: str) -> dict[str, str]:
    """The title of a class of partners by language: "strategic_partner"."""
    titles = {row["code"]: row["title"] for row in announced()["partner_classes"]}
    return dict(titles[code])
