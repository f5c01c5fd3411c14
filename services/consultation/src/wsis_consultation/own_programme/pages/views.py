"""What the page makes of an own programme: pure functions."""

from __future__ import annotations

from wsis_shared.json_types import Input

from wsis_consultation.programme.pages.views import by_day, timed


def mine(values: Input, locale: str) -> Input:
    """The chosen sessions by day, each with the titles of those at the same time; what is to be added."""
    own, asked = values["own"]["sessions"], values["query"].get("add", "").split(",")
    titles, there = {row["code"]: row["title"] for row in own}, {row["code"] for row in own}
    rows = [{**timed(row), "beside": [titles[code] for code in row["overlaps"]]} for row in own]
    return {
        "groups": by_day(rows, locale),
        "adding": [
            timed(row) for row in values["programme"]["sessions"] if row["code"] in asked and row["code"] not in there
        ],
        "clash": any(row["beside"] for row in rows),
    }
