"""A message that comes twice has one effect, and a write that is repeated one too."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
from wsis_shared import inbox, mongo
from wsis_shared.context import Actor, Context
from wsis_shared.inbox import TRIES
from wsis_testkit import refused

ANNA, BEN = Actor("anna", ("member",)), Actor("ben", ("member",))


@pytest.fixture
def db(environment: Any) -> Iterator[Any]:
    db = mongo.database(f"inbox-{uuid.uuid4().hex[:6]}")
    yield db
    mongo.client().drop_database(db.name)


@pytest.fixture
def done() -> list[Any]:
    """What was done, each effect."""
    return []


def test_a_handler_processes_a_message_once(db: Any, done: list[Any]) -> None:
    def process(message: str, handler: str = "on_told", work: Callable[[], None] = lambda: done.append(1)) -> bool:
        return mongo.in_transaction(lambda: inbox.process_once(db, message, handler, work))

    with pytest.raises(RuntimeError):
        process("m1", work=partial(fail, "it is as if it had never come"))
    assert [process("m1"), process("m1"), process("m2"), process("m1", "on_told_too")] == [True, False, True, True]
    assert len(done) == 3


def fail(why: str) -> None:
    raise RuntimeError(why)


def test_of_a_batch_a_handler_gets_what_it_has_not_seen(db: Any) -> None:
    def unseen(*ids: str, handler: str = "on_told_much") -> list[str]:
        events = [{"id": id} for id in ids]
        return [event["id"] for event in mongo.in_transaction(lambda: inbox.filter_unseen(db, handler, events))]

    assert unseen("a", "b", "a") == ["a", "b"]
    assert unseen("b", "c", "a") == ["c"]
    assert unseen("a", "b") == []
    assert unseen("a", handler="another") == ["a"]


def test_a_message_fails_so_often_then_it_is_given_up_and_may_begin_anew(db: Any) -> None:
    failed = partial(inbox.has_failed_too_often, db, "on_told")
    assert [failed("m1") for _ in range(TRIES - 1)] == [False] * (TRIES - 1)
    assert not failed("m2"), "each has a count of its own"
    inbox.has_not_failed(db, "on_told", "m1")
    assert [failed("m1"), failed("m1"), failed("m1")] == [False, True, False]


def test_an_event_is_newer_than_the_last_one_of_its_subject(db: Any) -> None:
    newer, superseded = (partial(rule, db, "on_told") for rule in (inbox.is_newer, inbox.is_superseded))
    assert not superseded("s", "1"), "none was seen"
    assert [newer("s", sequence) for sequence in "22134"] == [True, False, False, True, True]
    assert [superseded("s", sequence) for sequence in "345"] == [True, True, False]
    assert newer("t", "1"), "each subject has its own"
    assert inbox.is_newer(db, "another", "s", "1"), "and each handler"


def write(db: Any, done: list[Any], actor: Actor = ANNA, method: str = "change", /, **context: Any) -> Any:
    """A write whose arguments are those of `arguments`; the response counts its effects."""
    arguments = context.pop("arguments", {})

    def work() -> dict[str, int]:
        done.append(actor.id)
        return {"effects": len(done)}

    ctx = Context(actor=actor, **context)
    return mongo.in_transaction(lambda: inbox.idempotent(db, ctx, method, arguments, work))["effects"]


def test_a_repeat_under_a_key_has_the_response_of_the_first(db: Any, done: list[Any]) -> None:
    one, other = {"a": 1, "b": {"c": 2}}, {"b": {"c": 2}, "a": 1}
    assert [write(db, done, idempotency_key="k", arguments=each) for each in (one, other)] == [1, 1]
    with refused("suite.idempotency_key_reused") as raised:
        write(db, done, idempotency_key="k", arguments={"a": 2})
    assert raised.value.fields == {"Idempotency-Key": ["Used with another request."]}
    assert write(db, done, BEN, idempotency_key="k", arguments={"a": 2}) == 2, "a key is its actor's"
    assert write(db, done, ANNA, "another", idempotency_key="k", arguments=one) == 3, "and its method's"
    assert write(db, done, idempotency_key="k2", arguments=one) == 4


def test_a_file_that_comes_again_has_another_id(db: Any, done: list[Any]) -> None:
    first, again, another = (
        {"upload": {"id": id, "sha256": content}} for id, content in (("1", "a"), ("2", "a"), ("3", "b"))
    )
    assert [write(db, done, idempotency_key="k", arguments=each) for each in (first, again)] == [1, 1]
    with refused("suite.idempotency_key_reused"):
        write(db, done, idempotency_key="k", arguments=another)


def test_a_write_that_raises_stores_nothing_of_its_key(db: Any, done: list[Any]) -> None:
    ctx = Context(actor=ANNA, idempotency_key="k")
    with pytest.raises(RuntimeError):
        mongo.in_transaction(lambda: inbox.idempotent(db, ctx, "change", {}, partial(fail, "it runs again")))
    assert write(db, done, idempotency_key="k", arguments={"other": 1}) == 1


def test_without_a_key_a_write_has_one_effect_per_message(db: Any, done: list[Any]) -> None:
    assert [write(db, done, message_id=id) for id in ("m1", "m1", "m2")] == [1, 1, 2]
    assert write(db, done, BEN, message_id="m1") == 3
    assert write(db, done, ANNA, "another", message_id="m1") == 4
    assert [write(db, done), write(db, done)] == [5, 6], "a call that is no message runs each time"


def test_a_write_whose_response_is_not_stored_is_done_once_per_message(db: Any, done: list[Any]) -> None:
    def do(actor: Actor = ANNA, **context: Any) -> int:
        work = partial(mongo.in_transaction, lambda: done.append(actor.id))
        inbox.done_once(db, Context(actor=actor, **context), "change", work)
        return len(done)

    assert do(message_id="m1") == 1
    with refused("suite.response_forgotten"):
        do(message_id="m1")
    assert [do(message_id="m2"), do(BEN, message_id="m1"), do(), do()] == [2, 3, 4, 5]
