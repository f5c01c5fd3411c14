"""How balanced a group of candidates is: by region, gender and constituency, with the zeros."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypedDict

from wsis_shared import reference

from wsis_consultation.facilitators.rules.calls import constituencies
from wsis_consultation.facilitators.rules.candidates import GENDERS, Candidate


class Counted(TypedDict):
    """How many candidates have a code."""

    code: str
    count: int


class Balance(TypedDict):
    """Candidates by what should be balanced."""

    total: int
    regions: list[Counted]
    genders: list[Counted]
    constituencies: list[Counted]


def of(found: Sequence[Candidate]) -> Balance:
    """A candidate of two constituencies counts in both."""
    regions = [region.code for region in reference.itu_regions()] + [reference.no_region().code]
    return {
        "total": len(found),
        "regions": _counts(regions, (candidate["region"] for candidate in found)),
        "genders": _counts(GENDERS, (candidate["gender"] for candidate in found)),
        "constituencies": _counts(
            constituencies(), (code for candidate in found for code in candidate["constituencies"])
        ),
    }


def _counts(codes: Iterable[str], seen: Iterable[str]) -> list[Counted]:
    counted = Counter(seen)
    return [{"code": code, "count": counted[code]} for code in codes]
