"""Finalists: those of the signed result of voting, and what became of them by rulings after its certification.

Voting finds them by the published rule: the first five by counted votes, fewer where fewer have votes, all who share
the fifth place; or, in an edition that says `expert_group_decides`, the Expert Group names those of the tie who take
the free places. A finalist that is ruled out makes room for the next by votes, and for all who share that place. Chance
never decides. The verifiers of the public log apply the same rulings to the same result (services/voting/verify).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from wsis_shared.errors import Invalid
from wsis_shared.finalists import first_by_votes

from wsis_prizes.rules import projects

TIE_SETTLED = "tie_settled"

Certified = Mapping[str, Any]
"""A category of the signed result: {votes: {project: counted}, places, tie_rule, finalists, tied}."""
Ruling = Mapping[str, Any]
"""{kind: "tie_settled", projects}, or {kind: "disqualified" or "withdrawn", project}."""


@dataclass(frozen=True)
class Ranked:
    """A nominee with its counted votes; equal votes share a rank (1, 2, 2, 4)."""

    project: str
    number: int
    votes: int
    rank: int


def ranking(nominees: Iterable[Mapping[str, Any]], counted: Mapping[str, int]) -> list[Ranked]:
    """All nominees of a category by votes, then by number. `nominees` are {_id, number}."""
    rows = sorted(
        ((counted.get(row["_id"], 0), row["number"], row["_id"]) for row in nominees), key=lambda r: (-r[0], r[1])
    )
    votes = [row[0] for row in rows]
    return [Ranked(id, number, count, votes.index(count) + 1) for count, number, id in rows]


def of_result(result: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Category -> `Certified`, from the signed result {rules, categories}."""
    rules = {"places": result["rules"]["finalists_per_category"], "tie_rule": result["rules"]["tie_rule"]}
    return {
        row["category"]: {
            **rules,
            "finalists": list(row["finalists"]),
            "tied": list(row["tied"]),
            "votes": {project["project"]: project["counted"] for project in row["projects"]},
        }
        for row in result["categories"]
    }


def none_voted() -> dict[str, Any]:
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


def ruled_out(nominees: Iterable[Mapping[str, Any]], certified: Certified) -> list[dict[str, Any]]:
    """A ruling for each nominee of the category that is none any more and got votes that count."""
    return [
        {"kind": row["state"], "project": row["_id"]}
        for row in nominees
        if row["state"] != projects.NOMINATED and certified["votes"].get(row["_id"])
    ]


def explained(row: Mapping[str, Any], settings: Mapping[str, Any]) -> dict[str, Any]:
    """A stored result with `certified` and `rulings`. One that was stored before there were any took its finalists from
    the votes by the settings of the edition; what was ruled before is in them."""
    if "certified" in row:
        return dict(row)
    votes = {ranked["project"]: ranked["votes"] for ranked in row["ranking"]}
    places, rule = settings["finalists_per_category"], settings["tie_rule"]
    chosen, tied = first_by_votes(votes, places, rule)
    named = sorted(set(row["finalists"]) & set(tied))
    certified = {"votes": votes, "places": places, "tie_rule": rule, "finalists": chosen, "tied": tied}
    return {**row, "certified": certified, "rulings": [{"kind": TIE_SETTLED, "projects": named}] if named else []}


def differ(finalists: Collection[str], certified: Certified, rulings: Sequence[Ruling]) -> bool:
    """Are these others than the signed result and the rulings give?"""
    chosen, tied = standing(certified, rulings)
    return bool(tied) or set(chosen) != set(finalists)
