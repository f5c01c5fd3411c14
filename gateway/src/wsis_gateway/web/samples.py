"""Values for the style page: each component as it looks with the words of a service."""

from __future__ import annotations

from collections.abc import Mapping

_REGIONS = ("Africa", "Asia and Pacific", "Europe", "Others")
_SHARES = (0.32, 0.27, 0.22, 0.19)
_COUNTS = ((128, 40, 3, 0), (64, 12, 90, 7), (31, 55, 2, 18))


def samples(_values: Mapping[str, object], _locale: str) -> Mapping[str, object]:
    """What the components are filled with."""
    greatest = max(map(max, _COUNTS))
    return {
        "names": ("Submission", "Review", "Public online voting", "Ceremony"),
        "states": ("done", "done", "now", "later"),
        "kinds": ("plain", "info", "done", "todo", "wrong"),
        "facet": [(str(goal), f"Goal {goal}", goal * 17 % 40, goal == 3) for goal in range(1, 6)],
        "languages_rows": {"en": "English", "ar": "العربية", "zh": "中文"},
        "columns": [f"C{number}" for number in range(1, 5)],
        "heat": [
            (f"Goal {number}", [(figure, str(figure), "#" if figure else "") for figure in row])
            for number, row in enumerate(_COUNTS, 1)
        ],
        "greatest": greatest,
        "bars": [(f"Category {number}", row[0]) for number, row in enumerate(_COUNTS, 1)],
        "parts": [(name, share, f"{share:.0%}") for name, share in zip(_REGIONS, _SHARES, strict=True)],
    }
