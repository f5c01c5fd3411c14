"""When winners are released."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wsis_testkit import refused

from wsis_prizes.results import rules as results


def test_winners_are_released_once(edition: Any) -> None:
    moment = datetime(2017, 6, 13, 12, tzinfo=UTC)
    edition["marks"] = {"champions_at": moment}
    results.may_release(edition, moment)
    edition["marks"]["released_at"] = moment
    with refused("prizes.winners_released"):
        results.may_release(edition, moment)


def test_a_category_is_decided_by_a_finalist_or_by_none() -> None:
    finalists = {"C1": ["p1"], "C2": ["p2"], "C3": ["p3"], "C4": ["p4"], "C5": []}
    decisions = {"C1": {"project": "p1"}, "C2": {"project": None}, "C3": {"project": "p1"}}
    assert results.undecided(finalists, decisions) == ["C3", "C4"]
