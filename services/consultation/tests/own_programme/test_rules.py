from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from wsis_consultation.own_programme import rules

NOON = datetime(2017, 6, 12, 10, tzinfo=UTC)


def session(id: int, first: int, minutes: int, state: str = "confirmed") -> Any:
    start = NOON + timedelta(minutes=first)
    return {"id": f"s{id}", "start": start, "end": start + timedelta(minutes=minutes), "state": state}


def test_one_may_begin_when_another_ends() -> None:
    assert rules.overlaps([session(1, 0, 60), session(2, 60, 60)]) == {}
    assert rules.overlaps([session(2, 59, 60), session(1, 0, 60)]) == {"s1": ["s2"], "s2": ["s1"]}


def test_what_is_cancelled_takes_no_time() -> None:
    assert rules.overlaps([session(1, 0, 60), session(2, 0, 60, "cancelled")]) == {}


spans = st.tuples(st.integers(0, 50), st.integers(1, 30), st.sampled_from(["confirmed", "cancelled"]))


@given(st.lists(spans, max_size=12))
def test_those_and_no_others_overlap(found: list[tuple[int, int, str]]) -> None:
    rows = [session(number, *span) for number, span in enumerate(found)]
    given_rows = {row["id"]: set(others) for row in rows if (others := rules.overlaps(rows).get(row["id"]))}
    for row in rows:
        beside = {
            other["id"]
            for other in rows
            if other is not row
            and other["state"] == row["state"] == "confirmed"
            and other["start"] < row["end"]
            and row["start"] < other["end"]
        }
        assert given_rows.get(row["id"], set()) == beside
