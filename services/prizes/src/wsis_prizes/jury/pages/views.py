"""What pages of the Expert Group make of what they have read: pure functions."""

from __future__ import annotations

from wsis_shared.json_types import Input

from wsis_prizes.editions.rules.phases import NOMINATION
from wsis_prizes.projects.pages.views import sections
from wsis_prizes.reviews.rules import BEST_SCORE, LEAST_SCORE

_NONE = {"done": 0, "all": 0, "conflict": 0}


def group(values: Input, _locale: str) -> Input:
    """Jurors `of_edition` with their load, the least finished first, the `others`, and how many have open reviews."""
    load = {row["key"]: row for row in values["progress"]["jurors"]}
    jurors = [{**_NONE, **load.get(row["account"], {}), **row} for row in values["jurors"]["items"]]
    of_edition = [row for row in jurors if row["named"]]
    of_edition.sort(key=lambda row: (row["done"] - row["all"], row["names"] or ""))
    return {
        "of_edition": of_edition,
        "others": [row for row in jurors if not row["named"]],
        "most": max((row["all"] for row in jurors), default=0),
        "unfinished": sum(row["done"] < row["all"] for row in values["progress"]["jurors"]),
    }


def juror(values: Input, _locale: str) -> Input:
    """The juror; none where nobody with the role has this account."""
    rows = values["jurors"]["items"]
    return {"person": next((row for row in rows if row["account"] == values["account"]), None)}


def review(values: Input, locale: str) -> Input:
    """The project by sections, the scores to choose from, and until when they may change."""
    return {
        "sections": sections(values["questions"], values["work"], locale),
        "scores": list(range(LEAST_SCORE, BEST_SCORE + 1)),
        "is_closed": values["edition"]["done"]["nominees_published"],
        "ends_at": next(phase["end"] for phase in values["edition"]["phases"] if phase["code"] == NOMINATION),
    }
