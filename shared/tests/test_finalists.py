from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.finalists import ALL_TIED, EXPERT_GROUP_DECIDES, first_by_votes

VOTES = st.dictionaries(st.sampled_from([f"p{number}" for number in range(1, 13)]), st.integers(0, 6))


@given(VOTES)
def test_whoever_is_in_has_no_fewer_votes_than_whoever_is_out(votes: dict[str, int]) -> None:
    chosen, tied = first_by_votes(votes, 5, ALL_TIED)
    voted = {project for project, count in votes.items() if count}
    assert (set(chosen) <= voted, tied) == (True, [])
    assert len(chosen) >= min(5, len(voted))
    out = voted - set(chosen)
    assert not out or min(votes[project] for project in chosen) > max(votes[project] for project in out)


@given(VOTES)
def test_an_open_tie_is_of_the_last_place_and_leaves_it_free(votes: dict[str, int]) -> None:
    chosen, tied = first_by_votes(votes, 5, EXPERT_GROUP_DECIDES)
    everybody, _ = first_by_votes(votes, 5, ALL_TIED)
    assert sorted([*chosen, *tied]) == sorted(everybody)
    assert len(chosen) <= 5
    assert not tied or (len(chosen) < 5 < len(everybody) and len({votes[project] for project in tied}) == 1)


def test_five_one_and_none() -> None:
    assert first_by_votes({}, 5) == ([], [])
    assert first_by_votes({"p1": 3, "p2": 0}, 5) == (["p1"], [])
    assert first_by_votes({"p1": 3}, 0) == ([], [])
