"""Finalists: the best-voted of a category by counted votes, by the published rule of ties.

The first five by votes are finalists, fewer where fewer have votes. A project without any counted vote is none.
Where the fifth place is shared, all who share it are finalists; or, in an edition that says `expert_group_decides`,
the Expert Group names those who take the free places. Chance never decides.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from wsis_prizes import errors
from wsis_prizes.domain.editions import ALL_TIED, EXPERT_GROUP_DECIDES


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


def choose(
    ranked: list[Ranked], places: int, rule: str, settled: Collection[str] = (), *, category: str = ""
) -> tuple[list[Ranked], list[str]]:
    """(finalists, projects whose tie is open). With an open tie the finalists are those above it.

    `settled` are the tied projects that the Expert Group named. Raises Invalid where they do not fill the free places.
    """
    voted = [row for row in ranked if row.votes > 0]
    if len(voted) <= places:
        return voted, []
    last = voted[places - 1].votes
    above = [row for row in voted if row.votes > last]
    tied = [row for row in voted if row.votes == last]
    free = places - len(above)
    if rule != EXPERT_GROUP_DECIDES or len(tied) == free:
        return above + tied, []
    if not settled:
        return above, [row.project for row in tied]
    named = [row for row in tied if row.project in settled]
    if len(named) != free or len(set(settled)) != free:
        raise errors.not_of_the_tie(category, free)
    return above + named, []


def without(
    ranked: list[dict[str, Any]], finalists: list[str], gone: str, places: int, rule: str
) -> tuple[list[dict[str, Any]], list[str]]:
    """(ranking, finalists) after a nominee was disqualified, from the stored rows {project, number, votes, rank}.

    Where ties were left to the Expert Group, those it named stay, and the next by votes move up.
    """
    rest = [row for row in ranked if row["project"] != gone]
    again = ranking(
        [{"_id": row["project"], "number": row["number"]} for row in rest],
        {row["project"]: row["votes"] for row in rest},
    )
    if rule == EXPERT_GROUP_DECIDES:
        stay = [id for id in finalists if id != gone]
        free = places - len(stay)
        more = choose([row for row in again if row.project not in stay], free, ALL_TIED)[0] if free > 0 else []
        chosen = stay + [row.project for row in more]
    else:
        chosen = [row.project for row in choose(again, places, rule)[0]]
    return [vars(row) for row in again], chosen
