"""Which window is fixed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from wsis_prizes.dates import rules
from wsis_prizes.editions.rules import phases
from wsis_prizes.editions.rules.editions import Edition

OPENS, CLOSES = datetime(2017, 3, 16, tzinfo=UTC), datetime(2017, 4, 5, 21, tzinfo=UTC)
LATER, NOW = datetime(2017, 4, 12, 21, tzinfo=UTC), datetime(2017, 4, 6, tzinfo=UTC)


def window(closes_at: datetime = CLOSES, **more: Any) -> Any:
    return {"opens_at": OPENS, "closes_at": closes_at, "every_category": True, **more}


@pytest.fixture
def voted(edition: Edition) -> Edition:
    """Edition 2017 after the end of its voting, with nominees."""
    moved = phases.move(edition["phases"], phases.VOTING, OPENS, CLOSES)
    return {**edition, "phases": moved, "marks": {"published_at": OPENS}}


def test_only_the_window_that_was_counted_is_fixed(voted: Edition) -> None:
    fixed, yes = rules.fix_window(voted, window(), NOW)
    assert (yes, fixed["marks"]["window_fixed_at"]) == (True, NOW)
    assert rules.fix_window(fixed, window(), LATER) == (fixed, True), "once"
    for other in (window(LATER), window(opens_at=CLOSES), window(every_category=False)):
        assert rules.fix_window(voted, other, NOW) == (voted, False)
        assert rules.fix_window(fixed, other, NOW) == (fixed, False)
    assert rules.fix_window(voted, window(), CLOSES - timedelta(seconds=1)) == (voted, False), "it is open"


def test_a_fixed_window_is_moved_in_no_direction(voted: Edition) -> None:
    fixed = rules.with_window_fixed(voted, NOW)
    for end in (OPENS, LATER):
        assert not rules.move_refused(voted, phases.VOTING, end, NOW)
        assert rules.move_refused(fixed, phases.VOTING, end, NOW)
        assert not rules.move_refused(fixed, phases.SELECTION, end, NOW)
