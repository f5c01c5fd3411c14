"""What the page of a subscription makes of it."""

from __future__ import annotations

from wsis_shared import reference
from wsis_shared.json_types import Input, JsonObject

LISTS = ("action_lines", "sdgs", "regions", "languages", "types")


def filters(values: Input, locale: str) -> JsonObject:
    """`chosen`: what the filter names by list; `rows` of each list that has codes to choose from: (code, title)."""
    chosen = values["shown"].get("filters") or {}
    return {
        "chosen": {name: [str(code) for code in chosen.get(name) or ()] for name in LISTS},
        "rows": {
            "action_lines": [(line.code, reference.title(line, locale)) for line in reference.action_lines()],
            "sdgs": [
                (str(goal.number), f"{goal.number}. {reference.title(goal, locale)}") for goal in reference.sdgs()
            ],
            "regions": [
                (region.code, reference.title(region, locale))
                for region in (*reference.itu_regions(), reference.no_region())
            ],
            "languages": [(each.code, each.native) for each in reference.languages()],
        },
    }
