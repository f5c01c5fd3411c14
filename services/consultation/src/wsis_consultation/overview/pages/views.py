"""What pages make of a contribution, and of what all of them name: pure functions."""

from __future__ import annotations

from itertools import groupby

from wsis_shared.json_types import Input

from wsis_consultation.submissions.pages.views import questionnaire


def given(values: Input, _locale: str) -> Input:
    """The questions of the form with what was answered, without the submitter's contact."""
    found = values["found"]
    answers = {**found["answers"], **{name: found[name] for name in ("per_line", "requests", "action_lines", "sdgs")}}
    return questionnaire(values["form_data"], answers)


def coverage(values: Input, _locale: str) -> Input:
    """`lines` with their counts by region, the greatest of them as `most`, `regions`, and `gaps`: each region with the
    lines that nobody from there names, where there are any."""
    found = values["coverage"]
    if "cells" not in found:  # a service of before says what is unheard alone, while gateways are newer
        return {"lines": [], "regions": [], "most": 0, "gaps": []}
    regions, totals = found["counts"]["region"], found["counts"]["action_line"]
    by_line = groupby(found["cells"], key=lambda cell: cell["action_line"])
    lines = [
        {**total, "short": total["code"].partition(".")[0], "counts": [cell["count"] for cell in cells]}
        for total, (_, cells) in zip(totals, by_line, strict=True)
    ]
    unnamed = [
        (region["code"], [line for line in lines if not line["counts"][column]])
        for column, region in enumerate(regions)
    ]
    return {
        "lines": lines,
        "regions": regions,
        "most": max(cell["count"] for cell in found["cells"]),
        "gaps": [(region, without) for region, without in unnamed if without],
    }
