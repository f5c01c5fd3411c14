"""Phases and settings, without a store."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.clock import GENEVA
from wsis_testkit import refused

from wsis_prizes.editions.rules import editions, phases


@given(st.dates(date(2016, 1, 1), date(2035, 12, 31)))
def test_the_cut_off_is_23_in_geneva_on_every_day_of_the_year(day: date) -> None:
    row = {"number": 1, "roman": "I", "code": "x", "title": {}, "start": str(day), "end": str(day)}
    phase = phases.from_wall(row, "Europe/Zurich", "23:00")
    wall = phase["end"].astimezone(GENEVA)
    assert (wall.date(), wall.hour, wall.minute) == (day, 23, 0)
    assert phase["start"].astimezone(GENEVA).hour == 0
    assert phases.open_at(phase, phase["end"] - timedelta(seconds=1))
    assert not phases.open_at(phase, phase["end"])


def test_winter_and_summer_of_2017(edition: Any) -> None:
    ends = {phase["code"]: phase["end"] for phase in edition["phases"]}
    assert ends["submission"] == datetime(2017, 2, 15, 22, tzinfo=UTC)
    assert ends["public_voting"] == datetime(2017, 4, 15, 21, tzinfo=UTC)


@given(st.integers(-10, 15))
def test_another_edition_keeps_its_wall_dates(years: int) -> None:
    from wsis_prizes.editions.rules import reference

    first = editions.from_seed(reference.edition_seed(2017))
    other = editions.copy_of(first, str(2017 + years))
    for one, two in zip(first["phases"], other["phases"], strict=True):
        for name in ("start", "end"):
            before, after = one[name].astimezone(GENEVA), two[name].astimezone(GENEVA)
            assert after.replace(year=before.year, tzinfo=None) == before.replace(tzinfo=None)
            assert after.year - before.year == years
    phases.check(other["phases"])


def test_a_leap_day_becomes_the_28th() -> None:
    leap = {"start": datetime(2016, 2, 28, 23, tzinfo=UTC), "end": datetime(2016, 2, 29, 22, tzinfo=UTC)}
    assert phases.shifted(leap, 1)["end"] == datetime(2017, 2, 28, 22, tzinfo=UTC)


def test_order_is_checked_and_overlap_is_told(edition: Any) -> None:
    with refused("prizes.phase_out_of_order"):
        phases.move(edition["phases"], "announcement", datetime(2017, 4, 1, tzinfo=UTC), None)
    with refused("prizes.phase_ends_before_start"):
        phases.move(edition["phases"], "nomination", None, datetime(2017, 1, 1, tzinfo=UTC))
    moved = phases.move(edition["phases"], "public_voting", None, datetime(2017, 4, 30, 21, tzinfo=UTC))
    early = [{"phase": "winner_selection", "with": "public_voting", "kind": "ends_first"}]
    assert phases.conflicts(moved) == early
    ends = next(phase["end"] for phase in moved if phase["code"] == "winner_selection")
    at_once = phases.move(edition["phases"], "public_voting", None, ends)
    assert phases.conflicts(at_once) == early, "it ends with the one before"


def test_only_phases_of_the_edition_are_moved(edition: Any) -> None:
    with refused("prizes.phase_unknown", phase="harvest"):
        phases.move(edition["phases"], "harvest", None, None)


def test_settings_that_a_step_rests_on_are_fixed(edition: Any) -> None:
    early, late = datetime(2017, 1, 1, tzinfo=UTC), datetime(2017, 4, 1, tzinfo=UTC)
    changed, before, after = editions.with_settings(edition, {"nominees_cap": 20}, early)
    assert (changed["settings"]["nominees_cap"], before, after) == (20, {"nominees_cap": None}, {"nominees_cap": 20})
    with refused("prizes.settings_fixed"):
        editions.with_settings(edition, {"every_category": False}, late)
    words_, _, _ = editions.with_settings(edition, {"words": {"short_description": {"max_words": 300}}}, early)
    field = next(field for field in words_["form"]["fields"] if field["code"] == "short_description")
    assert (field["min_words"], field["max_words"]) == (150, 300)
    with refused("prizes.nothing_to_change"):
        editions.with_settings(edition, {"nominees_cap": None}, early)
