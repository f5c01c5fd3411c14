"""P2: requests, refusals and lost connections leave no descriptor in a process, and no queue at the broker."""

import uuid
from contextlib import suppress
from urllib.parse import urlsplit

import psutil
import pytest
from wsis_local.broker import find
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.errors import SuiteError
from wsis_testkit import make_context, publish, wait_for
from wsis_testkit.proxy import behind, proxied

REQUESTS, ROUNDS = 10, 5  # of a round: so many of each kind, then all connections are lost


@pytest.fixture(scope="module")
def wire(environment):
    with proxied(environment["WSIS_AMQP_URI"]) as proxy:
        yield proxy, behind(environment["WSIS_AMQP_URI"], proxy)


@pytest.fixture(scope="module")
def caller(wire):
    made = AmqpClient(wire[1], "caller").start()
    assert made.wait_connected(10)
    yield made
    made.stop()


@pytest.fixture
def service(wire, serve, madeup_installed):
    return serve("madeup", real=True, WSIS_AMQP_URI=wire[1])


@pytest.fixture
def queues(environment):
    """`queues()`: the queues of responses."""
    broker, vhost = find(environment), urlsplit(environment["WSIS_AMQP_URI"]).path.removeprefix("/")

    def names():
        rows = broker.request("GET", f"queues/{vhost}?disable_stats=true&enable_queue_totals=true")
        return [row["name"] for row in rows if row["name"].startswith("rpc.reply-")]

    return names


def test_requests_and_lost_connections_leave_no_descriptor_and_no_queue(caller, service, wire, queues):
    served, here = psutil.Process(service.process.pid), psutil.Process()

    def ask(method, timeout=5.0, **arguments):
        with suppress(SuiteError):
            caller.request("madeup", method, arguments, make_context(), timeout=timeout)

    def answers():
        with suppress(SuiteError):
            return caller.request("madeup", "echo", {"value": 1}, make_context(), timeout=1) == {"value": 1}

    def play():
        for number in range(REQUESTS):
            ask("echo", value="x" * 1000)
            ask("refuse")
            ask("make_secret", n=number)
            ask("slow", timeout=0.001, seconds=0)
            publish(caller, "outside", "told", {"kind": "plain"})
            voter = {"args": {}, "body": {"voter": uuid.uuid4().hex}}
            caller.command("madeup", "cast", voter, make_context(), message_id=uuid.uuid4().hex, wait=0)
        wire[0].cut()
        wait_for(answers, 30, "the connections are back")

    def connections(process, to_broker):
        found = [each.raddr.port for each in process.net_connections("tcp") if each.raddr]
        return sum((port == wire[0].port) == to_broker for port in found)

    def left():
        """Descriptors of the service but its pool of connections to the store, which is larger or smaller."""
        return served.num_fds() - connections(served, False), connections(here, True), len(queues())

    before = left()
    for _ in range(ROUNDS):
        play()
        wait_for(lambda: left() == before, what=f"as before, {before}: {left()}")
