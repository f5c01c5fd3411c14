"""Officers follow the turnout live: by server-sent events, over HTTP, through a lost broker and a new connection."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote

import pytest
from wsis_local.broker import Broker
from wsis_testkit import wait_for
from wsis_testkit.event_stream import EventClient

from wsis_demo.client import Person


def _follow(officer: Person, path: str, last_id: str = "") -> EventClient:
    officer.refresh()  # the access tokens of these tests live for a minute
    headers = {"Authorization": f"Bearer {officer.token}", **({"Last-Event-ID": last_id} if last_id else {})}
    return EventClient(officer.suite.address + path, headers)


def _disconnect_gateway(environment: dict[str, str]) -> None:
    broker = Broker(environment["WSIS_AMQP_URI"], environment["WSIS_AMQP_MANAGEMENT_URI"])

    def names() -> list[str]:
        connections = cast(list[dict[str, Any]], broker.request("GET", "connections"))
        return [
            connection["name"]
            for connection in connections
            if connection.get("client_properties", {}).get("connection_name") == "wsis gateway"
        ]

    for name in wait_for(names, what="the broker to list the gateway's connection"):
        broker.request("DELETE", f"connections/{quote(name)}")


@pytest.fixture(scope="module")
def voting(contest: Any, people: Any) -> Any:
    """A contest of one category whose voting is open."""
    contest.limit_to("C1")
    contest.submit(people.member(country="RW"), "C1")
    contest.nominate()
    contest.open_voting()
    return contest


def test_two_officers_see_the_votes_rise(stage: Any, voting: Any, people: Any) -> None:
    path = f"{voting.path}/turnout"
    colleague, voters = people.with_role("officer"), [people.member() for _ in range(4)]
    with _follow(voting.officer, path) as one, _follow(colleague, path) as two:
        assert (one.status, two.status) == (200, 200)
        assert one.wait(1)[0]["data"]["votes"] == 0

        def both_see(votes: int) -> bool:
            return all(client.data and client.data[-1].get("votes") == votes for client in (one, two))

        voting.vote(voters[0], "C1")
        wait_for(lambda: both_see(1), 20, "both officers to see the first vote")
        voting.vote(voters[1], "C1")
        wait_for(lambda: both_see(2), 20, "both officers to see the second vote")
        assert "C1" not in str(one.data[-1]), "the turnout says nothing of the choices"
        last_id = two.events[-1]["id"]
        two.close()

        _disconnect_gateway(stage.environment)
        voting.vote(voters[2], "C1")
        wait_for(lambda: one.data[-1].get("votes") == 3, 30, "the stream to go on after the broker was lost")
        assert not one.ended.is_set()
        with _follow(colleague, path, last_id) as again:
            assert again.wait(1)[0]["data"]["votes"] == 3, "what was missed comes first"
            voting.vote(voters[3], "C1")
            wait_for(lambda: again.data[-1].get("votes") == 4, 20, "the last vote")
