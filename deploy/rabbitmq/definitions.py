"""Print the broker's definitions from the manifests: exchanges, queues with their policies, bindings, and one user per
service and further process with the least rights that it needs.

    python deploy/rabbitmq/definitions.py PASSWORDS.json [--vhost wsis] > definitions.json

RabbitMQ has three rights by regular expression on the names of exchanges and queues (configure, write, read), and on
topic exchanges two more on routing keys (https://www.rabbitmq.com/docs/access-control). With these a service
  - consumes its own queues alone: no other service can read a queued vote,
  - returns dead letters to its own queues alone,
  - publishes events under its own name alone,
  - calls only the methods that its manifest and its clients name.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import inspect
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kombu import Queue
from wsis_shared.amqp import subscribers, topology
from wsis_shared.bus import Composed, ServiceClient
from wsis_shared.events import EventKey
from wsis_shared.passwords import Passwords, load
from wsis_shared.plugin import DiscoveryResult, Plugin, discover
from wsis_shared.process import Process

REQUESTS = (topology.rpc_queue, topology.probe_queue)
SHARED_EXCHANGES = (topology.RPC, topology.COMMANDS, topology.DEAD_LETTERS)
# Reply queues are bound under a random hex key.
HEX = "[0-9a-f]{32}"


@dataclass(frozen=True)
class Needs:
    """What one service does on the bus, read from its manifest and its class."""

    name: str
    queues: tuple[Queue, ...]
    subscribes_to: frozenset[EventKey]
    calls: frozenset[str]  # routing keys


def needs(plugin: Plugin, found: DiscoveryResult) -> Needs:
    """Queues that it consumes, events that it subscribes to, methods that it calls."""
    service = plugin.load("service")
    queues = [make(plugin.name) for make in (*REQUESTS, topology.dead_letter_queue)]
    if plugin.jobs:
        queues.append(topology.job_queue(plugin.name))
    of_kind = {"command": topology.command_queue, "mail": topology.mail_queue}
    queues += [
        of_kind[method.wsis_kind](plugin.name, name)
        for name, method in sorted(entrypoints(service))
        if method.wsis_kind in of_kind
    ]
    queues += subscribers.queues_of(plugin, found)
    selected = {key for selection in plugin.selects for key in selection.events(found)}
    subscribes_to = selected | {dependency.key for dependency in plugin.depends_on}
    clients = [value for _, value in inspect.getmembers_static(service) if isinstance(value, (ServiceClient, Composed))]
    calls = frozenset(call for client in clients for call in client.calls)
    return Needs(plugin.name, tuple(queues), frozenset(subscribes_to), calls)


def entrypoints(service: type) -> Iterator[tuple[str, Any]]:
    """Its methods that take messages, with their names."""
    for name in dir(service):
        method = getattr(service, name, None)
        if hasattr(method, "wsis_kind"):
            yield name, method


def definitions(found: DiscoveryResult, passwords: Mapping[str, str], vhost: str = "wsis") -> dict[str, Any]:
    """The document that RabbitMQ imports (`load_definitions`)."""
    known = Passwords(passwords)
    every = [needs(plugin, found) for plugin in found]
    sources = {plugin.name for plugin in found} | {key.source for one in every for key in one.subscribes_to}
    exchanges = [*SHARED_EXCHANGES, topology.MAIL, topology.REQUEUE]
    exchanges += [topology.event_exchange(source) for source in sorted(sources)]
    rights = [_rights_of_service(one, every) for one in every]
    rights += [
        _rights_of_process(plugin.name, process, every)
        for plugin in found
        for process in plugin.processes
        if "amqp" in process.needs
    ]
    rights += [_rights_of_gateway(every), _rights_of_operator(every)]
    rights = [{**right, "user": user} for right in rights for user in known.users_of(right["user"])]
    return {
        "vhosts": [{"name": vhost}],
        "exchanges": [
            {
                "name": exchange.name,
                "vhost": vhost,
                "type": exchange.type,
                "durable": True,
                "auto_delete": False,
                "internal": False,
                "arguments": {},
            }
            for exchange in exchanges
        ],
        "queues": [
            {
                "name": queue.name,
                "vhost": vhost,
                "durable": True,
                "auto_delete": False,
                "arguments": queue.queue_arguments,
            }
            for one in every
            for queue in one.queues
        ],
        "policies": [
            {
                "vhost": vhost,
                "name": kind,
                "pattern": pattern,
                "apply-to": "quorum_queues",
                "priority": 0,
                "definition": {"target-group-size": topology.MEMBERS, **length},
            }
            for kind, pattern, length in _lengths()
        ],
        "bindings": [
            {
                "source": source,
                "vhost": vhost,
                "destination": queue.name,
                "destination_type": "queue",
                "routing_key": key,
                "arguments": {},
            }
            for one in every
            for queue in one.queues
            for source, key in [*_bindings(queue), *_way_back(queue)]
        ],
        "users": [
            {
                "name": right["user"],
                "password_hash": _hash(known[right["user"]]),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": right["tags"],
                "limits": {},
            }
            for right in rights
        ],
        "permissions": [
            {"user": right["user"], "vhost": vhost, **{kind: right[kind] for kind in ("configure", "write", "read")}}
            for right in rights
        ],
        "topic_permissions": [
            {"user": right["user"], "vhost": vhost, "exchange": exchange, "write": write, "read": read}
            for right in rights
            for exchange, (write, read) in right["topics"].items()
        ],
    }


def _lengths() -> Iterator[tuple[str, str, dict[str, int]]]:
    """(name, pattern, keys) of each policy: a queue has one. It changes queues that exist, as no argument does."""
    for kind, most in topology.MAX_BYTES.items():
        yield kind, rf"^{kind}\.", {"max-length-bytes": most}
    yield "rpc", "^rpc-", {}  # requests expire


def _rights_of_service(one: Needs, every: list[Needs]) -> dict[str, Any]:
    name = one.name
    sources = sorted({key.source for key in one.subscribes_to})
    own = [re.escape(queue.name) for queue in one.queues]
    private = [rf"rpc\.reply-{name}-.*"]
    # It declares the queues of its consumers, also of those that have not run yet: no event is published before them.
    readers = [
        re.escape(queue.name)
        for other in every
        if other is not one
        for queue in other.queues
        for source, _ in _bindings(queue)
        if source == f"{name}.events"
    ]
    shared = [re.escape(exchange.name) for exchange in SHARED_EXCHANGES]
    mail = [topology.MAIL.name] if any(queue.exchange == topology.MAIL for queue in one.queues) else []
    # Whoever may read an exchange that is not of type topic may bind a queue of its own to every key: to all votes.
    read = [topology.RPC.name, topology.DEAD_LETTERS.name]
    read += [topology.COMMANDS.name] if any(queue.exchange == topology.COMMANDS for queue in one.queues) else []
    heard = [rf"{source}\.events" for source in sources] + mail
    requeue = topology.REQUEUE.name
    published_to = [topology.RPC.name, topology.DEAD_LETTERS.name, requeue]
    bound = [re.escape(make(name).routing_key) for make in REQUESTS]
    topics = {
        topology.RPC.name: (_any([HEX, *map(re.escape, sorted(one.calls))]), _any([HEX, *bound])),
        topology.DEAD_LETTERS.name: (_any([rf"{name}\..*"]), _any([rf"{name}\.#"])),
        topology.REQUEUE.name: (_any(_returnable(one.queues)), _any(_returnable(one.queues))),
        f"{name}.events": (".*", ".*"),
    }
    if mail:
        topics[topology.MAIL.name] = ("^$", _any([rf"mail\.{name}\..*"]))
    for source in sources:
        if source != name:
            topics[f"{source}.events"] = ("^$", _any(_routing_keys(one, source)))
    return {
        "user": name,
        "tags": [],
        "configure": _any([*shared, requeue, rf"{name}\.events", *heard, *own, *readers, *private]),
        "write": _any([*published_to, rf"{name}\.events", *own, *readers, *private]),
        "read": _any([*read, requeue, rf"{name}\.events", *heard, *own, *private]),
        "topics": topics,
    }


def _rights_of_process(service: str, process: Process, every: list[Needs]) -> dict[str, Any]:
    # It calls what it names of its own service, and reads its events, unless it listens to the Internet; it consumes no
    # queue of requests or commands.
    name, mail = process.full_name(service), "smtp_in" in process.needs
    private = [rf"rpc\.reply-{name}-.*", rf"listen\.{name}-.*"]
    shared = [re.escape(exchange.name) for exchange in SHARED_EXCHANGES]
    events = [] if mail else [rf"{service}\.events"]
    queues = [queue for one in every for queue in one.queues if queue.exchange == topology.MAIL]
    published_to = [topology.RPC.name] if process.calls else []
    published_to += [topology.MAIL.name] if mail else []
    topics = {
        topology.RPC.name: (_any(rf"{service}\.{re.escape(method)}" for method in process.calls), _any([HEX])),
        f"{service}.events": ("^$", "^$" if mail else ".*"),
    }
    if mail:
        topics[topology.MAIL.name] = (_any(re.escape(queue.name) for queue in queues), "^$")
    return {
        "user": name,
        "tags": [],
        "configure": _any([*shared, *events, *private]),
        "write": _any([*published_to, *private]),
        "read": _any([topology.RPC.name, *events, *private]),
        "topics": topics,
    }


def _routing_keys(one: Needs, source: str) -> list[str]:
    return [re.escape(key.routing_key) for key in one.subscribes_to if key.source == source]


def _rights_of_gateway(every: list[Needs]) -> dict[str, Any]:
    names = "|".join(one.name for one in every)
    private = [r"rpc\.reply-gateway-.*", r"listen\.gateway-.*"]
    shared = [re.escape(exchange.name) for exchange in SHARED_EXCHANGES]
    events = [rf"({names})\.events"]
    return {
        "user": "gateway",
        "tags": [],
        "configure": _any([*shared, *events, *private]),
        "write": _any([topology.RPC.name, topology.COMMANDS.name, *private]),
        "read": _any([topology.RPC.name, *events, *private]),
        "topics": {
            topology.RPC.name: (_any([rf"({names})\.([a-z_]+|{re.escape(topology.PROBE)})"]), _any([HEX])),
            **{f"{one.name}.events": ("^$", ".*") for one in every},
        },
    }


def _rights_of_operator(every: list[Needs]) -> dict[str, Any]:
    # Reads dead letters and returns them to where they came from; may not read the queues of requests, commands or
    # events, nor publish to their exchanges.
    return {
        "user": "operator",
        "tags": ["monitoring"],
        "configure": "^$",
        "write": _any([topology.REQUEUE.name]),
        "read": _any(re.escape(topology.dead_letter_queue(one.name).name) for one in every),
        "topics": {topology.REQUEUE.name: (_any(_returnable(queue for one in every for queue in one.queues)), "^$")},
    }


def _returnable(queues: Iterable[Queue]) -> list[str]:
    return [re.escape(queue.name) for queue in queues if topology.returns_dead_letters(queue)]


def _any(patterns: Iterable[str]) -> str:
    return f"^({'|'.join(sorted(set(patterns)))})$"


def _bindings(queue: Queue) -> list[tuple[str, str]]:
    if queue.bindings:
        return sorted((bound.exchange.name, bound.routing_key) for bound in queue.bindings)
    return [(queue.exchange.name, queue.routing_key)]


def _way_back(queue: Queue) -> list[tuple[str, str]]:
    return [(topology.REQUEUE.name, queue.name)] if topology.returns_dead_letters(queue) else []


def _hash(password: str) -> str:
    """https://www.rabbitmq.com/docs/passwords: a salt of four bytes before the SHA-256 of salt and password."""
    salt = secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def main() -> None:
    """Print them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("passwords", type=Path)
    parser.add_argument("--vhost", default="wsis")
    options = parser.parse_args()
    found = discover()
    if found.rejected:
        raise SystemExit(f"refused manifests: {dict(found.rejected)}")
    print(json.dumps(definitions(found, load(options.passwords), options.vhost), indent=2))


if __name__ == "__main__":
    main()
