"""The operator's tool: dead letters are shown without their bodies, returned to their queue, or dropped."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection
from wsis_shared.amqp import serializer, topology
from wsis_shared.events import EventKey
from wsis_testkit import wait_for

SCRIPT = Path(__file__).parents[2] / "deploy/dead_letters.py"


@pytest.fixture
def channel(environment: dict[str, str]) -> Iterator[Any]:
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        yield connection.channel()


@pytest.fixture
def queue(channel: Any) -> str:
    """A reader's queue whose one message could not be handled."""
    topology.DEAD_LETTERS(channel).declare()
    topology.event_exchange("publisher")(channel).declare()
    reader = topology.event_queue("reader", "on_thing_done", EventKey("publisher", "thing_done"))
    dead = topology.dead_letter_queue("reader")
    for each in (reader, dead):
        each(channel).declare()
        channel.queue_purge(each.name)
    message = channel.prepare_message("a secret", content_type=serializer.CONTENT_TYPE, content_encoding="utf-8")
    channel.basic_publish(message, "publisher.events", "thing_done.v1")
    taken = wait_for(lambda: channel.basic_get(reader.name))
    channel.basic_reject(taken.delivery_tag, requeue=False)
    wait_for(lambda: _count(channel, dead.name) == 1)
    return str(reader.name)


def _count(channel: Any, name: str) -> int:
    return int(channel.queue_declare(name, passive=True).message_count)


def _run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, str(SCRIPT), *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_show_keeps_it_and_hides_its_content(channel: Any, queue: str) -> None:
    shown = _run("show", "reader")
    assert shown.startswith(f"kept     {queue}: rejected, 8 bytes")
    assert "secret" not in shown
    assert "a secret" in _run("show", "reader", "--bodies")
    wait_for(lambda: _count(channel, "dead.reader") == 1)


def test_looking_at_it_again_and_again_loses_nothing(channel: Any, queue: str, environment: dict[str, str]) -> None:
    for _ in range(25):  # RabbitMQ 4 by itself drops what was given back 20 times
        with Connection(environment["WSIS_AMQP_URI"]) as looking:
            place = looking.channel()
            assert wait_for(lambda place=place: place.basic_get("dead.reader"))
    wait_for(lambda: _count(channel, "dead.reader") == 1)


def test_return_sends_it_back_to_its_queue(channel: Any, queue: str) -> None:
    assert _run("return", "reader").startswith(f"returned {queue}")
    back = wait_for(lambda: channel.basic_get(queue))
    assert (back.body, back.content_type) == ("a secret", serializer.CONTENT_TYPE)
    assert _count(channel, "dead.reader") == 0


def test_drop_removes_it(channel: Any, queue: str) -> None:
    assert _run("drop", "reader").startswith(f"dropped  {queue}")
    assert (_count(channel, "dead.reader"), _count(channel, queue)) == (0, 0)
