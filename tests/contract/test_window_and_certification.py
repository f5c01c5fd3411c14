"""Voting certifies while officers move its end in prizes: whatever comes between what, the two agree on one of both.

The rules of both services on the documents that they store. Each step is one transaction, or one message on its way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.errors import Conflict

from wsis_prizes.dates import rules
from wsis_prizes.editions.rules import editions, phases, reference
from wsis_voting.contests.rules import lifecycle
from wsis_voting.contests.rules.contest import Contest, State, contest_of

OPENS, CLOSES, HOUR = datetime(2017, 3, 16, tzinfo=UTC), datetime(2017, 4, 5, 21, tzinfo=UTC), timedelta(hours=1)
CERTIFICATION = ("turn", "seal", "ask", "answer", "freeze")
ANNOUNCED = editions.from_seed(reference.edition_seed(2017))
RULES = lifecycle.Rules(automatic=True, review=False, grace=timedelta())


class Suite:
    """Both services, what is on its way between them, and an officer."""

    def __init__(self) -> None:
        voted = phases.move(ANNOUNCED["phases"], phases.VOTING, OPENS, CLOSES)
        self.edition: editions.Edition = {**ANNOUNCED, "phases": voted, "marks": {"published_at": OPENS}}
        self.contest: Any = {"_id": "2017", **editions.window(self.edition)}
        self.now = CLOSES + HOUR / 2
        self.events: list[editions.Window] = []  # in their order: voting drops what is older than it has had
        self.compared: editions.Window | None = None  # what prizes has said to the comparison
        self.tally: editions.Window | None = None  # by which window it was counted
        self.die()

    def die(self) -> None:
        """Voting forgets what it was about to do."""
        self.closed: Contest | None = None
        self.said: tuple[editions.Window, bool] | None = None
        self.may_freeze = False

    # -- the officer, in prizes --

    def extend(self) -> None:
        """By an hour, or to an hour from now."""
        end = max(editions.window(self.edition)["closes_at"], self.now) + HOUR
        if not rules.move_refused(self.edition, phases.VOTING, end, self.now):
            moved = phases.move(self.edition["phases"], phases.VOTING, None, end)
            self.edition = {**self.edition, "phases": moved}
            self.events.append(editions.window(self.edition))

    def end(self) -> None:
        """At once."""
        if not rules.move_refused(self.edition, phases.VOTING, self.now, self.now):
            moved = phases.move(self.edition["phases"], phases.VOTING, None, self.now)
            self.edition = {**self.edition, "phases": moved}
            self.events.append(editions.window(self.edition))

    # -- what voting hears --

    def deliver(self) -> None:
        """The next event."""
        if self.events:
            self._take(self.events.pop(0))

    def compare(self) -> None:
        """Prizes says what it has; voting gets it later."""
        self.compared = editions.window(self.edition)

    def take(self) -> None:
        """By then it may be old."""
        if self.compared:
            self._take(self.compared)
        self.compared = None

    def _take(self, window: editions.Window) -> None:
        with suppress(Conflict):
            self.contest = lifecycle.with_window(self.contest, window, self.now)

    # -- voting certifies --

    def turn(self) -> None:
        """It reads a contest that is due."""
        read = self._read()
        due = not lifecycle.waits(self.contest, read, self.now, RULES)
        self.die()
        self.closed = read if due else None

    def seal(self) -> None:
        """The count of the contest that was read."""
        if self.closed and lifecycle.may_seal(self.contest, self._read(), self.closed):
            self.contest = lifecycle.seal(self.contest)
        else:
            self.die()

    def ask(self) -> None:
        """Prizes decides, and its answer is on the way."""
        if self.closed and self.closed.opens_at and self.closed.closes_at:
            counted: Any = self.closed.window
            self.edition, fixed = rules.fix_window(self.edition, counted, self.now)
            self.said = editions.window(self.edition), fixed

    def answer(self) -> None:
        """Voting takes over what it says."""
        if self.said:
            self._take(self.said[0])
            self.may_freeze = self.said[1]

    def freeze(self) -> None:
        """The tally, by the contest as it was counted."""
        if self.closed and self.may_freeze and lifecycle.may_certify(self._read(), self.closed):
            self.contest = lifecycle.certify(self.contest, self.now)
            self.tally = editions.window(self.edition)
            assert self.tally == self.closed.window
        self.die()

    def _read(self) -> Contest:
        return contest_of("2017", self.contest, [{"project": "p", "category": "C1"}], [])  # type: ignore[list-item]

    def tick(self) -> None:
        """An hour later."""
        self.now += HOUR

    def do(self, step: str) -> None:
        """One step; then neither of the two has what the other has not."""
        getattr(self, step)()
        stored = editions.window(self.edition)
        if self.tally:
            assert stored == self.tally, "what was counted is what prizes says"
            assert stored.items() <= self.contest.items()
        elif self.contest.get("sealed"):
            assert self.contest["closes_at"] <= self.now, "nothing that is open is sealed"

    def settle(self) -> None:
        """All that is on its way comes, and voting has its turns."""
        for step in ("take", *("deliver" for _ in self.events), "compare", "take"):
            self.do(step)
        assert editions.window(self.edition).items() <= self.contest.items()
        self.now = max(self.now, self.contest["closes_at"])
        for step in CERTIFICATION:
            self.do(step)
        assert self._read().state(self.now) is State.CERTIFIED


def interleavings(*rows: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """All orders of the steps of several that keep the order of each."""
    if not any(rows):
        yield ()
    for place, row in enumerate(rows):
        if row:
            for rest in interleavings(*rows[:place], row[1:], *rows[place + 1 :]):
                yield row[0], *rest


def play(steps: Iterable[str]) -> Suite:
    suite = Suite()
    for step in steps:
        suite.do(step)
    suite.settle()
    return suite


@pytest.mark.parametrize(
    "others",
    [
        (("extend", "deliver"),),
        (("extend", "deliver"), ("compare", "take")),
        (("extend", "end", "deliver", "deliver"),),
        (("extend", "deliver"), ("die",)),
        (("extend", "tick", "tick", "deliver"), ("die", *CERTIFICATION[:2])),
    ],
    ids=["extension", "a comparison that is late", "and back", "voting dies", "and the end passes again"],
)
def test_no_order_of_steps_ends_with_another_window_than_was_counted(others: tuple[tuple[str, ...], ...]) -> None:
    firsts = set()
    for steps in interleavings(CERTIFICATION, *others):
        firsts.add(play(steps).tally == {"opens_at": OPENS, "closes_at": CLOSES, "every_category": True})
    assert firsts == {True, False}, "each of the two is first somewhere"


STEPS = ("extend", "end", "deliver", "compare", "take", "tick", "die", *CERTIFICATION, *CERTIFICATION)


@given(st.lists(st.sampled_from(STEPS), max_size=80))
def test_nor_does_any_longer_story(steps: list[str]) -> None:
    play(steps)
