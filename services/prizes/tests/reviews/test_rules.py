"""A review on its way."""

from __future__ import annotations

from wsis_testkit import refused

from wsis_prizes.reviews import rules as reviews


def test_a_review_is_saved_as_one_goes() -> None:
    blank = {"state": reviews.ASSIGNED}
    begun = reviews.scored(blank, ["a", "b"], {"scores": {"a": 5}, "comments": {"a": "Good"}})
    assert (begun["state"], begun["mean"]) == (reviews.BEGUN, 5)
    with refused("prizes.review_incomplete") as refusal:
        reviews.scored(begun, ["a", "b"], {"done": True})
    assert refusal.value.fields == {"scores.b": ["Needed."]}
    assert reviews.scored(begun, ["a", "b"], {"comments": {"a": None}})["comments"] == {}
    done = reviews.scored(begun, ["a", "b"], {"scores": {"b": 2}, "done": True})
    assert (done["state"], done["mean"], done["scores"]) == (reviews.DONE, 3.5, {"a": 5, "b": 2})
    with refused("prizes.criterion_unknown"):
        reviews.scored(blank, ["a"], {"scores": {"z": 1}})
    with refused("prizes.conflict_declared"):
        reviews.scored({"state": reviews.CONFLICT}, ["a"], {})
