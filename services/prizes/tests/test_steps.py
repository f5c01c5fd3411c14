"""Each step waits for the one before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_testkit import refused


@pytest.fixture(scope="module")
def new(contest: Any) -> str:
    """An edition in which nothing has happened."""
    contest.call("open_edition", contest.officer, body={"edition": "2022", "copy_from": "2017", "reason": "New"})
    return "2022"


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("publish_nominees", {}, "prizes.no_list"),
        ("fix_finalists", {"body": {"settle": []}}, "prizes.no_list"),
        ("read_finalists", {}, "prizes.finalists_not_fixed"),
        (
            "choose_winner",
            {"category": "C1", "body": {"project": None, "reason": "None"}},
            "prizes.not_of_this_edition",
        ),
        ("announce_champions", {}, "prizes.finalists_not_fixed"),
        ("list_champions", {}, "prizes.champions_not_announced"),
        ("move_phase", {"phase": "harvest", "body": {"reason": "None such"}}, "prizes.phase_unknown"),
    ],
)
def test_each_step_waits_for_the_one_before(
    contest: Any, new: str, method: str, arguments: dict[str, Any], code: str
) -> None:
    with refused(code):
        contest.call(method, contest.officer, at=datetime(2022, 4, 20, tzinfo=UTC), edition=new, **arguments)
