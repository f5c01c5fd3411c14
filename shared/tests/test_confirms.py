"""Publisher confirms: each message has the confirm that the broker gave it, and no other."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from wsis_shared.amqp.confirms import Confirms
from wsis_shared.amqp.future import Future
from wsis_shared.errors import Unavailable
from wsis_testkit import refused


def _five(confirms: Confirms) -> list[Future]:
    futures = [Future() for _ in range(5)]
    for future in futures:
        confirms.add(future)
    return futures


def _resolved(futures: list[Future]) -> list[int]:
    """The tags of those that the broker has answered, one way or the other."""
    return [tag for tag, future in enumerate(futures, 1) if future.event.is_set()]


@pytest.mark.parametrize(
    ("tag", "multiple", "meant"),
    [(3, True, [1, 2, 3]), (3, False, [3]), (5, True, [1, 2, 3, 4, 5]), (6, False, []), (1, True, [1])],
)
def test_a_confirm_is_of_the_messages_that_it_names(tag: int, multiple: bool, meant: list[int]) -> None:
    for answer in ("on_ack", "on_nack"):
        confirms = Confirms()
        futures = _five(confirms)
        getattr(confirms, answer)(tag, multiple)
        assert _resolved(futures) == meant


def test_a_nack_is_no_confirm() -> None:
    confirms = Confirms()
    first, second, *_ = _five(confirms)
    confirms.on_nack(1, False)
    with refused("suite.broker_full"):
        first.wait(0)
    confirms.on_ack(2, False)
    assert second.wait(0)
    assert (first.refused, second.refused) == (True, False)


def test_a_second_answer_changes_nothing() -> None:
    confirms = Confirms()
    futures = _five(confirms)
    confirms.on_ack(2, True)
    confirms.on_nack(3, True)
    assert [future.error is None for future in futures[:3]] == [True, True, False]


def test_what_is_open_at_the_end_of_its_channel_fails_and_what_is_confirmed_does_not() -> None:
    confirms = Confirms()
    futures = _five(confirms)
    confirms.on_ack(2, True)
    confirms.fail(Unavailable("suite.broker_away"))
    assert [future.error and future.error.code for future in futures] == [None] * 2 + ["suite.broker_away"] * 3


def test_a_return_is_of_the_first_open_message_with_its_id_and_stays_when_it_is_confirmed() -> None:
    confirms = Confirms()
    futures = [Future(id) for id in ("a", "b", "a", "a")]
    for future in futures:
        confirms.add(future)
    confirms.on_ack(1, False)
    confirms.on_return(None, "", "commands.nobody", SimpleNamespace(properties={"message_id": "a"}))
    confirms.on_ack(4, True)
    assert [future.error and future.error.code for future in futures] == [None, None, "suite.service_away", None]


def test_a_refused_command_ends_the_wait_for_its_reply() -> None:
    confirms, reply = Confirms(), Future()
    confirms.add(Future("x", waiter=reply))
    confirms.on_nack(1, False)
    assert reply.event.is_set()
    assert not reply.has_value(0)


def test_a_confirmed_command_still_waits_for_its_reply() -> None:
    confirms, reply = Confirms(), Future()
    confirms.add(Future("x", waiter=reply))
    confirms.on_ack(1, False)
    assert not reply.event.is_set()
    reply.resolve({"result": 1})
    assert reply.has_value(0)
