"""The life of a contest, step by step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wsis_shared.errors import Conflict

from wsis_voting.contests.rules import lifecycle
from wsis_voting.contests.rules.contest import State, contest_of
from wsis_voting.contests.rules.lifecycle import Announcement, Rules, Wait

OPENS, CLOSES = datetime(2017, 3, 1, tzinfo=UTC), datetime(2017, 4, 1, tzinfo=UTC)
LATER, MINUTE = CLOSES + timedelta(days=3), timedelta(minutes=1)
RULES = Rules(automatic=True, review=True, grace=MINUTE)
REQUESTED = {"certification": {"by": "officer", "reason": "r", "at": CLOSES}}  # by a former version


def requested(*overrides: Wait) -> dict[str, Any]:
    return {"certification": {**REQUESTED["certification"], "overrides": [*map(str, overrides)], "dead_letters": 1}}


def document(**more: Any) -> dict[str, Any]:
    return {"_id": "2017", "opens_at": OPENS, "closes_at": CLOSES, "every_category": True, "looked_at": CLOSES, **more}


def waits(doc: dict[str, Any], now: datetime = LATER, rules: Rules = RULES) -> list[Wait]:
    contest = contest_of("2017", doc, [{"project": "p", "category": "al-1"}], [])
    return lifecycle.waits(doc, contest, now, rules)


def test_each_state_is_announced_once() -> None:
    doc, first = lifecycle.announce(document(), State.NOT_OPEN)
    assert (doc, first) == (document(), None)
    announced = []
    for state in (State.OPEN, State.OPEN, State.CLOSED, State.CLOSED, State.OPEN, State.CLOSED, State.CERTIFIED):
        doc, announcement = lifecycle.announce(doc, state)
        announced.append(announcement)
    assert announced == [
        Announcement.OPENED,
        None,
        Announcement.CLOSED,
        None,
        Announcement.REOPENED,
        Announcement.CLOSED,
        None,
    ]


def test_a_contest_that_was_over_before_anybody_looked_is_closed_at_once() -> None:
    assert lifecycle.announce(document(), State.CLOSED)[1] is Announcement.CLOSED


@pytest.mark.parametrize(
    ("more", "now", "rules", "expected"),
    [
        ({}, LATER, RULES, []),
        ({}, OPENS, RULES, [Wait.CLOSE]),
        ({"certified_at": CLOSES}, LATER, RULES, [Wait.CLOSE]),
        ({}, LATER, RULES._replace(automatic=False), [Wait.OFFICER]),
        (REQUESTED, LATER, RULES._replace(automatic=False), []),
        ({"disagreed": True}, LATER, RULES, [Wait.DISAGREEMENT]),
        ({"disagreed": True, "unaccounted": 2}, LATER, RULES, [Wait.REPAIR]),
        ({"disagreed": True, **REQUESTED}, LATER, RULES, []),
        ({"looked_at": None}, LATER, RULES, [Wait.REVIEW]),
        ({"looked_at": CLOSES - MINUTE}, LATER, RULES, [Wait.REVIEW]),
        ({"held": 2}, LATER, RULES, [Wait.REVIEW]),
        ({"held": 2}, LATER, RULES._replace(review=False), []),
        ({"held": 2, "sealed": True}, LATER, RULES, []),
        ({"held": 2, **REQUESTED}, LATER, RULES, []),
        ({"held": 2, **requested(Wait.REVIEW)}, LATER, RULES, []),
        ({"held": 2, **requested(Wait.OFFICER)}, LATER, RULES, [Wait.REVIEW]),
        ({"disagreed": True, **requested(Wait.DISAGREEMENT)}, LATER, RULES, []),
        ({"disagreed": True, **requested(Wait.REVIEW)}, LATER, RULES, [Wait.DISAGREEMENT]),
        (requested(), LATER, RULES._replace(automatic=False), []),
        ({"deciding": "d1", **REQUESTED}, LATER, RULES, [Wait.DECISION]),
        ({}, CLOSES + MINUTE / 2, RULES, [Wait.GRACE]),
        ({"held": 2}, CLOSES + MINUTE / 2, RULES, [Wait.REVIEW, Wait.GRACE]),
        (REQUESTED, CLOSES + MINUTE / 2, RULES, [Wait.GRACE]),
    ],
)
def test_certification_waits(more: dict[str, Any], now: datetime, rules: Rules, expected: list[Wait]) -> None:
    assert waits(document(**more), now, rules) == expected


@pytest.mark.parametrize(
    ("more", "number", "hold"),
    [({}, 0, False), ({}, 1, True), (requested(), 1, False), (requested(), 2, True), (REQUESTED, 2, False)],
)
def test_dead_letters_that_come_after_the_request_hold(more: dict[str, Any], number: int, hold: bool) -> None:
    assert lifecycle.dead_letters_hold(document(**more), number) is hold


def test_a_later_close_frees_what_the_former_one_held() -> None:
    held = lifecycle.hold(lifecycle.seal(document(**REQUESTED)), unaccounted=3)
    window = {"opens_at": OPENS, "closes_at": LATER + MINUTE, "every_category": True}
    freed = lifecycle.with_window(held, window, LATER)
    assert [freed[name] for name in ("sealed", "disagreed", "certification")] == [None, None, None]
    assert freed["unaccounted"] == 3
    again = lifecycle.with_window(held, {**window, "closes_at": LATER - MINUTE}, LATER)
    assert (again["sealed"], again["disagreed"]) == (True, True), "it is over already"


def test_nothing_moves_the_window_of_a_certified_contest() -> None:
    certified = lifecycle.certify(document(), LATER)
    window = {"opens_at": OPENS, "closes_at": LATER, "every_category": True}
    with pytest.raises(Conflict):
        lifecycle.with_window(certified, window, LATER)
    same = {"opens_at": OPENS, "closes_at": CLOSES, "every_category": True}
    assert lifecycle.with_window(certified, same, LATER) == certified


def test_a_decision_keeps_the_count_open_until_it_ends() -> None:
    closed = contest_of("2017", document(), [], [])
    begun = lifecycle.begin_decision(document(), "decision-1", held=2)
    assert (begun["deciding"], begun["held"], lifecycle.may_seal(begun, closed, closed)) == ("decision-1", 2, False)
    ended = lifecycle.end_decision(begun, "decision-1", held=1, excluded={"ballots_excluded": 9})
    assert (ended["deciding"], ended["decided_last"], ended["held"]) == (None, "decision-1", 1)
    assert lifecycle.may_seal(ended, closed, closed)
    assert not lifecycle.may_seal(ended, replace(closed, closes_at=LATER), closed), "it is open again"


def test_the_contest_that_was_counted_is_certified_and_no_other() -> None:
    nominees = [{"project": "p", "category": "al-1"}]
    doc = lifecycle.seal(document())
    counted = contest_of("2017", doc, nominees, [])
    assert lifecycle.may_certify(counted, counted)
    others = [
        replace(counted, closes_at=LATER),
        replace(counted, sealed=False),
        replace(counted, certified=True),
        contest_of("2017", doc, nominees, ["p"]),
    ]
    assert [lifecycle.may_certify(contest, counted) for contest in others] == [False] * 4


def test_transitions_change_nothing_of_the_document_that_they_get() -> None:
    doc = document(**REQUESTED)
    before = dict(doc)
    lifecycle.nominees_changed(doc)
    lifecycle.with_rule(doc, {"finalists_per_category": 3})
    lifecycle.ballots_checked(doc, 1)
    lifecycle.begin_scan(doc, LATER)
    lifecycle.end_scan(doc, LATER, 0)
    lifecycle.request_certification(doc, {"by": "officer", "reason": "r", "at": LATER})
    lifecycle.dead_lettered(doc, waiting=True)
    lifecycle.disagree(doc)
    lifecycle.repair(doc)
    lifecycle.certify(doc, LATER)
    lifecycle.shred(doc, LATER)
    assert doc == before
