"""What voting asks before it certifies, and what it delivers then: one window, one result, and nobody told of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.errors import Conflict
from wsis_testkit import actor, refused
from wsis_testkit.interruptions import InProcess, check_done_once, overlap_at, overlaps_of

from wsis_prizes.editions.rules import phases
from wsis_prizes.editions.rules.editions import Edition

OPENS, CLOSES = datetime(2017, 3, 16, tzinfo=UTC), datetime(2017, 4, 5, 21, tzinfo=UTC)
LATER, NOW = datetime(2017, 4, 12, 21, tzinfo=UTC), datetime(2017, 4, 6, tzinfo=UTC)
OFFICER = actor("officer")


def window(closes_at: datetime = CLOSES, **more: Any) -> Any:
    return {"opens_at": OPENS, "closes_at": closes_at, "every_category": True, **more}


@pytest.fixture
def voted(edition: Edition) -> Edition:
    """Edition 2017 after the end of its voting, with nominees."""
    moved = phases.move(edition["phases"], phases.VOTING, OPENS, CLOSES)
    return {**edition, "phases": moved, "marks": {"published_at": OPENS}}


@pytest.fixture
def prizes(database: Any, voted: Edition) -> InProcess:
    """The service in this process, with that edition."""
    made = InProcess("prizes", database("prizes"), {"accounts": {}})
    made.restore({})
    made.db["editions"].insert_one({**voted, "version": 1})
    return made


def fix(prizes: InProcess, closes_at: datetime = CLOSES) -> bool:
    return bool(prizes.call("fix_window", at=NOW, edition="2017", window=window(closes_at))["fixed"])


def move(prizes: InProcess, end: datetime = LATER) -> None:
    body = {"end": end, "reason": "More time"}
    prizes.call("move_phase", OFFICER, at=NOW, edition="2017", phase="public_voting", body=body)


def put(prizes: InProcess, result: dict[str, Any]) -> None:
    prizes.call("put_result", at=NOW, edition="2017", result=result)


def end_of_voting(prizes: InProcess) -> datetime:
    stored = prizes.db["editions"].find_one({"_id": "2017"})
    return phases.find(stored["phases"], phases.VOTING)["end"]


def test_voting_learns_of_another_end_and_fixes_it_once_it_has_counted_by_it(prizes: InProcess) -> None:
    move(prizes)
    said = prizes.call("fix_window", at=NOW, edition="2017", window=window())
    assert (said["fixed"], said["closes_at"]) == (False, LATER)
    ended = NOW - timedelta(minutes=1)
    move(prizes, ended)
    assert fix(prizes, ended)
    with refused("prizes.phase_done"):
        move(prizes)
    assert end_of_voting(prizes) == ended


def test_voting_of_which_there_are_nominees_is_given_no_end_in_the_past(prizes: InProcess) -> None:
    move(prizes)  # they vote
    for days in (10, 1):
        with refused("prizes.voting_end_passed"):
            move(prizes, NOW - timedelta(days=days))
    assert end_of_voting(prizes) == LATER
    move(prizes, NOW - timedelta(minutes=1))
    assert end_of_voting(prizes) == NOW - timedelta(minutes=1), "officers end it now"
    prizes.db["editions"].update_one({"_id": "2017"}, {"$set": {"marks": {}}})
    move(prizes, NOW - timedelta(days=1))


def test_nominees_are_not_published_after_the_end_of_voting(prizes: InProcess) -> None:
    prizes.db["editions"].update_one({"_id": "2017"}, {"$set": {"marks": {}}})
    prizes.db["nominations"].insert_one({"_id": "2017", "nominate": [], "left": {}, "version": 1})
    with refused("prizes.voting_end_passed"):
        prizes.call("publish_nominees", OFFICER, at=NOW, edition="2017")
    move(prizes)
    assert prizes.call("publish_nominees", OFFICER, at=NOW, edition="2017")


def test_a_window_is_fixed_once_whatever_interrupts_it(prizes: InProcess) -> None:
    check_done_once(prizes, lambda: fix(prizes), lambda: move_is_refused(prizes))


def move_is_refused(prizes: InProcess) -> None:
    with refused("prizes.phase_done"):
        move(prizes)


@pytest.mark.parametrize("first", ["extension", "certification"])
def test_of_an_extension_and_a_certification_one_wins(prizes: InProcess, first: str) -> None:
    """At each place where one of the two can come between: voting is told yes, and the end stays; or it is told no,
    and the end is the later one."""
    said = []

    def extend() -> None:
        with suppress(Conflict):
            move(prizes)

    def certify() -> None:
        said.append(fix(prizes))

    one, other = (extend, certify) if first == "extension" else (certify, extend)
    prepared = prizes.documents()
    overlaps = overlaps_of(one)
    assert overlaps
    for place in overlaps:
        prizes.restore(prepared)
        said.clear()
        assert overlap_at(place, one, other)
        assert end_of_voting(prizes) == (CLOSES if said[-1] else LATER), f"at place {place}"
        assert len(prizes.outbox("voting_window_changed")) == (not said[-1])


@pytest.fixture
def result(make_result: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return make_result({"C1": {"one": 7, "two": 3}})


def test_a_result_is_kept_once_whatever_interrupts_it(prizes: InProcess, result: dict[str, Any]) -> None:
    check_done_once(prizes, lambda: put(prizes, result), lambda: move_is_refused(prizes))


def test_a_voting_that_was_extended_before_its_result_came_is_ended_and_no_more(
    prizes: InProcess, result: dict[str, Any]
) -> None:
    """A former voting certified without asking, and prizes was updated before it had the result."""
    move(prizes)
    put(prizes, result)
    for end in (LATER + timedelta(days=1), LATER - timedelta(days=1)):
        with refused("prizes.phase_done"):
            move(prizes, end)
    move(prizes, NOW)
    move_is_refused(prizes)
    assert end_of_voting(prizes) == NOW


def test_no_other_result_takes_the_place_of_one(
    prizes: InProcess, result: dict[str, Any], make_result: Callable[..., dict[str, Any]]
) -> None:
    """But one with a later number, which former versions of voting gave."""
    other = make_result({"C1": {"one": 3, "two": 7}})

    def kept() -> Any:
        row = prizes.db["signed_results"].find_one({"_id": "2017"})
        return {name: row[name] for name in result}

    for delivered, stands in ((result, result), (other, result), ({**other, "number": 2}, {**other, "number": 2})):
        put(prizes, delivered)
        assert kept() == stands
    put(prizes, result)
    assert kept()["number"] == 2


def test_nobody_is_told_of_a_result(prizes: InProcess, result: dict[str, Any]) -> None:
    """Neither by an event nor by what anybody reads: it is under embargo until the champions are announced."""
    put(prizes, result)
    assert prizes.db["signed_results"].count_documents({}) == 1, "it could be told"
    assert prizes.db["outbox"].count_documents({}) == 0
    shown = [
        prizes.call("read_edition", at=NOW, edition="2017"),
        prizes.call("list_editions", at=NOW),
        prizes.call("contest", at=NOW, edition="2017"),
        prizes.call("list_looks", OFFICER, at=NOW, edition="2017"),
    ]
    assert '"one"' not in json.dumps(shown, default=clock.iso)
    with refused("prizes.finalists_not_fixed"):
        prizes.call("read_finalists", OFFICER, at=NOW, edition="2017")
