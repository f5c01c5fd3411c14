"""Reading the log while it grows: whoever reads on from `read_to` gets each event."""

from __future__ import annotations

import asyncio
import threading
import uuid
from typing import Any

import pytest
from wsis_shared.mongo_connection import connect
from wsis_testkit import publish, query_plans, wait_for

from wsis_agencies.event_log.rules import log as rules
from wsis_agencies.event_log.rules.log import LogRow
from wsis_agencies.event_log.store import EventLog
from wsis_agencies.webhooks.tail import Tail

from ..webhooks_kit import Agencies, settings

LIMIT = 64


class HeldLog(EventLog):
    """A log whose answers for readers that begin at 0 stay on their way until `release`."""

    def __init__(self, db: Any) -> None:
        super().__init__(db)
        self.answered, self.release = threading.Event(), threading.Event()

    def page(self, after: int, limit: int) -> list[LogRow]:
        """As of a log."""
        rows = super().page(after, limit)
        if after == 0:
            self.answered.set()
            self.release.wait(20)
        return rows


def append(log: EventLog, count: int) -> None:
    event = {"source": "/wsis/prizes", "type": "wsis.prizes.x.v1", "time": "2017-02-01T10:00:00Z", "subject": "s"}
    log.append([rules.row_of({**event, "id": uuid.uuid4().hex, "data": {}}, {}) for _ in range(count)])


async def read_while_it_grows(log: HeldLog) -> list[int]:
    """The numbers that a reader gets: its first page is on its way while the log grows from 10 to 200."""
    tail, stop = Tail(log, 0.01, lambda: None), asyncio.Event()
    await tail.start()
    reading = asyncio.create_task(tail.read(0, LIMIT))
    await asyncio.to_thread(log.answered.wait, 20)
    await asyncio.to_thread(append, log, 190)
    running = asyncio.create_task(tail.run(stop))
    await asyncio.to_thread(wait_for, lambda: tail.last == 200, 20, "the end of the log")
    log.release.set()
    found = await reading
    numbers = [row["seq"] for row in found.rows]
    while found.read_to < tail.last:
        found = await tail.read(found.read_to, LIMIT)
        numbers += [row["seq"] for row in found.rows]
    stop.set()
    await running
    return numbers


@pytest.mark.parametrize("pruned", [0, 4])
def test_log_that_grows_while_a_page_is_read_loses_nothing(database: Any, pruned: int) -> None:
    log = HeldLog(database("agencies"))
    for name in ("event_log", "event_log_counter"):
        log.db[name].delete_many({})
    append(log, 10)
    log.rows.delete_many({"seq": {"$lte": pruned}})
    assert asyncio.run(read_while_it_grows(log)) == list(range(pruned + 1, 201))


def test_process_reads_the_log_when_that_has_grown_and_seldom_else(
    environment: dict[str, str], database: Any, start_process: Any, amqp_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To look at it all the time was the costliest of all that an idle suite does."""
    monkeypatch.setenv("WSIS_WEBHOOKS_LOOPBACK", "1")
    agencies = Agencies(database("agencies"))
    receiver = agencies.receiver()
    with connect(environment["WSIS_MONGO_URI"], stable=False) as client:
        db = client[database("agencies").name]
        subscription = agencies.subscribe(receiver, active=False)
        with query_plans.profiled([db]):
            process = start_process("agencies", "webhooks", **settings(POLL_SECONDS=600))
            agencies.wait_state(subscription, "active")

            def read(name: str) -> int:
                return [query_plans.collection_of(asked) for _, asked in query_plans.queries(db)].count(name)

            wait_for(lambda: read("event_subscriptions") > 20, what="twenty scans")
            numbers = agencies.append(["a"])

            def delivered() -> bool:  # it may be that the process does not listen yet
                publish(amqp_client, "agencies", "events_logged", {"last": numbers[-1]})
                return receiver.sequences[-1:] == numbers

            assert read("event_log") < 5
            wait_for(delivered, what="the event")
            process.stop()
    agencies.close()
