"""A broker whose users have the rights that deploy/ gives them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import pytest
from kombu import Connection
from tests.contract.broker_kit import FOUND, NAMES, PROCESSES, SCRIPT
from wsis_local.broker import Broker


@pytest.fixture(scope="module")
def passwords() -> dict[str, str]:
    return {name: f"password of {name}".replace(" ", "-") for name in [*NAMES, *PROCESSES, "gateway", "operator"]}


@pytest.fixture(scope="module")
def as_user(environment: dict[str, str], passwords: dict[str, str]) -> Iterator[Callable[[str], str]]:
    """`as_user("voting")`: the broker's address for one user, after the definitions were imported. Users are those of a
    broker, not of a virtual host: each module has its own, so that two runs on one broker leave each other alone."""
    admin = urlsplit(environment["WSIS_AMQP_URI"])
    vhost = admin.path.removeprefix("/")
    broker = Broker(environment["WSIS_AMQP_URI"], environment["WSIS_AMQP_MANAGEMENT_URI"])
    document = SCRIPT.definitions(FOUND, passwords, vhost)
    for user in document["users"]:
        user["name"] += f"@{vhost}"
    for right in (*document["permissions"], *document["topic_permissions"]):
        right["user"] += f"@{vhost}"
    broker.request("POST", "definitions", document)
    yield lambda name: urlunsplit(
        admin._replace(netloc=f"{name}%40{vhost}:{passwords[name]}@{admin.hostname}:{admin.port}")
    )
    for user in document["users"]:
        broker.request("DELETE", f"users/{quote(user['name'])}")


@pytest.fixture
def channel_of(as_user: Any) -> Iterator[Callable[[str], Any]]:
    """An AMQP channel of one user."""
    connections = []

    def of(name: str) -> Any:
        connections.append(Connection(as_user(name), connect_timeout=5))
        return connections[-1].channel()

    yield of
    for connection in connections:
        connection.release()
