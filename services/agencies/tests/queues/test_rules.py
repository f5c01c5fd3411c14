"""Rules of agencies' queues: nothing is missed whatever the broker refuses, and names are safe."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_agencies.deliveries.rules.lane import Cursor
from wsis_agencies.deliveries.rules.policy import DAY
from wsis_agencies.event_subscriptions.rules.subscriptions import queue_name
from wsis_agencies.queues.rules import FULL_SECONDS, from_oldest, is_abandoned, progress

NOW = 1_700_000_000.0


@given(st.lists(st.lists(st.booleans(), min_size=8, max_size=8), max_size=30), st.sets(st.integers(1, 40)))
def test_every_event_gets_into_the_queue_whatever_is_refused(rounds: list[list[bool]], passing: set[int]) -> None:
    last, batch = 40, 8
    cursor = Cursor(0)
    taken: list[int] = []
    for replies in [*rounds, *[[True] * batch] * (last // batch + 1)]:
        end = min(cursor.position + batch, last)
        sent = [number for number in range(cursor.position + 1, end + 1) if number in passing]
        accepted = replies[: len(sent)]
        taken += [number for number, ok in zip(sent, accepted, strict=True) if ok]
        after = progress(cursor, end, sent, accepted, NOW)
        assert cursor.position <= after.position <= end
        cursor = after
    assert (cursor.position, cursor.failing_since, set(taken)) == (last, None, passing)
    final: dict[int, int] = {number: place for place, number in enumerate(taken)}
    assert sorted(final, key=lambda number: final[number]) == sorted(passing)  # the last copies are in order


def test_a_full_queue_rests_and_remembers_since_when() -> None:
    full = progress(Cursor(4), 9, [5, 7, 9], [True, False, True], NOW)
    assert full == Cursor(6, matched=5, failures=1, failing_since=NOW, rest_until=NOW + FULL_SECONDS)
    later = progress(full, 9, [7, 9], [False, False], NOW + 60)
    assert (later.failing_since, later.failures) == (NOW, 2)
    assert progress(later, 9, [7, 9], [True, True], NOW + 90) == Cursor(9, matched=9)


def test_the_number_before_an_event_is_the_same_when_it_comes_again() -> None:
    cursor = Cursor(4, matched=2)
    assert progress(cursor, 9, [5, 7, 9], [True, False, True], NOW).matched == 5  # 7 comes again, after 5
    assert progress(cursor, 9, [5, 7, 9], [False, True, True], NOW).matched == 2
    assert progress(cursor, 9, [5, 7, 9], [True, True, True], NOW).matched == 9
    assert progress(cursor, 9, [], [], NOW).matched == 2


def test_a_queue_that_missed_what_expired_says_so() -> None:
    cursor = Cursor(4, matched=2)
    assert from_oldest(cursor, 5) is cursor
    assert from_oldest(cursor, 8) == Cursor(7, matched=7)


def test_a_queue_that_is_full_for_five_days_is_abandoned() -> None:
    full = Cursor(4, failing_since=NOW - 5 * DAY)
    assert not is_abandoned(replace(full, failing_since=None), NOW)
    assert not is_abandoned(full, NOW - 1)
    assert is_abandoned(full, NOW)


@pytest.mark.parametrize("agency", ["itu", "UN-DESA", "a.*|.*", "ünesco", "", None])
def test_names_have_three_plain_parts(agency: str | None) -> None:
    name = queue_name({"_id": "5f0c9f0d", "agency": agency})
    assert re.fullmatch(r"sub\.[a-z0-9-]+\.5f0c9f0d", name)
