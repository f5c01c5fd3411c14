"""Rules of agencies' queues: nothing is missed whatever the broker refuses, and names are safe."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared import clock

from wsis_agencies.queues.rules import FULL_SECONDS, from_oldest, is_abandoned, progress, queue_name

NOW = clock.now()


@given(st.lists(st.lists(st.booleans(), min_size=8, max_size=8), max_size=30), st.sets(st.integers(1, 40)))
def test_every_event_gets_into_the_queue_whatever_is_refused(rounds: list[list[bool]], passing: set[int]) -> None:
    last, batch = 40, 8
    queue: dict[str, Any] = {"position": 0, "full_since": None, "due": NOW}
    taken: list[int] = []
    for replies in [*rounds, *[[True] * batch] * (last // batch + 1)]:
        end = min(queue["position"] + batch, last)
        sent = [number for number in range(queue["position"] + 1, end + 1) if number in passing]
        accepted = replies[: len(sent)]
        taken += [number for number, ok in zip(sent, accepted, strict=True) if ok]
        after = progress(queue, end, sent, accepted, NOW)
        assert queue["position"] <= after.position <= end
        queue = after._asdict()
    assert (queue["position"], queue["full_since"], set(taken)) == (last, None, passing)
    final: dict[int, int] = {number: place for place, number in enumerate(taken)}
    assert sorted(final, key=lambda number: final[number]) == sorted(passing)  # the last copies are in order


def test_a_full_queue_rests_and_remembers_since_when() -> None:
    queue = {"position": 4, "full_since": None}
    full = progress(queue, 9, [5, 7, 9], [True, False, True], NOW)
    assert full == (6, 5, NOW, NOW + timedelta(seconds=FULL_SECONDS))
    later = NOW + timedelta(minutes=1)
    assert progress(full._asdict(), 9, [7, 9], [False, False], later).full_since == NOW


def test_the_number_before_an_event_is_the_same_when_it_comes_again() -> None:
    queue: dict[str, Any] = {"position": 4, "previous": 2, "full_since": None}
    assert progress(queue, 9, [5, 7, 9], [True, False, True], NOW).previous == 5  # 7 comes again, after 5
    assert progress(queue, 9, [5, 7, 9], [False, True, True], NOW).previous == 2
    assert progress(queue, 9, [5, 7, 9], [True, True, True], NOW).previous == 9
    assert progress(queue, 9, [], [], NOW).previous == 2


def test_a_queue_that_missed_what_expired_says_so() -> None:
    queue = {"position": 4, "previous": 2}
    assert from_oldest(queue, 5) is queue
    assert from_oldest(queue, 8) == {"position": 7, "previous": 7}


def test_a_queue_that_is_full_for_five_days_is_abandoned() -> None:
    assert not is_abandoned(None, NOW)
    assert not is_abandoned(NOW - timedelta(days=5) + timedelta(seconds=1), NOW)
    assert is_abandoned(NOW - timedelta(days=5), NOW)


@pytest.mark.parametrize("agency", ["itu", "UN-DESA", "a.*|.*", "ünesco", "", None])
def test_names_have_three_plain_parts(agency: str | None) -> None:
    name = queue_name({"_id": "5f0c9f0d", "agency": agency})
    assert re.fullmatch(r"sub\.[a-z0-9-]+\.5f0c9f0d", name)
