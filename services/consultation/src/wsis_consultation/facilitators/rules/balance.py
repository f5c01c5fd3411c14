"""How balanced a group of candidates is: by region, gender and constituency, with the zeros."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from wsis_shared import reference

from wsis_consultation.facilitators.rules import call, candidates


def of(found: Sequence[candidates.Candidate]) -> dict[str, Any]:
    """{total, regions, genders, constituencies}, each a list of {code, count}.

    A candidate of two constituencies counts in both.
    """
    regions = [region.code for region in reference.itu_regions()] + [reference.no_region().code]
    return {
        "total": len(found),
        "regions": _counts(regions, (candidate["region"] for candidate in found)),
        "genders": _counts(candidates.GENDERS, (candidate["gender"] for candidate in found)),
        "constituencies": _counts(
            call.constituencies(), (code for candidate in found for code in candidate["constituencies"])
        ),
    }


def _counts(codes: Iterable[str], seen: Iterable[str]) -> list[dict[str, Any]]:
    counted = Counter(seen)
    return [{"code": code, "count": counted[code]} for code in codes]
