from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

import pytest
from wsis_shared import clock

MOMENT = datetime(2017, 2, 15, 21, 59, 59, 123456, tzinfo=UTC)


def test_what_is_read_back_is_what_was_written() -> None:
    assert clock.iso(MOMENT) == "2017-02-15T21:59:59.123456Z"
    assert clock.parse(clock.iso(MOMENT)) == MOMENT
    assert clock.parse("2017-02-15T22:59:59+01:00") == datetime(2017, 2, 15, 21, 59, 59, tzinfo=UTC)
    with pytest.raises(ValueError, match="offset"):
        clock.parse("2017-02-15T22:59:59")


def test_a_moment_is_cut_to_what_the_store_keeps() -> None:
    assert clock.to_milliseconds(MOMENT) == datetime(2017, 2, 15, 21, 59, 59, 123000, tzinfo=UTC)
    assert clock.now().microsecond % 1000 == 0


def test_geneva_is_ahead_of_utc_by_the_season() -> None:
    winter, summer = clock.to_geneva(MOMENT), clock.to_geneva(MOMENT.replace(month=7))
    assert (winter.hour, summer.hour) == (22, 23)
    assert winter == MOMENT
    assert clock.geneva(MOMENT) == "2017-02-15 22:59:59 CET"


def test_a_moment_of_the_store_without_a_zone_is_utc() -> None:
    naive = MOMENT.replace(tzinfo=None)
    assert clock.to_geneva(naive) == MOMENT
    assert clock.iso(naive) == clock.iso(MOMENT)
    assert clock.iso(MOMENT.astimezone(timezone(timedelta(hours=-5)))) == clock.iso(MOMENT)


def test_years_later_it_is_the_same_wall_time_and_29_february_becomes_the_28th() -> None:
    leap = datetime(2020, 2, 29, 22, tzinfo=UTC)
    assert clock.years_later(leap, 1) == datetime(2021, 2, 28, 22, tzinfo=UTC)
    assert clock.years_later(datetime(2017, 3, 31, 22, tzinfo=UTC), 1) == datetime(2018, 3, 31, 22, tzinfo=UTC)
    # Summer time began on 26 March in 2017, and on 25 March in 2018.
    assert clock.years_later(datetime(2017, 3, 25, 22, tzinfo=UTC), 1) == datetime(2018, 3, 25, 21, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [300, -300])
def test_a_clock_that_is_wrong_follows_the_store_s_until_it_is_right_again(seconds: int) -> None:
    right = datetime.now(UTC) + timedelta(seconds=seconds)
    assert clock.follow(right, time.monotonic()) == pytest.approx(seconds, abs=1)
    assert abs(clock.now() - right) < timedelta(seconds=1)
    assert clock.follow(right, time.monotonic()) == 0.0, "known"
    assert clock.follow(right + timedelta(days=1), time.monotonic() - 10) == 0.0, (
        "an answer that came late says nothing"
    )
    assert abs(clock.now() - right) < timedelta(seconds=1)
    clock.follow(datetime.now(UTC), time.monotonic())
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=0.5)


@pytest.mark.parametrize("seconds", [300, -300])
def test_a_clock_that_is_set_right_changes_nothing(seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + timedelta(seconds=seconds)

    with monkeypatch.context() as machine:
        machine.setattr(clock, "datetime", Wrong)
        clock.follow(datetime.now(UTC), time.monotonic())
        assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=1)
    clock.follow(datetime.now(UTC), time.monotonic())
