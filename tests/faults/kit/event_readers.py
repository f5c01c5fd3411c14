"""Who reads public events: the event log, an agency with a webhook, and one with a queue. All say what came, in order.

An agency may get an event again, with the same id; what counts is its first arrival.
"""

from __future__ import annotations

import json
import threading
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from kombu import Connection
from kombu.exceptions import OperationalError
from services.agencies.tests.webhook_receiver import Receiver
from tests.faults.kit.makers import TYPE, Change
from tests.load.figures import Figure
from wsis_local.patience import Deadline

from wsis_demo.client import Person

FILTERS = {"types": [TYPE], "action_lines": [], "sdgs": [], "regions": [], "languages": []}
PAGE = 200
SETTLE_SECONDS = 180  # until every reader has every event
SHOWN = 10  # of what is wrong
# An event is dated in whole milliseconds, cut off.
ROUNDING = 0.001


class Arrival(NamedTuple):
    """An event as it came."""

    id: str
    subject: str
    at: float  # when it happened, as its publisher says
    came: float = 0.0  # when the reader had it

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> Arrival:
        """Of a CloudEvent that comes now."""
        return cls(event["id"], event["subject"], datetime.fromisoformat(event["time"]).timestamp(), time.time())


class Verdict(NamedTuple):
    """What a reader got of all acknowledged changes."""

    got: int  # different events
    lost: int
    doubled: int  # two different events of one change, or one of no acknowledged change
    disordered: int  # events of a subject that came after a later one
    repeated: int  # the same event again, as is promised of webhooks and queues
    wrong: tuple[str, ...] = ()  # what was lost or doubled: a discussion and the number of its change


def judge(changes: Mapping[str, Sequence[Change]], arrivals: Iterable[Arrival]) -> Verdict:
    """Compare what came with what was acknowledged, discussion by discussion."""
    first, repeated = dict[str, Arrival](), 0
    for row in arrivals:
        if row.subject in changes and row.at + ROUNDING >= changes[row.subject][0].sent:  # not that it was opened
            repeated += row.id in first
            first.setdefault(row.id, row)
    told: dict[str, list[int]] = {subject: [] for subject in changes}
    for row in first.values():
        told[row.subject].append(_number(changes[row.subject], row.at))
    lost = doubled = disordered = 0
    wrong: list[str] = []
    for subject, acknowledged in changes.items():
        counts = Counter(told[subject])
        wrong += [f"{subject} {n}: {counts[n]} times" for n in (-1, *range(len(acknowledged))) if counts[n] != (n >= 0)]
        none = counts.pop(-1, 0)
        lost += len(acknowledged) - len(counts)
        doubled += none + sum(counts.values()) - len(counts)
        numbers = [number for number in told[subject] if number >= 0]
        disordered += sum(later < number for number, later in zip(numbers, numbers[1:], strict=False))
    return Verdict(len(first), lost, doubled, disordered, repeated, tuple(wrong))


def _number(changes: Sequence[Change], at: float) -> int:
    """Which change was under way at that moment; -1 for none."""
    number = bisect_right(changes, at + ROUNDING, key=lambda change: change.sent) - 1
    return number if number >= 0 and at <= changes[number].acknowledged else -1


class Reader(Protocol):
    """Somebody who reads events; `look` reads what can be read now."""

    arrivals: list[Arrival]
    once: bool  # whether an event comes once

    def look(self) -> None: ...


def settle(changes: Mapping[str, Sequence[Change]], readers: Sequence[Reader], pause: float = 0.5) -> float:
    """Wait until every reader has every event, or the time is up; the seconds that it took, to a `pause`."""
    began, deadline = time.monotonic(), Deadline(SETTLE_SECONDS)
    while not deadline.passed:
        for reader in readers:
            reader.look()
        if not any(judge(changes, reader.arrivals).lost for reader in readers):
            break
        time.sleep(pause)
    return time.monotonic() - began


def figures(name: str, changes: Mapping[str, Sequence[Change]], reader: Reader) -> list[Figure]:
    """What a reader got, with its bars."""
    reader.look()
    found = judge(changes, reader.arrivals)
    if found.wrong:
        print(f"{name}: {'; '.join(found.wrong[:SHOWN])}")
    return [
        Figure(f"{name}: events", found.got, "events"),
        Figure(f"{name}: lost", found.lost, "events", at_most=0),
        Figure(f"{name}: doubled", found.doubled + (found.repeated if reader.once else 0), "events", at_most=0),
        Figure(f"{name}: out of order", found.disordered, "events", at_most=0),
        *([] if reader.once else [Figure(f"{name}: the same event again", found.repeated, "events")]),
    ]


class LogReader:
    """Reads the event log page by page."""

    once = True

    def __init__(self, visitor: Person) -> None:
        self._visitor, self._after = visitor, 0
        while page := visitor.get("/v1/events", after=self._after, limit=PAGE)["items"]:
            self._after = int(page[-1]["sequence"])
        self.arrivals: list[Arrival] = []

    def look(self) -> None:
        """Read what is new."""
        for event in self._new():
            self._after = int(event["sequence"])
            if event["type"] == TYPE:
                self.arrivals.append(Arrival.of(event))

    def _new(self) -> Iterator[Mapping[str, Any]]:
        while page := self._visitor.get("/v1/events", after=self._after, limit=PAGE)["items"]:
            yield from page


class WebhookReader(Receiver):
    """An agency's receiver that keeps nothing but arrivals. Signatures have tests of their own."""

    once = False

    def __init__(self, officer: Person) -> None:
        super().__init__()
        self.arrivals: list[Arrival] = []
        self.start()
        body = {"name": "By lot", "url": self.url, "filters": FILTERS}
        self._path = f"/v1/event-subscriptions/{officer.post('/v1/event-subscriptions', body)['id']}"
        deadline = Deadline(60)
        while officer.get(self._path)["state"] != "active":
            if deadline.passed:
                raise AssertionError(f"the webhook is not active: {officer.get(self._path)}")
            time.sleep(0.1)

    def look(self) -> None:
        """What comes is here."""

    def _post(self, headers: dict[str, str], body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        event = json.loads(body)
        if event["type"] == TYPE:
            self.arrivals.append(Arrival.of(event))
        return 204, {}, b""


class QueueReader:
    """An agency that reads its queue, and connects anew when the broker was away."""

    once = False

    def __init__(self, officer: Person) -> None:
        self.arrivals: list[Arrival] = []
        made = officer.post("/v1/event-subscriptions", {"name": "By lot", "channel": "queue", "filters": FILTERS})
        self._uri, self._queue = made["queue"]["uri"], made["queue"]["queue"]
        self._ended = threading.Event()
        self.start()

    def start(self) -> None:
        """Read."""
        self._ended.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Read no more; what comes waits in the queue."""
        self._ended.set()
        self._thread.join()

    def look(self) -> None:
        """What comes is here."""

    def _run(self) -> None:
        while not self._ended.is_set():
            connection = Connection(self._uri, connect_timeout=5, heartbeat=10)
            try:
                self._read(connection)
            except (OSError, OperationalError, *connection.connection_errors, *connection.channel_errors):
                self._ended.wait(0.5)
            finally:
                connection.release()

    def _read(self, connection: Connection) -> None:
        channel = connection.channel()
        channel.basic_qos(0, 100, False)
        channel.basic_consume(self._queue, callback=self._on_message)
        while not self._ended.is_set():
            try:
                connection.drain_events(timeout=0.2)
            except TimeoutError:
                connection.heartbeat_check()

    def _on_message(self, message: Any) -> None:
        self.arrivals.append(Arrival.of(json.loads(message.body)))
        message.channel.basic_ack(message.delivery_tag)
