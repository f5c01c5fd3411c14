"""The list by name and by score, and its orders."""

from __future__ import annotations

from collections import Counter
from itertools import combinations_with_replacement
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.reference import languages
from wsis_testkit import refused

from wsis_prizes.nominations import rules as nominations
from wsis_prizes.reviews.rules import mean_of


def rows(*categories: str) -> list[Any]:
    return [{"_id": f"p{n}", "number": n, "category": category} for n, category in enumerate(categories, 1)]


def test_by_score_with_threshold_cap_and_count() -> None:
    means = {"p1": 4.0, "p2": 4.5, "p3": 3.0, "p4": 2.0}
    listed = rows("C1", "C1", "C1", "C2", "C2")
    chosen, left = nominations.by_score(listed, means, {"p3": "Copied"}, threshold=2.5, cap=1)
    assert chosen == ["p2"]
    assert {id: reason["code"] for id, reason in left.items()} == {
        "p1": "over_the_cap",
        "p3": "not_selected",
        "p4": "below_threshold",
        "p5": "not_reviewed",
    }
    assert left["p3"]["text"] == "Copied"
    chosen, left = nominations.by_score(listed, means, {}, count=2)
    assert chosen == ["p1", "p2"]
    assert left["p3"]["code"] == "below_threshold"


def test_equal_scores_are_equal_and_who_reaches_the_threshold_has(subtests: Any) -> None:
    """Means of nine criteria are ninths: rounded, 28 + 40 points were less than 36 + 32."""

    def mean(*points: int) -> float:
        jurors = [{str(n): 1 + (total - 9) // 9 + (n < (total - 9) % 9) for n in range(9)} for total in points]
        assert [sum(one.values()) for one in jurors] == list(points)
        found = mean_of(jurors)
        assert found is not None
        return found

    listed = rows("C1", "C1")
    with subtests.test("ties go to the lower number"):
        means = {"p1": mean(28, 40), "p2": mean(36, 32)}
        assert nominations.by_score(listed, means, {}, cap=1)[0] == ["p1"]
    with subtests.test("108 points of 27 scores are 4"):
        means = {"p1": mean(39, 39, 30), "p2": mean(39, 39, 29)}
        assert nominations.by_score(listed, means, {}, threshold=4.0)[0] == ["p1"]
    for jurors in (2, 3, 4):
        with subtests.test(jurors=jurors):
            sums: dict[int, set[float]] = {}
            for points in combinations_with_replacement(range(9, 46, 3), jurors):
                sums.setdefault(sum(points), set()).add(mean(*points))
            assert all(len(means) == 1 for means in sums.values())
            assert len(set[float]().union(*sums.values())) == len(sums)


def test_a_mean_of_the_threshold_is_enough_and_no_reason_is_given_to_a_stranger() -> None:
    listed = rows("C1", "C1")
    assert nominations.by_score(listed, {"p1": 2.5, "p2": 2.49}, {}, threshold=2.5)[0] == ["p1"]
    with refused("prizes.not_of_the_list"):
        nominations.by_score(listed, {"p1": 2.5}, {"p9": "Copied"})


def test_by_name_refuses_strangers_and_more_than_the_cap() -> None:
    with refused("prizes.not_of_the_list"):
        nominations.by_name(rows("C1"), ["p1", "p9"], {}, None)
    with refused("prizes.not_of_the_list"):
        nominations.by_name(rows("C1"), ["p1"], {"p1": "Both"}, None)
    with refused("prizes.over_the_cap"):
        nominations.by_name(rows("C1", "C1"), ["p1", "p2"], {}, 1)


@given(
    st.lists(st.tuples(st.sampled_from(["C1", "C2"]), st.none() | st.integers(10, 50)), max_size=30),
    st.none() | st.integers(1, 5),
    st.none() | st.integers(1, 20),
)
def test_everyone_is_nominated_or_has_a_reason(scores: Any, cap: int | None, count: int | None) -> None:
    listed = rows(*(category for category, _ in scores))
    means = {f"p{n}": score / 10 for n, (_, score) in enumerate(scores, 1) if score is not None}
    chosen, left = nominations.by_score(listed, means, {}, cap=cap, count=count)
    assert sorted([*chosen, *left]) == sorted(row["_id"] for row in listed)
    by_category = Counter(row["category"] for row in listed if row["_id"] in chosen)
    assert all(size <= (cap or 30) for size in by_category.values())
    assert len(chosen) <= (count or 30)


@given(st.lists(st.uuids().map(lambda id: id.hex), unique=True, max_size=40), st.integers(0, nominations.ORDERS - 1))
def test_an_order_is_a_permutation_that_a_leaver_does_not_disturb(ids: list[str], order: int) -> None:
    arranged = nominations.arranged(ids, "2017", "C1", order)
    assert sorted(arranged) == sorted(ids)
    assert nominations.arranged(list(reversed(ids)), "2017", "C1", order) == arranged
    if ids:
        assert nominations.arranged(ids[1:], "2017", "C1", order) == [id for id in arranged if id != ids[0]]


def test_orders_differ_and_favour_nobody() -> None:
    ids = [f"p{n}" for n in range(8)]
    firsts = Counter(nominations.arranged(ids, "2017", "C1", order)[0] for order in range(nominations.ORDERS))
    assert set(firsts) == set(ids)
    assert max(firsts.values()) < 20


LOCALES = [language.code for language in languages()]


def test_reasons_have_titles_in_seven_languages() -> None:
    from wsis_prizes.nominations import rules
    from wsis_prizes.projects.rules.reasons import STANDARD
    from wsis_prizes.projects.use_cases.presenters import reasons

    assert {*rules.REASONS, "disqualified", *STANDARD[True], *STANDARD[False]} == set(reasons())
    assert [code for code, texts in reasons().items() if sorted(texts) != sorted(LOCALES)] == []
