"""What tests of queues do: append events, and read as an agency does."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kombu import Connection
from wsis_testkit import wait_for

from wsis_agencies.event_log.rules.log import row_of
from wsis_agencies.event_log.store import EventLog

LENGTH, BATCH = 5, 3  # of a queue, and what one round publishes


def rested(lanes: Any, row: dict[str, Any]) -> None:
    """A full queue is tried again now."""
    lanes.update_one({"_id": row["_id"]}, {"$set": {"rest_until": 0.0}})


def drain(credentials: dict[str, Any]) -> list[dict[str, Any]]:
    """Get and acknowledge all that is in the queue."""
    events = []
    with reading(credentials) as channel:
        while message := channel.basic_get(credentials["queue"]):
            events.append(json.loads(message.body))
            channel.basic_ack(message.delivery_tag)
    return events


def append(log: EventLog, *numbers: int, event: str = "voting_closed") -> list[str]:
    """Append events; returns their ids."""
    ids = [uuid.uuid4().hex for _ in numbers]
    rows = [
        row_of(
            {
                "id": id_,
                "source": "/wsis/voting",
                "type": f"wsis.voting.{event}.v1",
                "time": "2017-04-30T21:00:00Z",
                "subject": "2017",
                "data": {"n": number},
            },
            {},
        )
        for id_, number in zip(ids, numbers, strict=True)
    ]
    log.append(rows)
    return ids


@contextmanager
def reading(credentials: dict[str, Any]) -> Iterator[Any]:
    """A channel of the queue's reader."""
    with Connection(credentials["uri"], connect_timeout=5) as connection:
        yield connection.channel()


def take(credentials: dict[str, Any], count: int) -> list[dict[str, Any]]:
    """Get and acknowledge so many events."""
    events = []
    with reading(credentials) as channel:
        for _ in range(count):
            message = wait_for(lambda: channel.basic_get(credentials["queue"]), 10, "an event")
            assert (message.content_type, message.properties["delivery_mode"]) == ("application/cloudevents+json", 2)
            events.append(json.loads(message.body))
            channel.basic_ack(message.delivery_tag)
        assert channel.basic_get(credentials["queue"]) is None
    return events


class Turns:
    """A loop that ends after some waits."""

    lease = None

    def __init__(self, waits: int = 1) -> None:
        self.waits = waits

    @property
    def running(self) -> bool:
        return self.waits > 0

    def wait(self, seconds: float) -> None:
        self.waits -= 1
