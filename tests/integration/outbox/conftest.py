"""A service with an outbox, and a broker that takes what its relay sends."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from bson import ObjectId
from prometheus_client import REGISTRY
from wsis_shared import mongo
from wsis_shared.amqp import serializer
from wsis_shared.amqp.failures import broker_lost
from wsis_shared.amqp.future import Future
from wsis_shared.amqp.messages import Message
from wsis_shared.collection_specs import CollectionSpec, ensure_indexes, expires
from wsis_shared.events import EventType, PendingEvent, envelope, new_event
from wsis_shared.mongo import in_transaction
from wsis_shared.outbox import EventfulRepository
from wsis_shared.outbox.relay import Relay
from wsis_shared.schemas import ResponseSchema

SPECS = (CollectionSpec("things", indexes=(expires("ends_at", 60),)), CollectionSpec("notes"))
NOTED = EventType(type="noted", summary="A note", schema=ResponseSchema, example={})


class Store(EventfulRepository):
    source = "outboxes"


class Broker:
    """Takes what a relay sends. `answer(subject)`: True confirms at once, False refuses, None leaves it open, "lost" is
    the connection."""

    def __init__(self) -> None:
        self.taken: list[str] = []  # subjects of all messages
        self.open: list[Future] = []
        self.answer: Callable[[str], bool | str | None] = lambda subject: True

    def __call__(self, messages: Sequence[Message]) -> list[Future]:
        futures = []
        for message in messages:
            subject = serializer.loads(message.body)["subject"]
            self.taken.append(subject)
            futures.append(future := Future())
            answer = self.answer(subject)
            if answer is None:
                self.open.append(future)
            else:
                future.refused = answer is False
                future.resolve(error=None if answer is True else broker_lost())
        return futures

    def confirm(self, count: int) -> None:
        """Confirm the oldest ones that are open."""
        for future in self.open[:count]:
            future.resolve()
        del self.open[:count]


@pytest.fixture
def db(environment: Any) -> Any:
    db = mongo.database(f"outboxes-{uuid.uuid4().hex[:6]}")
    ensure_indexes(db, SPECS)
    yield db
    mongo.client().drop_database(db.name)


@pytest.fixture
def broker() -> Broker:
    return Broker()


@pytest.fixture
def relay(db: Any, broker: Broker) -> Relay:
    return Relay("outboxes", db, broker, confirm_seconds=0.05, held_seconds=0)


def noted(subject: str) -> PendingEvent:
    return new_event(NOTED, subject=subject)


def note(db: Any, *subjects: str) -> None:
    in_transaction(lambda: Store(db).store_events(1, *map(noted, subjects)))


def poison(db: Any, subject: str) -> None:
    """An event that no JSON expresses."""
    in_transaction(lambda: Store(db).store_envelopes([envelope("outboxes", noted(subject), 1) | {"data": ObjectId()}]))


def gauge(name: str) -> float | None:
    return REGISTRY.get_sample_value(name, {"service": "outboxes"})
