"""Rate classes: declared by a plugin, overridden by a setting."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from wsis_shared.rates import RateClass, problems, rate_classes_of

VOTE = RateClass("vote", "120/minute", "Votes", fail_closed=True)


def test_a_setting_overrides_the_declared_rate() -> None:
    assert VOTE.rate_in({}) == "120/minute"
    assert VOTE.rate_in({"WSIS_LIMIT_VOTE": "9/second"}) == "9/second"


def test_classes_of_plugins_stand_beside_those_of_every_suite() -> None:
    plugin: Any = SimpleNamespace(rate_classes=(VOTE,))
    found = rate_classes_of([plugin])
    assert found["vote"] is VOTE
    assert {"read", "write"} < set(found)


def test_a_name_is_taken_once() -> None:
    assert list(problems([VOTE], ())) == []
    assert len(list(problems([VOTE], ("vote",)))) == 1
    assert len(list(problems([VOTE, VOTE], ()))) == 1
    assert len(list(problems([RateClass("read", "1/minute", "")], ()))) == 1
    assert len(list(problems([RateClass("Vote me", "1/minute", "")], ()))) == 1
