"""What pages make of the dates: pure functions."""

from __future__ import annotations

from wsis_shared.errors import NotFound
from wsis_shared.json_types import Input

from wsis_consultation.editions.rules import phases


def titles(values: Input, _locale: str) -> Input:
    """The titles of phases and deadlines, by code."""
    managed = values["managed"]
    return {"titles": {row["code"]: row["title"] for row in (*managed["phases"], *managed["deadlines"])}}


def phase(values: Input, locale: str) -> Input:
    """The phase of the page. Raises NotFound."""
    return {**titles(values, locale), "found": phases.find(values["managed"]["phases"], values["phase"])}


def deadline(values: Input, locale: str) -> Input:
    """The deadline of the page. Raises NotFound."""
    for row in values["managed"]["deadlines"]:
        if row["code"] == values["deadline"]:
            return {**titles(values, locale), "found": row}
    raise NotFound("consultation.deadline_unknown", deadline=values["deadline"])
