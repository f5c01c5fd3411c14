"""What each user of the broker may do, by its manifest, tried with every exchange, key and queue that anybody uses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from amqp.exceptions import AccessRefused, ResourceLocked
from kombu import Connection
from tests.contract.broker_kit import (
    EVERY_QUEUE,
    FOUND,
    LISTENERS,
    MAIL_QUEUES,
    METHODS,
    NAMES,
    PROCESSES,
    SCRIPT,
)
from wsis_shared.amqp import topology

REPLY = "0" * 32  # the key of somebody's replies
SHARED = (topology.RPC.name, topology.DEAD_LETTERS.name, topology.REQUEUE.name)  # where a service may publish
ANYTHING = "*.*"  # the exact key in no manifest; as a pattern it takes every event


def _keys() -> dict[str, list[str]]:
    """Exchange -> each key that anybody uses there, and one that nobody does."""
    queues = [queue.name for queue in EVERY_QUEUE]
    events = {
        f"{plugin.name}.events": [event.key(plugin.name).routing_key for event in plugin.publishes] for plugin in FOUND
    }
    return {
        topology.RPC.name: [*METHODS, REPLY, *(f"{name}.*" for name in NAMES), *(f"{name}.made_up" for name in NAMES)],
        topology.COMMANDS.name: [queue.name for queue in EVERY_QUEUE if queue.exchange == topology.COMMANDS] + ["x"],
        topology.DEAD_LETTERS.name: [f"{name}.rpc" for name in NAMES] + ["x.rpc"],
        topology.REQUEUE.name: [*queues, "x"],
        topology.MAIL.name: [*MAIL_QUEUES, "mail.nobody.anything"],
        "": queues,
        **{exchange: [*keys, ANYTHING] for exchange, keys in events.items()},
    }


@dataclass(frozen=True)
class Allowed:
    """What a user may publish, which keys it may bind a queue of its own to, and from which queues it may take."""

    publish: set[tuple[str, str]]
    listen: set[tuple[str, str]]
    take: set[str]


def _on(exchange: str, keys: Any) -> set[tuple[str, str]]:
    return {(exchange, key) for key in keys}


def _allowed(user: str) -> Allowed:
    keys, returnable = _keys(), [queue.name for queue in EVERY_QUEUE if topology.returns_dead_letters(queue)]
    replies = {(topology.RPC.name, REPLY)}
    if user == "operator":
        dead = {topology.dead_letter_queue(name).name for name in NAMES}
        return Allowed(_on(topology.REQUEUE.name, returnable), set(), dead)
    if user == "gateway":
        calls = [key for key in keys[topology.RPC.name] if key != REPLY and not key.endswith("*")]
        heard = [pair for name in NAMES for pair in _on(f"{name}.events", keys[f"{name}.events"])]
        publish = _on(topology.RPC.name, calls) | _on(topology.COMMANDS.name, keys[topology.COMMANDS.name])
        return Allowed(publish, replies.union(heard), set())
    for plugin in FOUND:
        for process in plugin.processes:
            if process.full_name(plugin.name) == user:
                publish = _on(topology.RPC.name, (f"{plugin.name}.{method}" for method in process.calls))
                mail = MAIL_QUEUES if user in LISTENERS else []
                events = [] if user in LISTENERS else keys[f"{plugin.name}.events"]
                listen = replies | _on(f"{plugin.name}.events", events)
                return Allowed(publish | _on(topology.MAIL.name, mail), listen, set())
    needs = SCRIPT.needs(FOUND.get(user), FOUND)
    own = _on(f"{user}.events", keys[f"{user}.events"])
    returned = _on(topology.REQUEUE.name, (queue.name for queue in needs.queues if queue.name in returnable))
    heard = {(f"{key.source}.events", key.routing_key) for key in needs.subscribes_to}
    commands = {queue.name for queue in needs.queues if queue.exchange == topology.COMMANDS}
    return Allowed(
        own | returned | replies | _on(topology.RPC.name, needs.calls) | {(topology.DEAD_LETTERS.name, f"{user}.rpc")},
        own
        | returned
        | replies
        | {(topology.RPC.name, f"{user}.*")}
        | heard
        | _on(topology.MAIL.name, (queue.name for queue in needs.queues if queue.exchange == topology.MAIL))
        | _on(topology.COMMANDS.name, commands and keys[topology.COMMANDS.name]),
        {queue.name for queue in needs.queues},
    )


def test_what_is_declared_is_of_one_service_alone() -> None:
    """Who takes a queue or speaks under a name is one; the test below shows that the broker lets nobody else."""
    services, processes = ({user: _allowed(user) for user in users} for users in (NAMES, PROCESSES))
    gateway, operator = _allowed("gateway"), _allowed("operator")
    taken = Counter(queue for each in services.values() for queue in each.take)
    assert taken == dict.fromkeys((queue.name for queue in EVERY_QUEUE), 1)
    for name, each in services.items():
        assert {exchange for exchange, _ in each.publish} <= {f"{name}.events", *SHARED}
        assert {key for exchange, key in each.listen if exchange == topology.RPC.name} == {REPLY, f"{name}.*"}
        assert all(key.startswith(f"mail.{name}.") for exchange, key in each.listen if exchange == topology.MAIL.name)
    for name, each in processes.items():
        called = {key for exchange, key in each.publish if exchange == topology.RPC.name}
        assert {key.partition(".")[0] for key in called} <= {name.partition("-")[0]}
        assert each.publish - _on(topology.RPC.name, called) == (
            _on(topology.MAIL.name, MAIL_QUEUES) if name in LISTENERS else set()
        )
        assert not called or name not in LISTENERS
    assert gateway.take == set().union(*(each.take for each in processes.values())) == set()
    assert operator.take == {topology.dead_letter_queue(name).name for name in NAMES}
    assert operator.listen == set()


class Tries:
    """What one user tries: a refusal closes the channel, so that the next try gets a new one."""

    def __init__(self, connection: Connection) -> None:
        self._connection, self._channel = connection, connection.channel()

    def is_allowed(self, act: Callable[[Any], Any]) -> bool:
        try:
            act(self._channel)
        except AccessRefused:
            self._channel = self._connection.channel()
            return False
        except ResourceLocked:  # it has the right, and only consumers get from a queue with a single active one
            self._channel = self._connection.channel()
        return True

    def publish(self, exchange: str, key: str) -> bool:
        message = self._channel.prepare_message("{}", content_type="text/plain", content_encoding="utf-8")
        return self.is_allowed(lambda channel: channel.basic_publish_confirm(message, exchange, key))

    def listen(self, queue: str, exchange: str, key: str) -> bool:
        return self.is_allowed(lambda channel: channel.queue_bind(queue, exchange, key))

    def take(self, queue: str) -> bool:
        return self.is_allowed(lambda channel: channel.basic_get(queue))


@pytest.mark.parametrize("user", [*NAMES, *PROCESSES, "gateway", "operator"])
def test_what_is_not_declared_is_refused(as_user: Any, user: str) -> None:
    """Every exchange, every key, every queue. `pytest -s` prints the table: allowed of tried."""
    allowed, keys, counts = _allowed(user), _keys(), Counter[tuple[str, str, bool]]()
    wrong: list[str] = []

    def note(what: str, where: str, key: str, *, may: bool, expected: bool) -> None:
        counts[what, where, may] += 1
        if may is not expected:
            wrong.append(f"{user} may {'' if may else 'not '}{what} {key or where} on {where}")

    with Connection(as_user(user), connect_timeout=5) as connection:
        tries, private = Tries(connection), f"rpc.reply-{user}-private"
        if not tries.is_allowed(lambda channel: channel.queue_declare(private, exclusive=True, durable=False)):
            private = topology.dead_letter_queue(NAMES[0]).name  # it has none, and may not bind those of others
        for exchange, each in keys.items():
            for key in each:
                pair = exchange, key
                note("publish", exchange, key, may=tries.publish(*pair), expected=pair in allowed.publish)
                if exchange and key not in METHODS[1:]:  # nobody binds to the default exchange, nor to a method
                    note("listen", exchange, key, may=tries.listen(private, *pair), expected=pair in allowed.listen)
        for queue in EVERY_QUEUE:
            note("take", "queues", queue.name, may=tries.take(queue.name), expected=queue.name in allowed.take)
    places = dict.fromkeys((what, where) for what, where, _ in counts)
    print(
        "\n".join(
            ["", f"| {user} | | allowed | of |", "| --- | --- | --- | --- |"]
            + [
                f"| {what} | {where or '(default)'} | {counts[what, where, True]} | "
                f"{counts[what, where, True] + counts[what, where, False]} |"
                for what, where in places
            ]
        )
    )
    assert wrong == []
    assert sum(counts.values()) > 500
