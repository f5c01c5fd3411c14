"""What a Fund in Trust starts with: packages, benefits and activities as announced."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from wsis_shared.reference.loading import read


def announced() -> dict[str, Any]:
    """{packages, partner_classes, benefits, activities}, as in data/packages.yaml."""
    return deepcopy(read("packages", "wsis_partnerships"))


def partner_class(code: str) -> dict[str, str]:
    """The title of a class of partners by language: "strategic_partner"."""
    titles = {row["code"]: row["title"] for row in announced()["partner_classes"]}
    return dict(titles[code])
