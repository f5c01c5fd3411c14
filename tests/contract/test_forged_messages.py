"""Passwords of the broker are no authority on who votes and who is an officer."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from kombu import Connection
from wsis_shared import clock
from wsis_shared.amqp import queue_stats, serializer, topology
from wsis_shared.context import to_headers
from wsis_shared.plugin import discover
from wsis_testkit import actor, make_context, wait_for

CAST = topology.command_queue("voting", "cast").name
EDITION, PROJECT = "2091", "2091.c1.p1"


@pytest.fixture(scope="module")
def contest(fake_service: Any) -> dict[str, Any]:
    """Voting that is open, as prizes would tell of it."""
    now = clock.now()
    told = {
        "edition": EDITION,
        "opens_at": clock.iso(now - timedelta(hours=1)),
        "closes_at": clock.iso(now + timedelta(hours=1)),
        "rule": {"every_category": False, "categories": ["C1"]},
        "nominees": [
            {
                "project": PROJECT,
                "number": 1,
                "category": "C1",
                "title": "Radio",
                "organization": "Élan",
                "country": "NO",
            }
        ],
        "disqualified": [],
        "champions_announced": False,
    }
    fake_service("prizes", contest=lambda edition: told)
    return told


@pytest.fixture(scope="module")
def voting(serve: Any, contest: dict[str, Any], as_user: Callable[[str], str]) -> Any:
    return serve("voting", WSIS_AMQP_URI=as_user("voting"))


@pytest.fixture
def publish_as(as_user: Callable[[str], str]) -> Callable[..., None]:
    """`publish_as("operator", exchange, key, body, context)`: with that password alone, and no secret of the suite."""

    def publish(user: str, exchange: str, key: str, body: Any, headers: Any, **properties: str) -> None:
        with Connection(as_user(user), connect_timeout=5) as connection:
            channel = connection.channel()
            message = channel.prepare_message(
                json.dumps(body),
                content_type=serializer.CONTENT_TYPE,
                content_encoding="utf-8",
                headers={**headers, "nameko.call_id_stack": ["x"]},
                properties={"message_id": uuid.uuid4().hex, "reply_to": "0" * 32, **properties},
            )
            channel.basic_publish_confirm(message, exchange, key)

    return publish


@pytest.mark.parametrize(
    ("user", "exchange"), [("operator", topology.REQUEUE.name), ("gateway", topology.COMMANDS.name)]
)
@pytest.mark.parametrize("received", ["now", "before the close"])
def test_a_forged_vote_is_set_aside(
    voting: Any, database: Any, publish_as: Any, user: str, exchange: str, received: str
) -> None:
    """As whoever the forger likes, and dated as the forger likes."""
    voter, honest = actor(), actor()
    at = clock.now() - timedelta(minutes=30 if received == "before the close" else 0)
    body = {"args": {"edition": EDITION}, "body": {"category": "C1", "project": PROJECT}}
    before = queue_stats.dead_letters("voting")
    publish_as(user, exchange, CAST, body, to_headers(make_context(voter, received_at=at)))
    wait_for(lambda: queue_stats.dead_letters("voting") == before + 1, what="the forged vote")
    voting.command("cast", honest, **body)
    assert voting.call("read_ballot", honest, edition=EDITION)["voted"] != []
    assert voting.call("read_ballot", voter, edition=EDITION)["voted"] == []
    stored = [
        str(row) for name in database("voting").list_collection_names() for row in database("voting")[name].find()
    ]
    assert not [row for row in stored if str(voter.id) in row], "nothing that names the voter was stored"
    assert '"not signed"' in voting.log.read_text("utf-8")


def test_a_forged_officer_gives_no_roles(serve: Any, database: Any, as_user: Any, publish_as: Any) -> None:
    """With the password of the gateway, which may call every method."""
    accounts = serve("accounts", WSIS_AMQP_URI=as_user("accounts"))
    plugin = discover(only=("accounts",)).get("accounts")
    assert plugin is not None
    for number in range(2):  # what takes two officers takes two forged ones
        ctx = make_context(actor("officer", id=f"officer-{number}"))
        body = {"args": [], "kwargs": {"account": "friend", "body": {"roles": ["officer"], "reason": "Because"}}}
        publish_as("gateway", topology.RPC.name, "accounts.set_roles", body, to_headers(ctx))
    wait_for(lambda: accounts.log.read_text("utf-8").count("message not signed") == 2)
    assert accounts.call("health")["service"] == "accounts"
    assert database("accounts")["audit"].count_documents({}) == 0
