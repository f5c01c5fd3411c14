from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_testkit import refused

from wsis_consultation.editions.rules import editions, phases


def test_edition_2017_has_six_phases_in_order(edition: dict[str, Any]) -> None:
    assert [phase["roman"] for phase in edition["phases"]] == ["I", "II", "III", "IV", "V", "VI"]
    starts = [phase["start"] for phase in edition["phases"]]
    assert starts == sorted(starts)


def test_deadline_is_23_00_in_geneva(edition: dict[str, Any]) -> None:
    assert editions.submissions_close_at(edition) == datetime(2017, 2, 20, 22, tzinfo=UTC)
    assert edition["deadlines"]["hltf_nominations"] == datetime(2016, 11, 20, 22, tzinfo=UTC)


def test_submissions_are_refused_at_the_very_second_of_the_deadline(edition: dict[str, Any]) -> None:
    deadline = editions.submissions_close_at(edition)
    editions.require_open(edition, deadline - timedelta(seconds=1))
    with refused("consultation.submissions_closed"):
        editions.require_open(edition, deadline)
    with refused("consultation.submissions_not_open"):
        editions.require_open(edition, edition["phases"][0]["start"] - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        (datetime(2016, 8, 31, 21, tzinfo=UTC), None),
        (datetime(2016, 8, 31, 22, tzinfo=UTC), "opening"),
        (datetime(2016, 12, 1, tzinfo=UTC), "first_physical_meeting"),
        (datetime(2017, 5, 10, 15, 59, tzinfo=UTC), "final_brief"),
        (datetime(2017, 5, 10, 16, tzinfo=UTC), None),
    ],
)
def test_phase_is_current_until_the_next_starts(edition: dict[str, Any], moment: datetime, code: str | None) -> None:
    current = phases.current(edition["phases"], moment)
    assert (current and current["code"]) == code
