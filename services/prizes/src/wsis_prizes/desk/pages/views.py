"""What the pages of the desk make of what they have read: pure functions."""

from __future__ import annotations

from wsis_shared.finalists import TIE_RULES
from wsis_shared.json_types import Input

from wsis_prizes.editions.pages import views as public
from wsis_prizes.editions.schemas import LIMITED


def editions(values: Input, _locale: str) -> Input:
    """`years`: the editions whose settings a new one may begin with."""
    return {"years": {row["edition"]: row["title"] for row in values["editions"]["items"]}}


def edition(values: Input, locale: str) -> Input:
    """The phases with their state, the conflicts between them by title, and `received` projects."""
    contest = values["contest"]
    return {
        **public.edition({"edition": contest}, locale),
        "conflicts": with_titles(contest["conflicts"], contest["phases"]),
        "received": sum(values["steps"]["projects"].values()),
    }


def phase(values: Input, _locale: str) -> Input:
    """The phase, and the conflicts that the move would bring."""
    contest = values["contest"]
    found = next((row for row in contest["phases"] if row["code"] == values["phase"]), None)
    reply = values["replies"].get("preview") or {}
    return {"moved": found, "conflicts": with_titles(reply.get("conflicts", []), contest["phases"])}


def settings(values: Input, _locale: str) -> Input:
    """The limits of the texts by field, and what a tie may be settled by."""
    limits = {row["code"]: row for row in values["form_data"]["fields"]}
    return {"limits": [limits[code] for code in LIMITED if code in limits], "tie_rules": TIE_RULES}


def with_titles(conflicts: list[Input], phases: list[Input]) -> list[Input]:
    """Conflicts whose phases have their titles."""
    titles = {row["code"]: row["title"] for row in phases}
    return [
        {"kind": row["kind"], "phase": titles.get(row["phase"]), "with": titles.get(row["with"])} for row in conflicts
    ]
