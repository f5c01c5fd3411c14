"""Events through the whole way: officers change discussions over HTTP, and agencies hear of it, on a suite that has
nothing else to do.

The service dates an event in the transaction of the change, just before its acknowledgement. So the way from an event
to its webhook holds commit, outbox, broker, event log and delivery.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

from tests.faults.kit.contest import Contest
from tests.faults.kit.crowd import percentile
from tests.faults.kit.event_readers import LogReader, WebhookReader, figures, settle
from tests.faults.kit.makers import makers
from tests.faults.kit.suite import Suite
from tests.load.figures import Figure

EVENTS, DISCUSSIONS = 3000, 20
WARM_UP = 5  # changes of each discussion, by which caches and connections are there


def run(folder: Path) -> Iterator[Figure]:
    """On a suite of its own."""
    with Suite(folder, each=1) as suite:
        yield from measure(suite.contest, suite.stack.ports["gateway"], EVENTS)


def measure(contest: Contest, port: int, events: int) -> Iterator[Figure]:
    """So many events by the officer of a contest, whose gateway listens on that port of this machine."""
    asyncio.run(makers(contest, port, DISCUSSIONS).work(WARM_UP))
    work, webhook = makers(contest, port, DISCUSSIONS), WebhookReader(contest.officer)
    log = LogReader(contest.visitor)
    try:
        asyncio.run(work.work(-(-events // DISCUSSIONS)))
        settle(work.changes, [log], pause=0.05)
        logged = time.time()
        settle(work.changes, [webhook])
    finally:
        webhook.stop()
    changes = [change for each in work.changes.values() for change in each]
    began, acknowledged = min(each.sent for each in changes), max(each.acknowledged for each in changes)
    first = {row.id: row.came - row.at for row in reversed(webhook.arrivals) if row.at >= began}
    waited = [*first.values()]
    name = f"{work.done:,} events of {DISCUSSIONS} discussions"
    yield Figure(f"{name}: acknowledged", work.done / (acknowledged - began), "events/s")
    yield Figure(f"{name}: until the event log has them all", work.done / (logged - began), "events/s")
    yield Figure("from an event to its webhook, p50", percentile(waited, 0.5), "ms")
    yield Figure("from an event to its webhook, p99", percentile(waited, 0.99), "ms")
    yield from figures("event log", work.changes, log)
    yield from figures("webhook", work.changes, webhook)
    yield Figure("wrong answers", sum(work.unexpected.values()), "answers", at_most=0)
