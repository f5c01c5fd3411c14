"""The log of public events over a real store: no gap, no repeat, bounded pages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.mongo import in_transaction

from wsis_agencies.event_log.rules import log as rules
from wsis_agencies.event_log.store import EventLog


@pytest.fixture
def log(database: Any) -> EventLog:
    made = EventLog(database("agencies"))
    for name in ("event_log", "event_log_counter"):
        made.db[name].delete_many({})
    return made


def rows(*ids: str) -> list[dict[str, Any]]:
    event = {"source": "/wsis/prizes", "type": "wsis.prizes.x.v1", "time": "2017-02-01T10:00:00Z", "subject": "s"}
    return [rules.row_of({**event, "id": id_, "data": {"n": id_}}, {}) for id_ in ids]


def ids(log: EventLog, after: int = 0, limit: int = 1000) -> list[str]:
    return [row["_id"] for row in log.page(after, limit)]


def backdate(log: EventLog, seq: int, **age: float) -> None:
    log.rows.update_one({"seq": seq}, {"$set": {"at": clock.now() - timedelta(**age)}})


def test_events_have_numbers_from_one_in_their_order(log: EventLog) -> None:
    assert (log.bounds(), log.page(0, 10)) == ((1, 0), [])
    log.append(rows("a", "b"))
    log.append(rows("c"))
    assert [(row["seq"], row["_id"]) for row in log.page(0, 10)] == [(1, "a"), (2, "b"), (3, "c")]
    assert (log.last(), ids(log, 1, 1), ids(log, 3)) == (3, ["b"], [])


def test_a_repeat_adds_nothing(log: EventLog) -> None:
    assert [log.append(rows(*batch)) for batch in ("ab", "bc", "abc", "dd")] == [2, 1, 0, 1]
    assert ids(log) == ["a", "b", "c", "d"]


def test_an_append_looks_only_for_repeats(
    log: EventLog, count_commands: Callable[[Callable[[], Any]], list[str]]
) -> None:
    assert count_commands(lambda: log.append(rows(*"abcdef"))) == ["findAndModify", "insert", "commitTransaction"]
    assert "find" in count_commands(lambda: log.append(rows("f", "g")))
    assert ids(log) == [*"abcdefg"]


def test_a_failed_transaction_leaves_no_hole(log: EventLog) -> None:
    def fails() -> None:
        log.append(rows("x", "y"))
        raise RuntimeError("after the append")

    log.append(rows("a"))
    with pytest.raises(RuntimeError):
        in_transaction(fails)
    log.append(rows("b"))
    assert [(row["seq"], row["_id"]) for row in log.page(0, 10)] == [(1, "a"), (2, "b")]


def test_four_writers_leave_no_hole_that_a_reader_could_see(log: EventLog) -> None:
    done = threading.Event()
    holes: list[tuple[int, list[int]]] = []
    reads = 0

    def write(writer: int) -> None:
        for batch in range(15):
            log.append(rows(*(f"{writer}-{batch}-{number}" for number in range(5))))

    def read() -> None:
        nonlocal reads
        while not done.is_set():
            last = log.last()
            seen = [row["seq"] for row in log.page(0, last)]
            reads += 1
            if seen != list(range(1, last + 1)):
                holes.append((last, seen))

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    reader = threading.Thread(target=read)
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert (holes, log.last()) == ([], 300)
    assert reads > 1
    seen = ids(log)
    for writer in range(4):  # each writer's own order is kept
        own = [id_ for id_ in seen if id_.startswith(f"{writer}-")]
        assert own == [f"{writer}-{batch}-{number}" for batch in range(15) for number in range(5)]


def test_a_takedown_keeps_the_number_and_removes_the_content(log: EventLog) -> None:
    log.append(rows("a", "b"))
    log.take_down(log.read(1) or {})
    first = log.read(1)
    assert first
    assert (first["_id"], first["data"], first["facets"]) == ("a", None, {})
    assert log.append(rows("a")) == 0


def test_a_reader_of_a_moment_begins_before_what_followed_it(log: EventLog) -> None:
    log.append(rows(*"abcdef"))
    for seq in range(1, 7):
        backdate(log, seq, hours=7 - seq)
    now = clock.now()
    assert [log.last_before(now - timedelta(hours=hours)) for hours in (10, 6.5, 3.5, 1.5, 0)] == [0, 0, 3, 5, 6]


def test_expired_events_go_from_the_oldest_on(log: EventLog) -> None:
    log.append(rows(*"abcde"))
    for seq in (1, 2):
        backdate(log, seq, days=401)
    assert log.prune(clock.now(), limit=1) == 1
    assert log.prune(clock.now()) == 1
    assert log.prune(clock.now()) == 0
    assert (log.bounds(), ids(log), ids(log, 2, 2)) == ((3, 5), ["c", "d", "e"], ["c", "d"])
    for seq in (3, 4, 5):
        backdate(log, seq, days=500)
    assert log.prune(clock.now()) == 3
    assert log.bounds() == (6, 5)
    log.append(rows("f"))
    assert (log.bounds(), ids(log, 5)) == ((6, 6), ["f"])
