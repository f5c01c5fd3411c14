"""Reviews are counted by the store, and none is lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wsis_testkit import refused

from wsis_prizes.reviews.store import Reviews

DUE = datetime(2099, 3, 15, tzinfo=UTC)


def test_progress_and_means_are_counted_by_the_store(database: Any) -> None:
    store = Reviews(database("prizes"))
    pairs = [("a", "j1"), ("a", "j2"), ("b", "j1"), ("b", "j3")]
    store.add_reviews("2099", pairs, {"a": "C1", "b": "C2"}, DUE)
    for project, juror, state, scores in (
        ("a", "j1", "done", {"idea": 5, "reach": 3}),
        ("a", "j2", "done", {"idea": 3, "reach": 3}),
        ("b", "j3", "conflict", {}),
    ):
        store.save_review({**store.review(project, juror), "state": state, "scores": scores})
    assert store.progress("2099", "category") == [
        {"key": "C1", "assigned": 0, "begun": 0, "done": 2, "conflict": 0, "all": 2},
        {"key": "C2", "assigned": 1, "begun": 0, "done": 0, "conflict": 1, "all": 1},
    ]
    assert store.means("2099") == {"a": 3.5}
    assert store.late("2099") == ["j1"]
    assert store.open_reviews("2099", "j1") == 1
    assert store.jurors_of("b") == ["j1"]


def test_a_review_saved_by_two_at_once_is_not_lost(database: Any) -> None:
    store = Reviews(database("prizes"))
    store.add_reviews("2098", [("c", "j1")], {"c": "C1"}, DUE)
    read = store.review("c", "j1")
    store.save_review({**read, "state": "begun"})
    with refused("prizes.changed_meanwhile"):
        store.save_review({**read, "state": "done"})
