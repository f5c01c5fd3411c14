"""Finalists of the signed result, and of the rulings since."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.finalists import ALL_TIED, EXPERT_GROUP_DECIDES, first_by_votes
from wsis_testkit import refused

from wsis_prizes.finalists import rules as finalists


def rows(*categories: str) -> list[Any]:
    return [{"_id": f"p{n}", "number": n, "category": category} for n, category in enumerate(categories, 1)]


VOTES = st.lists(st.integers(0, 6), max_size=12)


def counted(votes: list[int]) -> dict[str, int]:
    return {f"p{n}": count for n, count in enumerate(votes, 1)}


def certified(votes: dict[str, int], rule: str = ALL_TIED) -> dict[str, Any]:
    """As voting has it in its signed result."""
    chosen, tied = first_by_votes(votes, 5, rule)
    return {"votes": votes, "places": 5, "tie_rule": rule, "finalists": chosen, "tied": tied}


@given(VOTES)
def test_finalists_are_those_of_the_result(votes: list[int]) -> None:
    result = certified(counted(votes))
    assert finalists.standing(result, []) == (result["finalists"], [])
    assert not finalists.differ(result["finalists"], result, [])
    assert finalists.differ([*result["finalists"], "another"], result, [])


@given(VOTES)
def test_ties_left_to_the_expert_group(votes: list[int]) -> None:
    result = certified(counted(votes), EXPERT_GROUP_DECIDES)
    above, tied = finalists.standing(result, [])
    assert len(above) <= 5
    if tied:
        assert finalists.differ(above, result, [])
        free = 5 - len(above)
        settled, rest = finalists.standing(result, [{"kind": "tie_settled", "projects": tied[:free]}])
        assert (len(settled), rest) == (5, [])
        for wrong in (tied[: free + 1], tied[: free - 1], ["stranger"] * free):
            with refused("prizes.not_of_the_tie"):
                finalists.standing(result, [{"kind": "tie_settled", "projects": wrong}], "C1")


@given(VOTES, st.lists(st.integers(1, 12), unique=True, max_size=4))
def test_whoever_is_ruled_out_makes_room_as_if_never_counted(votes: list[int], gone: list[int]) -> None:
    """Where all who share the last place are in, in whatever order they are ruled out."""
    left = {id: count for id, count in counted(votes).items() if int(id[1:]) not in gone}
    rulings = [{"kind": "disqualified", "project": f"p{number}"} for number in gone]
    chosen, _ = finalists.standing(certified(counted(votes)), rulings)
    assert set(chosen) == set(first_by_votes(left, 5)[0])


def test_equal_votes_share_a_rank() -> None:
    ranked = finalists.ranking(rows("C1", "C1", "C1", "C1"), {"p1": 5, "p2": 9, "p3": 5, "p4": 1})
    assert [(row.project, row.rank) for row in ranked] == [("p2", 1), ("p1", 2), ("p3", 2), ("p4", 4)]


def test_a_disqualified_finalist_makes_room() -> None:
    votes = {f"p{n}": 10 - n for n in range(1, 8)}
    out = {"kind": "disqualified", "project": "p2"}
    assert finalists.standing(certified(votes), [out])[0] == ["p1", "p3", "p4", "p5", "p6"]
    tie = {**dict.fromkeys(("p1", "p2", "p3"), 9), **dict.fromkeys(("p4", "p5", "p6", "p7"), 4)}
    settled = {"kind": "tie_settled", "projects": ["p5", "p7"]}
    chosen, _ = finalists.standing(certified(tie, EXPERT_GROUP_DECIDES), [settled, out])
    assert sorted(chosen) == ["p1", "p3", "p4", "p5", "p6", "p7"], "those named stay"


def test_results_stored_before_there_were_rulings_are_explained() -> None:
    ranked = [{"project": f"p{n}", "number": n, "votes": count, "rank": n} for n, count in enumerate((9, 5, 5, 5), 1)]
    settings = {"finalists_per_category": 2, "tie_rule": EXPERT_GROUP_DECIDES}
    row = finalists.explained({"ranking": ranked, "finalists": ["p1", "p3"]}, settings)
    assert row["rulings"] == [{"kind": "tie_settled", "projects": ["p3"]}]
    assert not finalists.differ(row["finalists"], row["certified"], row["rulings"])
