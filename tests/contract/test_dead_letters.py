"""Operators read, requeue and drop dead letters: over the API of each service, and by `wsis dead-letters`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from kombu import Connection
from wsis_shared import clock
from wsis_shared.amqp import dead_letters, queue_stats, serializer, topology
from wsis_shared.errors import Forbidden, NotFound
from wsis_shared.plugin import discover
from wsis_testkit import actor, wait_for
from wsis_testkit.gateway import running_gateway
from wsis_testkit.interruptions import InProcess, die_at
from wsis_testkit.tokens import TokenSigner

FOUND = discover()
SIGNER = TokenSigner()
OPERATOR = actor("operator")
# A service with a queue of events, and one whose messages are secret.
_OPEN = [plugin for plugin in FOUND if plugin.depends_on and plugin.load("service").shows_dead_letters]
OPEN = min(_OPEN, key=lambda plugin: len(plugin.routes))  # the one that starts soonest
SECRET = next(plugin for plugin in FOUND if plugin.depends_on and not plugin.load("service").shows_dead_letters)
BODY = {"type": "wsis.test.thing_done.v1", "data": {"name": "Ama Mensah", "lines": [1, 2, 3, 4, 5]}}


@pytest.fixture(scope="module")
def broker(environment: dict[str, str]) -> Iterator[Any]:
    """A channel of an administrator, and the dead-letter queues of the services."""
    with Connection(environment["WSIS_AMQP_URI"]) as connection:
        channel = connection.channel()
        topology.DEAD_LETTERS(channel).declare()
        yield channel


@pytest.fixture
def queue(broker: Any, request: pytest.FixtureRequest) -> str:
    """The queue of a handler, whose three messages are dead: of OPEN, or of the plugin in the parameter."""
    plugin = getattr(request, "param", OPEN)
    dependency = plugin.depends_on[0]
    handler = topology.event_queue(plugin.name, dependency.method, dependency.key)
    dead = topology.dead_letter_queue(plugin.name)
    topology.event_exchange(dependency.source)(broker).declare()
    for each in (handler, dead):
        each(broker).declare()
        broker.queue_purge(each.name)
    topology.REQUEUE(broker).declare()
    broker.queue_bind(handler.name, topology.REQUEUE.name, handler.name)  # as its consumer does
    for number in range(3):
        publish_dead(broker, dead.name, f"e{number}", handler.name)
    wait_for(lambda: queue_stats.dead_letters(plugin.name) == 3)
    return str(handler.name)


def publish_dead(broker: Any, dead: str, id_: str, origin: str) -> None:
    """A message as the broker puts it into a queue of dead letters."""
    message = broker.prepare_message(
        json.dumps({**BODY, "id": id_}),
        content_type=serializer.CONTENT_TYPE,
        content_encoding="utf-8",
        properties={"message_id": id_},
        headers={"x-first-death-queue": origin, "x-first-death-reason": "rejected"},
    )
    broker.basic_publish(message, "", dead)


def count(broker: Any, name: str) -> int:
    return int(broker.queue_declare(name, passive=True).message_count)


def wsis(*arguments: str, ok: bool = True) -> str:
    command = [str(Path(sys.executable).with_name("wsis")), "dead-letters", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, env=dict(os.environ))
    assert (done.returncode == 0) is ok, done.stderr
    return done.stdout


def test_the_command_lists_them_without_what_is_in_them(broker: Any, queue: str) -> None:
    listed = wsis("list", OPEN.name)
    assert listed.count(f"{queue}: rejected, wsis.test.thing_done.v1") == 3
    assert "Mensah" not in listed
    assert '"name": "(str)"' in listed
    assert "Ama Mensah" in wsis("list", OPEN.name, "--bodies")
    assert wsis("list", OPEN.name, "--search", "mensah", "--queue", queue).count(queue) == 3
    assert wsis("list", OPEN.name, "--search", "nowhere") == ""
    wait_for(lambda: count(broker, f"dead.{OPEN.name}") == 3)
    wsis("list", "mistyped", ok=False)


def test_a_message_that_a_handler_rejects_is_listed_with_its_queue(broker: Any, queue: str) -> None:
    broker.queue_purge(f"dead.{OPEN.name}")
    message = broker.prepare_message(json.dumps(BODY), content_type=serializer.CONTENT_TYPE, content_encoding="utf-8")
    broker.basic_publish(message, "", queue)
    taken = wait_for(lambda: broker.basic_get(queue))
    broker.basic_reject(taken.delivery_tag, requeue=False)
    wait_for(lambda: queue_stats.dead_letters(OPEN.name) == 1)
    assert f"{queue}: rejected, wsis.test.thing_done.v1" in wsis("list", OPEN.name)


def test_the_command_returns_and_drops_those_that_are_chosen(broker: Any, queue: str) -> None:
    first, second, _ = (line.split()[0] for line in wsis("list", OPEN.name).splitlines() if queue in line)
    assert wsis("requeue", OPEN.name, "--id", first).count("requeued") == 1
    back = wait_for(lambda: broker.basic_get(queue))
    assert (json.loads(back.body)["id"], back.content_type) == ("e0", serializer.CONTENT_TYPE)
    wsis("drop", OPEN.name, "--id", second, ok=False)  # it asks first
    assert wsis("drop", OPEN.name, "--id", second, "--yes").count("dropped") == 1
    wait_for(lambda: count(broker, f"dead.{OPEN.name}") == 1)
    wsis("drop", OPEN.name, "--yes", ok=False)  # not all of them by a slip
    assert wsis("requeue", OPEN.name).count("requeued") == 1
    assert (count(broker, f"dead.{OPEN.name}"), wait_for(lambda: count(broker, queue))) == (0, 1)


def test_a_letter_whose_way_back_is_not_there_stays(broker: Any, queue: str) -> None:
    """The queue is that of a handler of a former version: no consumer has bound it."""
    broker.queue_unbind(queue, topology.REQUEUE.name, queue)
    wsis("requeue", OPEN.name, ok=False)
    wait_for(lambda: count(broker, f"dead.{OPEN.name}") == 3)
    assert count(broker, queue) == 0


def test_looking_at_them_again_and_again_loses_nothing(broker: Any, queue: str, environment: dict[str, str]) -> None:
    seen = set()
    for _ in range(25):  # RabbitMQ 4 by itself drops what was given back 20 times
        with dead_letters.reading(environment["WSIS_AMQP_URI"], OPEN.name) as found:
            seen.add(tuple(letter.message_id for letter in found.letters))
    assert seen == {("e0", "e1", "e2")}
    wait_for(lambda: count(broker, f"dead.{OPEN.name}") == 3)


def test_a_queue_that_somebody_reads_is_not_taken_for_empty(queue: str, environment: dict[str, str]) -> None:
    """Voting certifies only where there are none."""
    for _ in range(20):
        with dead_letters.reading(environment["WSIS_AMQP_URI"], OPEN.name) as found:
            assert len(found.letters) == 3
            assert queue_stats.dead_letters(OPEN.name) > 0
        assert queue_stats.dead_letters(OPEN.name) > 0
    wait_for(lambda: queue_stats.dead_letters(OPEN.name) == 3)


@pytest.fixture(scope="module")
def http(
    environment: dict[str, str], serve: Any, fake_service: Any, tmp_path_factory: pytest.TempPathFactory, broker: Any
) -> Iterator[httpx.Client]:
    fake_service("issuer", jwks=SIGNER.jwks)
    serve(OPEN.name)
    settings = {**environment, "WSIS_GATEWAY_PLUGINS": f"{OPEN.name},{SECRET.name}", "WSIS_KEYS_FROM": "issuer.jwks"}
    headers = {"Authorization": f"Bearer {SIGNER.token('operator', sub='op1')}"}
    with running_gateway(settings, tmp_path_factory.mktemp("gateway") / "log", headers) as client:
        wait_for(lambda: client.get(f"/v1/dead-letters?service={OPEN.name}").status_code == 200, 30)
        yield client


def test_operators_read_them_over_the_api(http: httpx.Client, published: Any, queue: str) -> None:
    audit = published(OPEN.name)
    page = http.get("/v1/dead-letters", params={"service": OPEN.name, "limit": 2}).json()
    assert [(row["message_id"], row["queue"]) for row in page["items"]] == [("e0", queue), ("e1", queue)]
    assert page["total"] == 3
    assert "Mensah" not in json.dumps(page)
    rest = http.get("/v1/dead-letters", params={"service": OPEN.name, "limit": 2, "after": page["next"]}).json()
    assert [row["message_id"] for row in rest["items"]] == ["e2"]
    assert rest["next"] is None
    found = http.get("/v1/dead-letters", params={"service": OPEN.name, "q": "MENSAH", "queue": queue}).json()
    assert found["total"] == 3
    [searched] = audit.wait("action_taken")
    assert (searched["data"]["action"], searched["data"]["actor"]) == (f"{OPEN.name}.dead_letters_searched", "op1")
    assert "mensah" not in json.dumps(searched).casefold(), "what is searched for may be an address"
    full = http.post(f"/v1/dead-letters/{page['items'][1]['id']}/body").json()
    assert json.loads(full["body"]) == {**BODY, "id": "e1"}
    _, entry = wait_for(lambda: len(taken := audit.of("action_taken")) == 2 and taken)
    assert entry["data"]["action"] == f"{OPEN.name}.dead_letter_read"
    assert (entry["data"]["actor"], entry["data"]["before"]["letters"][0]["message"]) == ("op1", "e1")
    assert "Mensah" not in json.dumps(entry)
    assert http.post(f"/v1/dead-letters/{OPEN.name}.0f/body").status_code == 404
    assert http.get("/v1/dead-letters?service=nobody").status_code == 422
    assert http.get("/v1/dead-letters").status_code == 422


def test_operators_requeue_and_drop_over_the_api(http: httpx.Client, published: Any, queue: str) -> None:
    audit = published(OPEN.name)
    rows = http.get("/v1/dead-letters", params={"service": OPEN.name}).json()["items"]
    by = {"service": OPEN.name}
    assert http.post("/v1/dead-letters/drop", params=by, json={"reason": "All of them"}).status_code == 422
    dropped = http.post("/v1/dead-letters/drop", params=by, json={"ids": [rows[0]["id"]], "reason": "A fake one"})
    assert dropped.json() == {"count": 1}
    body = {"queue": queue, "reason": "The fault is fixed"}
    assert http.post("/v1/dead-letters/requeue", params=by, json=body).json() == {"count": 2}

    def entries() -> dict[str, tuple[int, str]]:
        moved = ("dead_letters_dropped", "dead_letters_requeued")
        taken = [entry["data"] for entry in audit.of("action_taken") if entry["data"]["action"].endswith(moved)]
        return {entry["action"]: (entry["before"]["count"], entry["reason"]) for entry in taken}

    wait_for(lambda: len(entries()) == 2)
    assert entries() == {
        f"{OPEN.name}.dead_letters_dropped": (1, "A fake one"),
        f"{OPEN.name}.dead_letters_requeued": (2, "The fault is fixed"),
    }


def test_what_cannot_be_requeued_stays_and_the_operator_reads_why(
    http: httpx.Client, published: Any, broker: Any, queue: str
) -> None:
    audit, by, gone = published(OPEN.name), {"service": OPEN.name}, "events.of.a.former.version"
    publish_dead(broker, f"dead.{OPEN.name}", "e3", gone)
    wait_for(lambda: queue_stats.dead_letters(OPEN.name) == 4)
    ids = [row["id"] for row in http.get("/v1/dead-letters", params=by).json()["items"]]
    reply = http.post("/v1/dead-letters/requeue", params=by, json={"ids": ids, "reason": "All of them"})
    assert (reply.status_code, reply.json()["code"]) == (409, "suite.dead_letter_queue_gone")
    assert gone in reply.json()["title"]
    wsis("requeue", OPEN.name, ok=False)
    wait_for(lambda: count(broker, f"dead.{OPEN.name}") == 4)
    assert "All of them" not in [entry["data"]["reason"] for entry in audit.of("action_taken")]


def test_a_process_that_dies_amid_a_drop_leaves_no_drop_without_its_audit(
    broker: Any, queue: str, database: Any
) -> None:
    # In a database of its own: the relay of the service that runs would take the entry away.
    service = InProcess(OPEN.name, database("drops"), defaultdict(dict))
    [first, *_] = service.call("list_dead_letters", OPERATOR, at=clock.now(), service=OPEN.name)["items"]
    body = {"ids": [first["id"]], "reason": "A fake one"}

    def drop() -> Any:
        return service.call("drop_dead_letters", OPERATOR, at=clock.now(), service=OPEN.name, body=body)

    assert die_at(1, drop)  # before the entry is stored
    wait_for(lambda: count(broker, f"dead.{OPEN.name}") == 3)
    assert drop() == {"count": 1}
    [entry] = service.outbox("action_taken")
    assert (entry["data"]["reason"], entry["data"]["before"]["count"]) == ("A fake one", 1)


@pytest.mark.parametrize("role", ["officer", "juror", ""])
def test_nobody_else_does(http: httpx.Client, role: str) -> None:
    headers = {"Authorization": f"Bearer {SIGNER.token(*filter(None, [role]), sub='x')}"}
    body = {"ids": [f"{OPEN.name}.0f"], "reason": "I would like to"}
    by = f"service={OPEN.name}"
    assert http.get(f"/v1/dead-letters?{by}", headers=headers).status_code == 403
    assert http.post(f"/v1/dead-letters/{OPEN.name}.0f/body", headers=headers).status_code == 403
    assert http.post(f"/v1/dead-letters/requeue?{by}", json=body, headers=headers).status_code == 403
    assert http.post(f"/v1/dead-letters/drop?{by}", json=body, headers=headers).status_code == 403


@pytest.mark.parametrize("queue", [SECRET], indirect=True)
def test_bodies_of_a_secret_service_are_neither_shown_nor_searched(serve: Any, queue: str) -> None:
    service = serve(SECRET.name)
    page = service.call("list_dead_letters", OPERATOR, service=SECRET.name)
    assert page["total"] == 3
    assert "Mensah" not in json.dumps(page)
    assert service.call("list_dead_letters", OPERATOR, service=SECRET.name, q="mensah")["total"] == 0
    with pytest.raises(Forbidden, match="suite.dead_letter_secret"):
        service.call("read_dead_letter", OPERATOR, letter=page["items"][0]["id"])


def test_a_letter_that_is_not_there(serve: Any, queue: str) -> None:
    service = serve(OPEN.name)
    with pytest.raises(NotFound, match="suite.dead_letter_unknown"):
        service.call("read_dead_letter", OPERATOR, letter=f"{OPEN.name}.0f")
    reason = {"ids": [f"{OPEN.name}.0f"], "reason": "None"}
    assert service.call("drop_dead_letters", OPERATOR, service=OPEN.name, body=reason) == {"count": 0}
