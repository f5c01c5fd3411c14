"""Finalists: those of the signed result of voting, and what became of them by rulings after its certification.

Voting finds them by the published rule: the first five by counted votes, fewer where fewer have votes, all who share
the fifth place; or, in an edition that says `expert_group_decides`, the Expert Group names those of the tie who take
the free places. A finalist that is ruled out makes room for the next by votes, and for all who share that place. Chance
never decides. The verifiers of the public log apply the same rulings to the same result (services/voting/verify).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared.errors import Invalid
from wsis_shared.finalists import first_by_votes
from wsis_shared.json_types import Input

from wsis_prizes.projects.rules import projects

TIE_SETTLED = "tie_settled"


class Certified(TypedDict):
    """A category of the signed result; `votes` are those that count, by project."""

    votes: dict[str, int]
    places: int
    tie_rule: str
    finalists: list[str]
    tied: list[str]


class Ruling(TypedDict):
    """Of `kind` tie_settled with its projects, or disqualified or withdrawn with its project."""

    kind: str
    projects: NotRequired[list[str]]
    project: NotRequired[str]


class Ranking(TypedDict):
    """A row of a stored ranking."""

    project: str
    number: int
    votes: int
    rank: int


class _Category(TypedDict):
    _id: str
    edition: str
    category: str
    ranking: list[Ranking]
    finalists: list[str]
    fixed_at: datetime


class StoredResult(_Category):
    """Of a category. One that was stored before there were rulings has neither of the two."""

    certified: NotRequired[Certified]
    rulings: NotRequired[list[Ruling]]


class Result(_Category):
    """Of a category, with what explains it."""

    certified: Certified
    rulings: list[Ruling]


class Numbered(TypedDict):
    """A nominee, by its number."""

    _id: str
    number: NotRequired[int]


class Decision(TypedDict):
    """Of the Expert Group on a category: a finalist, or None for no winner."""

    _id: str
    edition: str
    category: str
    project: str | None
    reason: str
    change_reason: str | None
    by: str
    at: datetime
    released_at: NotRequired[datetime]


@dataclass(frozen=True)
class Ranked:
    """A nominee with its counted votes; equal votes share a rank (1, 2, 2, 4)."""

    project: str
    number: int
    votes: int
    rank: int


def ranking(nominees: Iterable[Numbered], counted: Mapping[str, int]) -> list[Ranked]:
    """All nominees of a category by votes, then by number."""
    rows = sorted(
        ((counted.get(row["_id"], 0), row["number"], row["_id"]) for row in nominees), key=lambda r: (-r[0], r[1])
    )
    votes = [row[0] for row in rows]
    return [Ranked(id, number, count, votes.index(count) + 1) for count, number, id in rows]


def of_result(result: Input) -> dict[str, Certified]:
    """Category -> `Certified`, from the signed result {rules, categories}."""
    rules = result["rules"]
    return {
        row["category"]: {
            "places": rules["finalists_per_category"],
            "tie_rule": rules["tie_rule"],
            "finalists": list(row["finalists"]),
            "tied": list(row["tied"]),
            "votes": {project["project"]: project["counted"] for project in row["projects"]},
        }
        for row in result["categories"]
    }


def none_voted() -> Certified:
    """`Certified` of a category without nominees."""
    return {"votes": {}, "places": 0, "tie_rule": "", "finalists": [], "tied": []}


def standing(certified: Certified, rulings: Iterable[Ruling], category: str = "") -> tuple[list[str], list[str]]:
    """(finalists, projects whose tie is open) after the rulings, in their order. With an open tie the finalists are
    those above it. Raises Invalid where a tie is settled with others than take its free places."""
    places, gone = certified["places"], set[str]()
    chosen, tied = list(certified["finalists"]), list(certified["tied"])
    for ruling in rulings:
        if ruling["kind"] == TIE_SETTLED:
            named, free = set(ruling["projects"]), places - len(chosen)
            if not named <= set(tied) or len(named) != free or len(ruling["projects"]) != free:
                raise Invalid("prizes.not_of_the_tie", category=category, free=free, fields={"settle": [category]})
            chosen, tied = [*chosen, *sorted(named)], []
            continue
        gone.add(ruling["project"])
        left = {project: votes for project, votes in certified["votes"].items() if project not in gone}
        if tied:
            chosen, tied = first_by_votes(left, places, certified["tie_rule"])
        else:
            chosen = [project for project in chosen if project not in gone]
            others = {project: votes for project, votes in left.items() if project not in chosen}
            chosen += first_by_votes(others, places - len(chosen))[0]
    return chosen, tied


def ruled_out(nominees: Iterable[projects.Project], certified: Certified) -> list[Ruling]:
    """A ruling for each nominee of the category that is none any more and got votes that count."""
    return [
        {"kind": row["state"], "project": row["_id"]}
        for row in nominees
        if row["state"] != projects.NOMINATED and certified["votes"].get(row["_id"])
    ]


def explained(row: StoredResult, settings: Input) -> Result:
    """A stored result with `certified` and `rulings`. One that was stored before there were any took its finalists from
    the votes by the settings of the edition; what was ruled before is in them."""
    if "certified" in row:
        return {**row, "certified": row["certified"], "rulings": row["rulings"]}
    votes = {ranked["project"]: ranked["votes"] for ranked in row["ranking"]}
    places, rule = settings["finalists_per_category"], settings["tie_rule"]
    chosen, tied = first_by_votes(votes, places, rule)
    named = sorted(set(row["finalists"]) & set(tied))
    certified: Certified = {"votes": votes, "places": places, "tie_rule": rule, "finalists": chosen, "tied": tied}
    rulings: list[Ruling] = [{"kind": TIE_SETTLED, "projects": named}] if named else []
    return {**row, "certified": certified, "rulings": rulings}


def differ(finalists: Collection[str], certified: Certified, rulings: Sequence[Ruling]) -> bool:
    """Are these others than the signed result and the rulings give?"""
    chosen, tied = standing(certified, rulings)
    return bool(tied) or set(chosen) != set(finalists)
