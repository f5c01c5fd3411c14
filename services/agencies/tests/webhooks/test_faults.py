"""W1 to W3: a receiver that is away for hours, and a process that is killed meanwhile: nothing missed, all in order."""

from __future__ import annotations

import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from wsis_testkit import programs, wait_for
from wsis_testkit.process import Started

from wsis_agencies.deliveries.rules.lane import PROBE_PENDING

from ..webhook_receiver import Receiver
from ..webhooks_kit import SETTINGS, SPEEDUP, Agencies

SIX_HOURS = 6 * 3_600 / SPEEDUP  # seconds
SUBJECTS = [f"s{number}" for number in range(12)]


@pytest.fixture(scope="module")
def agencies(environment: dict[str, str], database: Any) -> Iterator[Agencies]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WSIS_WEBHOOKS_LOOPBACK", "1")
        made = Agencies(database("agencies"))
        yield made
        made.close()


@pytest.fixture
def deliver(start_process: Any) -> Iterator[Callable[[], Started]]:
    """`deliver()`: a process that delivers until the end of the test."""
    started: list[Started] = []

    def start() -> Started:
        started.append(start_process("agencies", "webhooks", **SETTINGS))
        return started[-1]

    yield start
    for one in started:
        programs.kill(one.process)


def check_all_in_order(receiver: Receiver, numbers: dict[int, str]) -> None:
    """Each event of `numbers` (with its subject) arrived, first arrivals in order per subject, ids stable."""
    wait_for(lambda: set(numbers) <= set(receiver.sequences), 60, f"{len(numbers)} events")
    for subject in set(numbers.values()):
        assert receiver.of_subject(subject) == [number for number, of in numbers.items() if of == subject]
    ids: dict[str, set[str]] = {}
    for one in receiver.taken:
        ids.setdefault(one.event["sequence"], set()).add(one.headers["webhook-id"])
        assert one.headers["webhook-id"] == one.event["id"]
    assert {len(found) for found in ids.values()} == {1}
    assert receiver.refused == []  # every signature was verified by the public package


def test_receiver_away_for_six_hours_and_killed_processes_miss_nothing(
    agencies: Agencies, deliver: Callable[[], Started], request: pytest.FixtureRequest
) -> None:
    chance = random.Random(12)
    started = deliver()
    moody = agencies.receiver(mood=lambda event: (chance.choice([200] * 9 + [500, 400, 429]), {}))
    away, well = agencies.receiver(), agencies.receiver()
    gone, *_ = [agencies.subscribe(receiver) for receiver in (away, moody, well)]
    numbers: dict[int, str] = {}
    ended = threading.Event()

    def publish() -> None:
        while not ended.wait(0.05):
            subjects = [chance.choice(SUBJECTS) for _ in range(3)]
            numbers.update(zip(agencies.append(subjects), subjects, strict=True))

    publisher = threading.Thread(target=publish, daemon=True)
    publisher.start()
    request.addfinalizer(ended.set)
    wait_for(lambda: len(away.sequences) > 20, what="the first events")
    away.stop()
    down = time.monotonic()
    wait_for(lambda: len(well.sequences) > 60, what="events of the others")
    for _ in range(2):
        started.stop(signal.SIGKILL)
        before = len(well.sequences)
        started = deliver()
        wait_for(lambda before=before: len(well.sequences) > before + 20, 30, "the next process to go on")
    wait_for(lambda: time.monotonic() - down > SIX_HOURS, 30, "six hours to be over")
    held = agencies.service.db.pending_deliveries.count_documents({"subscription": gone})
    away.start()
    wait_for(lambda: len(numbers) > 300, 60, "enough events")
    ended.set()
    publisher.join()
    for receiver in (away, moody, well):
        check_all_in_order(receiver, numbers)
    assert held <= PROBE_PENDING, "what waits for a receiver that is away stays in the log"
    assert agencies.service.db.pending_deliveries.count_documents({"state": "dead"}) == 0
    # The receiver that was well got hardly anything twice: what was under way at a kill, 8 requests and one flush.
    assert len(well.taken) - len(well.sequences) <= 2 * 60
    assert started.stop() == 0


def test_two_processes_share_lanes_and_one_takes_over(agencies: Agencies, deliver: Callable[[], Started]) -> None:
    both = {one.process.pid: one for one in (deliver(), deliver())}
    receivers = [agencies.receiver() for _ in range(4)]
    lanes = [agencies.subscribe(receiver) for receiver in receivers]
    subjects = [SUBJECTS[number % 3] for number in range(30)]
    first = dict(zip(agencies.append(subjects), subjects, strict=True))
    for receiver in receivers:
        check_all_in_order(receiver, first)
        assert len(receiver.taken) == len(first)  # both run, and each event comes once
    killed = both.pop(agencies.deliverer(lanes[0]))
    killed.stop(signal.SIGKILL)
    second = dict(zip(agencies.append(subjects), subjects, strict=True))
    for receiver in receivers:
        check_all_in_order(receiver, {**first, **second})
    (other,) = both.values()
    assert agencies.deliverer(lanes[0]) == other.process.pid
    assert other.stop() == 0
    assert [agencies.deliverer(lane) for lane in lanes] == [None] * len(lanes)


def test_slow_receiver_does_not_slow_others_down(agencies: Agencies, deliver: Callable[[], Started]) -> None:
    deliver()
    release = threading.Event()

    def drip(event: dict[str, Any]) -> Any:
        release.wait(1.5)
        return 200, {}

    slow, quick = agencies.receiver(mood=drip), agencies.receiver()
    agencies.subscribe(slow)
    agencies.subscribe(quick)
    subjects = [f"t{number}" for number in range(100)]
    numbers = dict(zip(agencies.append(subjects), subjects, strict=True))
    check_all_in_order(quick, numbers)
    assert len(slow.sequences) < len(numbers)
    release.set()
    check_all_in_order(slow, numbers)
