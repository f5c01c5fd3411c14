"""Pairs on the store, without a process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from wsis_testkit import refused

from wsis_stocktaking.duplicates.rules.pairs import OPEN
from wsis_stocktaking.duplicates.store import Duplicates

NOON = datetime(2017, 3, 1, 12, tzinfo=UTC)


def hours(count: int) -> datetime:
    return NOON + timedelta(hours=count)


def test_a_verdict_stays_whatever_is_compared_again(empty_store: Any) -> None:
    store = Duplicates(empty_store)
    store.add("first", {}, NOON)
    store.add("first", {("b", "a"): 80, ("a", "c"): 90, ("d", "e"): 70}, NOON)
    pair = store.find("a", "b")
    assert pair is not None
    assert (pair["entries"], pair["state"], pair["version"], pair["found_at"]) == (["a", "b"], OPEN, 1, NOON)
    decided = store.decide({**pair, "state": "different"})
    with refused("suite.changed_meanwhile"):
        store.decide({**pair, "state": "same"})
    store.add("second", {("a", "b"): 85, ("a", "c"): 91}, hours(1))
    again = store.find("b", "a")
    assert again is not None
    assert [again[name] for name in ("state", "score", "found_at", "version")] == ["different", 85, NOON, 2]
    assert decided["version"] == 2
    assert store.decided("a", ["b", "c", "d"]) == {"b"}
    store.drop_stale("second")
    assert [store.find(*entries) is None for entries in (("a", "b"), ("a", "c"), ("d", "e"))] == [False, False, True]


def test_pairs_are_listed_the_most_alike_first(empty_store: Any) -> None:
    store = Duplicates(empty_store)
    store.add("first", {("a", "b"): 80, ("a", "c"): 100, ("a", "d"): 79, ("a", "e"): 90}, NOON)
    first = store.page(OPEN, 80, None, 2)
    assert [row["score"] for row in first.rows] == [100, 90]
    assert [row["score"] for row in store.page(OPEN, 80, first.next, 2).rows] == [80]
    assert store.page("same", 0, None, 2).rows == []


def test_the_register_is_never_compared_from_further_back(empty_store: Any) -> None:
    store, seen = Duplicates(empty_store), []
    for position in (0, 7, 3):
        store.set_scanned(position)
        seen.append(store.scanned())
    assert seen == [0, 7, 7]
