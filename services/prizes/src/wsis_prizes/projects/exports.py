"""Titles beside the codes of the lists of projects and reviews. Pure: the gateway loads it to write files."""

from __future__ import annotations

from wsis_shared import reference
from wsis_shared.exports import labels
from wsis_shared.sentences import Sentences

from wsis_prizes.editions.rules.reference import category_title
from wsis_prizes.projects.rules.projects import state_rows

_SAY = Sentences("wsis_prizes", "pages")


def _state(code: str, language: str) -> str:
    return {row["code"]: reference.title(row, language) for row in state_rows()}[code]


PROJECT_LABELS = labels(
    {
        "state": _state,
        "language": reference.language_name,
        "category": category_title,
        "country": reference.country_name,
        "region": lambda code, language: reference.title(reference.itu_region(code), language),
        "stakeholder_type": lambda code, language: reference.title(reference.stakeholder_type(code), language),
    }
)
REVIEW_LABELS = labels(
    {
        "category": category_title,
        "state": lambda code, language: _SAY(f"review_{code}", language),
        "recommendation": lambda code, language: _SAY(f"recommends_{code}", language),
        "language": reference.language_name,
        "country": reference.country_name,
    }
)
