"""Whoever edits on what they have read wins; whoever edits on less learns exactly what changed since."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared import revisions
from wsis_shared.errors import PreconditionFailed, from_wire, to_wire

NAMES = ("title", "speakers", "capacity")
EDITS = st.lists(st.dictionaries(st.sampled_from(NAMES), st.integers(0, 2)), max_size=8)


def edited(document: dict[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in NAMES}


def saved(former: dict[str, Any], change: dict[str, int]) -> dict[str, Any]:
    """As a repository saves it: also what nobody edits changes."""
    after = {**former, **change, "version": former["version"] + 1}
    return {**after, "revisions": revisions.stamped(former, edited(former), edited(after), after["version"])}


@given(EDITS, st.data())
def test_who_has_read_less_learns_what_changed_since_and_nothing_else(edits: list[dict[str, int]], data: Any) -> None:
    history: list[dict[str, Any]] = [{**dict.fromkeys(NAMES, 0), "version": 1}]  # stored before there were revisions
    for change in edits:
        history.append(saved(history[-1], change))
    read, now = data.draw(st.sampled_from(history)), history[-1]
    touched = {
        name
        for before, after in zip(history, history[1:], strict=False)
        for name in NAMES
        if before["version"] >= read["version"] and before[name] != after[name]
    }
    if not touched:
        revisions.require(now, edited(now), [revisions.of(read)])
        return
    with pytest.raises(PreconditionFailed) as refused:
        revisions.require(now, edited(now), [revisions.of(read)])
    difference = {name: now[name] for name in touched}
    assert refused.value.params == {"revision": revisions.of(now), "difference": difference}


def test_a_part_is_not_refused_for_a_change_of_another_part() -> None:
    fund = {"revisions": {"gold/title": 3, "silver/title": 5}}
    gold = {"title": "Gold"}
    revisions.require(fund, gold, [5], part="gold/")
    revisions.require(fund, gold, [3], part="gold/")
    for named in ([2], [6], []):  # older, of no revision that there was, of no tag of ours
        with pytest.raises(PreconditionFailed):
            revisions.require(fund, gold, named, part="gold/")
    revisions.require(fund, gold, [2, 4], part="gold/")
    revisions.require(fund, gold, None, part="gold/")


def test_the_refusal_crosses_the_bus() -> None:
    error = from_wire(to_wire(revisions.changed_since_read(7, {"title": {"en": "Youth"}})))
    assert isinstance(error, PreconditionFailed)
    assert (error.status, error.params) == (412, {"revision": 7, "difference": {"title": {"en": "Youth"}}})
