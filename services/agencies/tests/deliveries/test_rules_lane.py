"""The delivery protocol: whatever fails and dies, each event arrives, in order for each subject, and little is held."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from wsis_agencies.deliveries.rules import lane as lanes
from wsis_agencies.deliveries.rules.lane import Changes, Cursor, Delivery, Lane, Verdict
from wsis_agencies.deliveries.rules.policy import DAY, Outcome, Policy, outcome_of

POLICY = Policy()
SUBJECTS = ("a", "b", "c")


class Store:
    """What a flush has stored: the cursor, and deliveries by sequence."""

    def __init__(self) -> None:
        self.cursor, self.rows = Cursor(0), dict[int, Delivery]()

    def save(self, changes: Changes) -> None:
        self.cursor = changes.cursor
        self.rows.update({one.sequence: one for one in changes.put})
        for sequence in changes.removed:
            self.rows.pop(sequence, None)

    def load(self) -> Lane:
        waiting = [replace(one, stored=1, revision=1) for one in self.rows.values() if not one.dead]
        known = [one.sequence for one in self.rows.values() if one.dead]
        return Lane(self.cursor, waiting, POLICY, known=known)

    @property
    def dead(self) -> set[int]:
        return {one.sequence for one in self.rows.values() if one.dead}


class Protocol(RuleBasedStateMachine):
    """A log that grows, a receiver with moods, and a process that flushes and dies at any moment."""

    @initialize()
    def begin(self) -> None:
        self.now, self.log = 1_000_000.0, list[str | None]()  # subjects by sequence - 1; None: not wanted
        self.store = Store()
        self.lane = self.store.load()
        self.flying: list[Delivery] = []
        self.arrived: list[int] = []
        self.previous = dict[int, int | None]()
        self.flushing: Changes | None = None

    @rule(subjects=st.lists(st.sampled_from([*SUBJECTS, None]), min_size=1, max_size=12))
    def append(self, subjects: list[str | None]) -> None:
        self.log += subjects

    @rule()
    def read(self) -> None:
        for _ in range(self.lane.room()):
            if self.lane.read_to == len(self.log):
                break
            number = self.lane.read_to + 1
            self.lane.add(number, self.log[number - 1], wanted=self.log[number - 1] is not None)

    @rule(count=st.integers(1, 10))
    def send(self, count: int) -> None:
        for _ in range(count):
            if (delivery := self.lane.next(self.now)) is not None:
                self.flying.append(delivery)
                before = self.previous.setdefault(delivery.sequence, delivery.previous)
                assert before == delivery.previous, "`previous` differs from one attempt to the next"

    @precondition(lambda self: self.flying)
    @rule(
        data=st.data(),
        outcome=st.sampled_from([Outcome.DELIVERED] * 3 + [Outcome.REFUSED, Outcome.FAILED, Outcome.THROTTLED]),
    )
    def reply(self, data: st.DataObject, outcome: Outcome) -> None:
        delivery = self.flying.pop(data.draw(st.integers(0, len(self.flying) - 1)))
        if outcome is Outcome.DELIVERED:
            self.arrived.append(delivery.sequence)
            self.lane.succeeded(delivery.sequence, self.now)
        else:
            self.lane.failed(delivery.sequence, self.now, outcome, 30.0, 0.5)

    @rule(seconds=st.sampled_from([1.0, 60.0, 3_600.0, 40_000.0]))
    def wait(self, seconds: float) -> None:
        self.now += seconds

    @rule()
    def begin_flush(self) -> None:
        self.flushing = self.flushing or self.lane.changes()

    @precondition(lambda self: self.flushing is not None)
    @rule()
    def end_flush(self) -> None:
        assert self.flushing is not None
        self.store.save(self.flushing)
        self.lane.confirm(self.flushing)
        self.flushing = None

    @rule(stored=st.booleans())
    def kill(self, stored: bool) -> None:
        if stored and self.flushing is not None:
            self.store.save(self.flushing)
        self.flying, self.flushing = [], None
        self.lane = self.store.load()

    @invariant()
    def little_is_in_flight(self) -> None:
        subjects = [one.subject for one in self.flying]
        assert len(subjects) == len(set(subjects)) <= lanes.IN_FLIGHT
        assert len(self.lane._waiting) <= lanes.MAX_PENDING

    @invariant()
    def first_arrivals_are_in_order(self) -> None:
        firsts = list(dict.fromkeys(self.arrived))
        dead = {number for number in range(1, len(self.log) + 1) if number in self.store.dead | set(self.lane._dead)}
        for subject in SUBJECTS:
            mine = [number for number in firsts if self.log[number - 1] == subject and number not in dead]
            assert mine == sorted(mine)

    def teardown(self) -> None:
        """The receiver is well again: all that is not dead arrives."""
        if not hasattr(self, "store"):
            return
        self.kill(False)
        for _ in range(1_000):
            self.now += 200_000
            self.read()
            while (delivery := self.lane.next(self.now)) is not None:
                self.arrived.append(delivery.sequence)
                self.lane.succeeded(delivery.sequence, self.now)
            if changes := self.lane.changes():
                self.store.save(changes)
                self.lane.confirm(changes)
            if self.lane.read_to == len(self.log) and not self.lane._waiting:
                break
        self.first_arrivals_are_in_order()
        wanted = {number for number, subject in enumerate(self.log, 1) if subject is not None}
        assert wanted - set(self.arrived) <= self.store.dead, "missed"
        assert set(self.arrived) <= wanted
        assert self.store.cursor.position == len(self.log)
        assert set(self.store.rows) == self.store.dead


Protocol.TestCase.settings = settings(stateful_step_count=40)
TestProtocol = Protocol.TestCase


def full_lane(subjects: str) -> Lane:
    """A lane that has read one event for each letter."""
    lane = Lane(Cursor(0), (), POLICY)
    for number, subject in enumerate(subjects, 1):
        lane.add(number, subject)
    return lane


def test_a_lane_that_is_asked_anew_forgets_what_failed_before_and_nothing_since() -> None:
    cursor, one = (
        Cursor(5, failures=3, failing_since=100.0, rest_until=900.0),
        Delivery(6, "a", None, tries=2, due=900.0),
    )
    fresh, (due,) = lanes.resumed(cursor, [one], 100.5)
    assert (fresh.failures, fresh.failing_since, fresh.rest_until) == (0, None, 0.0)
    assert (due.due, due.tries) == (0.0, 2)
    assert lanes.resumed(cursor, [one], 100.0) == (cursor, [one])
    assert lanes.resumed(replace(cursor, failing_since=None), [one], 200.0)[1] == [one]


def test_later_events_of_a_failed_subject_wait_and_others_do_not() -> None:
    lane = full_lane("aab")
    first, other = lane.next(0), lane.next(0)
    assert (first and first.sequence, other and other.sequence, lane.next(0)) == (1, 3, None)
    assert lane.failed(1, 10, Outcome.REFUSED, None, 0.5) is Verdict.WAITS
    lane.succeeded(3, 10)
    assert lane.next(11) is None
    changes = lane.changes()
    assert changes is not None
    assert changes.cursor.position == 3  # both events of "a" are pending, so the cursor goes on
    assert [one.sequence for one in changes.put] == [1, 2]
    assert lane.next_at() == 10 + POLICY.delays[0]
    again = lane.next(10 + POLICY.delays[0])
    assert again is not None
    assert again.sequence == 1


def test_refused_event_is_dead_after_ten_tries_in_three_days_and_its_followers_go_on() -> None:
    lane, now, tries = full_lane("aa"), 0.0, 0
    while True:
        delivery = lane.next(now)
        assert delivery is not None
        assert delivery.sequence == 1
        tries += 1
        if lane.failed(1, now, Outcome.REFUSED, None, 0.5) is Verdict.DEAD:
            break
        at = lane.next_at()
        assert at is not None
        now = at
    assert (tries, 72 <= now / 3600 <= 75) == (10, True)
    follower = lane.next(now)
    assert follower is not None
    assert follower.sequence == 2
    changes = lane.changes()
    assert changes is not None
    assert [(one.sequence, one.dead) for one in changes.put if one.dead] == [(1, True)]


def test_breaker_opens_after_five_failures_probes_one_at_a_time_and_closes_at_a_success() -> None:
    lane = full_lane("abcdefghij")
    flying = [delivery.sequence for _ in range(8) if (delivery := lane.next(0))]
    assert len(flying) == lanes.IN_FLIGHT
    for sequence in flying:
        lane.failed(sequence, 1, Outcome.FAILED, None, 0.5)
    assert lane.is_open
    assert lane.room() <= lanes.PROBE_WINDOW
    waits = []
    now = 1.0
    for _ in range(12):
        at = lane.next_at()
        assert at is not None
        waits.append(at - now)
        now = at
        probe = lane.next(now)
        assert probe is not None
        assert lane.next(now) is None
        lane.failed(probe.sequence, now, Outcome.FAILED, None, 0.5)
    assert (waits[0], waits[-1]) == (POLICY.probe_min, POLICY.probe_max)  # eight failed at once: that is one stall
    assert sorted(waits) == waits
    now = lane.next_at() or 0
    probe = lane.next(now)
    assert probe is not None
    lane.succeeded(probe.sequence, now)
    assert not lane.is_open
    assert len([one for _ in range(10) if (one := lane.next(now))]) == lanes.IN_FLIGHT  # all at once, not after hours


def test_probe_that_could_not_be_sent_is_not_tried_at_once() -> None:
    lane = full_lane("a")
    for now in (1.0, 100.0, 1_000.0, 10_000.0, 100_000.0):
        assert lane.next(now)
        lane.failed(1, now, Outcome.FAILED, None, 0.5)
    assert lane.is_open
    now = lane.next_at() or 0.0
    assert lane.next(now)
    lane.postponed(1, now + 5)
    assert (lane.next(now + 1), lane.next_at()) == (None, now + 5)
    assert lane.next(now + 5)


def test_event_that_its_receiver_cannot_take_is_no_reason_to_send_no_others() -> None:
    lane, now = full_lane("a"), 0.0
    for _ in range(POLICY.breaker_after):
        now = lane.next_at() or 0.0
        delivery = lane.next(now)
        assert delivery is not None
        lane.failed(delivery.sequence, now, Outcome.FAILED, None, 0.5)
    assert lane.is_open
    assert lane.room() > 0
    lane.add(2, "b")
    now = lane.next_at() or 0.0
    probe = lane.next(now)
    assert probe is not None
    assert probe.sequence == 2
    lane.succeeded(2, now)
    assert not lane.is_open


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.FAILED])
@pytest.mark.parametrize("count", [10, 32, 33, 40, 63, 64, 80])
def test_however_many_events_a_receiver_does_not_take_it_gets_all_others(count: int, outcome: Outcome) -> None:
    """A receiver that refused 33 to 63 events got no others for days."""
    lane, now, taken, end = Lane(Cursor(0), (), POLICY), 0.0, set[int](), 400
    while now < 2 * DAY:
        while lane.read_to < end and (room := lane.room()):
            for number in range(lane.read_to + 1, min(lane.read_to + room, end) + 1):
                lane.add(number, f"s{number}")
        while (delivery := lane.next(now)) is not None:
            if delivery.sequence <= count:
                assert lane.failed(delivery.sequence, now, outcome, None, 0.5) is not Verdict.SILENT
            else:
                taken.add(delivery.sequence)
                lane.succeeded(delivery.sequence, now)
        now = max(now + 1, lane.next_at() or 0.0)
    assert taken == set(range(count + 1, end + 1))


def test_receiver_says_when_to_come_again_and_is_not_asked_before() -> None:
    lane = full_lane("ab")
    assert lane.next(0)
    assert lane.next(0)
    lane.succeeded(2, 0)
    assert lane.failed(1, 0, Outcome.THROTTLED, 120, 0.5) is Verdict.WAITS
    lane.add(3, "c")
    assert (lane.next(119), lane.next_at()) == (None, 120)
    assert lane.next(120) is not None
    forever = full_lane("a")
    assert forever.next(0)
    forever.failed(1, 0, Outcome.THROTTLED, 1e9, 0.5)
    assert forever.next_at() == POLICY.max_retry_after


def test_receiver_without_a_success_in_five_days_is_silent_and_one_that_asks_for_no_more_is_gone() -> None:
    lane, now, verdict = full_lane("a"), 0.0, Verdict.WAITS
    while verdict is Verdict.WAITS:
        now = max(now, lane.next_at() or 0.0)
        assert lane.next(now)
        verdict = lane.failed(1, now, Outcome.FAILED, None, 0.5)
    assert verdict is Verdict.SILENT
    assert 5 * DAY <= now < 5 * DAY + POLICY.probe_max + 1
    throttled, since = full_lane("a"), 1.0
    for now, wanted in (
        (since, Verdict.WAITS),
        (since + 5 * DAY - 1, Verdict.WAITS),
        (since + 5 * DAY, Verdict.SILENT),
    ):
        assert throttled.next(now)
        assert throttled.failed(1, now, Outcome.THROTTLED, 1.0, 0.5) is wanted
    gone = full_lane("a")
    assert gone.next(0)
    assert gone.failed(1, 0, Outcome.GONE, None, 0.5) is Verdict.GONE


def test_replay_ends_at_its_end() -> None:
    lane = Lane(Cursor(0, until=2), (), POLICY)
    for number in range(1, 4):
        lane.add(number, "a")
    for number in (1, 2):
        assert lane.next(0)
        lane.succeeded(number, 0)
    assert lane.is_finished
    assert lane.room() == 0
    assert lane.next(0) is None


def test_requests_keep_the_interval_that_a_receiver_allows() -> None:
    lane = Lane(Cursor(0), (), POLICY, interval=0.5)
    for number in range(1, 4):
        lane.add(number, str(number))
    assert lane.next(10.0)
    assert lane.next(10.4) is None
    assert lane.next(10.5)


@pytest.mark.parametrize(
    ("status", "retry_after", "outcome"),
    [
        (200, None, "delivered"),
        (204, None, "delivered"),
        (301, None, "refused"),
        (307, None, "refused"),
        (400, None, "refused"),
        (404, None, "refused"),
        (408, None, "failed"),
        (410, None, "gone"),
        (429, None, "throttled"),
        (429, 5.0, "throttled"),
        (500, None, "failed"),
        (503, None, "failed"),
        (503, 5.0, "throttled"),
        (None, None, "failed"),
        (100, None, "refused"),
        (999, None, "failed"),
    ],
)
def test_outcomes(status: int | None, retry_after: float | None, outcome: str) -> None:
    assert outcome_of(status, retry_after) == outcome


def test_event_after_some_that_expired_names_the_last_of_them() -> None:
    lane = Lane(Cursor(4, matched=3), [], POLICY)
    lane.expired(8)
    assert lane.add(9, "a")
    delivery = lane.next(0.0)
    assert delivery is not None
    assert (delivery.sequence, delivery.previous) == (9, 8)
