"""Faults drawn by lot amid votes and events: nothing lost, doubled, out of order, or answered wrongly."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from tests.faults.__main__ import share, together
from tests.faults.kit.by_lot import Lot
from tests.faults.kit.checker import Checker
from tests.faults.kit.event_readers import Arrival, Verdict, judge
from tests.faults.kit.http import Response
from tests.faults.kit.lot import drawn, victims
from tests.faults.kit.machine import LARGEST, Duration, factor_over
from tests.faults.kit.makers import Change
from tests.load.figures import Figure
from wsis_testkit.sizes import size

VOTERS, EVENTS, FAULTS, LONGEST = size((20, 175, 7, 3.0), (1112, 20_000, 20, 20.0))


def test_nothing_is_lost_doubled_or_out_of_order(suite: Any, crowd: Any, settled: Any, report: Any, seed: int) -> None:
    some = crowd(VOTERS)
    jobs = some.jobs(range(VOTERS), seed)
    lot = Lot(suite, some, jobs, events=EVENTS, faults=FAULTS, longest=LONGEST, seed=seed)
    report(*lot.play())
    settled("by lot", some, jobs)


def test_an_acknowledgement_without_its_ballot_is_seen(suite: Any) -> None:
    checker = Checker(suite.stack, suite.contest, within=0.5)
    checker.told("nobody", suite.contest.categories[0], Response(202, {}, b"{}"))
    asyncio.run(checker.settle())
    assert [figure.value for figure in checker.figures() if not figure.reached] == [1]


def test_the_same_seed_draws_the_same_faults_and_each_kind_comes() -> None:
    befallen = victims(["accounts", "voting-0", "voting-1"], members=3)
    faults = drawn(7, 14, befallen, longest=10)
    assert faults == drawn(7, 14, befallen, longest=10)
    assert faults != drawn(8, 14, befallen, longest=10)
    assert {fault.kind for fault in faults[:7]} == {fault.kind for fault in faults[7:]} == set(befallen)
    assert all(fault.victim in befallen[fault.kind] and fault.seconds <= 10 for fault in faults)


def test_the_sums_of_all_parts_are_judged() -> None:
    parts = [
        [
            Figure("faults", count, "faults", at_least=wanted),
            Figure("lost", lost, "votes", at_most=0),
            Figure("stop", seconds, "s", at_most=30),
        ]
        for count, wanted, lost, seconds in ((3, 3, 0, 31), (1, 2, 1, 2))
    ]
    faults, lost, stop = together(parts)
    assert (faults.value, faults.reached, lost.value, lost.reached) == (4, False, 1, False)
    assert (stop.value, stop.reached) == (31, False)
    assert [share(10, 3, number) for number in range(3)] == [3, 3, 4]


def test_a_bar_of_seconds_follows_what_the_machine_did_meanwhile() -> None:
    looks = [(0.0, 20.0), (10.0, 1.0), (11.0, 3.0), (20.0, 20.0)]
    assert factor_over(looks, 10.0, 1.0) == 2
    assert (factor_over(looks, 20.0, 600.0), factor_over(looks, 5.0, 1.0)) == (LARGEST, 1)
    stop = Duration("stop", 59.0, "s", at_most=30, began=10.0, factor=2.0)
    assert (stop.reached, replace(stop, value=61.0).reached) == (True, False)
    assert str(stop) == "stop: 59 s (bar: at most 30) ok, judged by 60 on a machine 2 times as slow"


@pytest.mark.parametrize(
    ("came", "verdict"),
    [
        ("abc", Verdict(got=3, lost=0, doubled=0, disordered=0, repeated=0)),
        ("abac", Verdict(got=3, lost=0, doubled=0, disordered=0, repeated=1)),
        ("ac", Verdict(got=2, lost=1, doubled=0, disordered=0, repeated=0)),
        ("acb", Verdict(got=3, lost=0, doubled=0, disordered=1, repeated=0)),
        ("abBc", Verdict(got=4, lost=0, doubled=1, disordered=0, repeated=0)),
        ("abxc", Verdict(got=4, lost=0, doubled=1, disordered=0, repeated=0)),
    ],
)
def test_a_reader_is_judged_by_what_was_acknowledged(came: str, verdict: Verdict) -> None:
    changes = {"s": [Change(1, 2), Change(3, 4), Change(5, 6)]}
    moments = {"a": 1.5, "b": 3.5, "B": 3.6, "c": 5.5, "x": 4.5}
    assert judge(changes, [Arrival(id, "s", moments[id]) for id in came])._replace(wrong=()) == verdict
