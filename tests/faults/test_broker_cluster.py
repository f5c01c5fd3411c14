"""D19 to D21: one of the broker's three nodes dies, hangs or is cut off, while a client that votes go through is on it.

The nodes boot with the files of deploy/. Each row names the seconds from the fault to the first confirm, and from its
end until each queue has all its members again.
"""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.faults.kit.machine import Duration
from tests.faults.kit.suite import signing
from wsis_local import throwaway
from wsis_local.patience import Deadline, factor
from wsis_shared.amqp import connection, topology
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.doctor import broker as doctor
from wsis_shared.errors import Unavailable
from wsis_testkit import wait_for
from wsis_testkit.shipped_broker import ShippedBroker

FIRST_CONFIRM, WHOLE_SECONDS = 10, 60
VOTES = topology.command_queue("voting", "cast").name


@pytest.fixture(scope="module")
def cluster() -> Iterator[ShippedBroker]:
    with (
        throwaway.folder() as folder,
        ShippedBroker(Path(folder), nodes=3) as made,
        signing(made.passwords["suite"]),
    ):
        wait_for(lambda: _whole(made), WHOLE_SECONDS, "three members of each queue")
        yield made


# As the nodes know it themselves: what the management API says of a queue may be what a former leader said. The node
# itself waits, 20 s at most: each question to it starts an Erlang, which takes a second of the processor.
WHOLE = """
    Members = fun(Q) -> {resource, V, queue, N} = amqqueue:get_name(Q), rabbit_quorum_queue:status(V, N) end,
    Of = fun(Key, Ms) -> [proplists:get_value(Key, M) || M <- Ms] end,
    Whole = fun() ->
        Queues = [Members(Q) || Q <- rabbit_amqqueue:list(), amqqueue:is_quorum(Q)],
        length(Queues) > 60 andalso length(rabbit_nodes:list_running()) == 3 andalso lists:all(fun(Ms) ->
            is_list(Ms) andalso lists:sort(Of(<<"Raft State">>, Ms)) == [follower, follower, leader]
                andalso length(lists:usort(Of(<<"Commit Index">>, Ms))) == 1
        end, Queues)
    end,
    Wait = fun Again(0) -> false;
               Again(Left) -> Whole() orelse begin timer:sleep(250), Again(Left - 1) end
           end,
    Wait(80).
"""


def _whole(cluster: ShippedBroker, node: int = 0) -> bool:
    """Whether all nodes run, and each queue has a member on each that has all of it."""
    try:
        return cluster.evaluate(node, WHOLE).strip() == "true"
    except subprocess.SubprocessError:  # a node that is about to start, or has too much to do, answers no call
        return False


def _leader(cluster: ShippedBroker) -> int:
    queue = wait_for(lambda: cluster.request(f"queues/wsis/{VOTES}").get("leader"), 30, "the leader")
    return cluster.names.index(queue)


def _client_on(cluster: ShippedBroker, node: int) -> AmqpClient:
    """As the gateway's: it has the addresses of all nodes."""
    connection._left.clear()
    while True:
        client = AmqpClient(cluster.uri("gateway"), "gateway").start()
        assert client.wait_connected(20 * factor())
        assert client._connection is not None
        if cluster.hosts[node] in client._connection.address:
            return client
        client.stop()


def _first_confirm(client: AmqpClient) -> float:
    """Seconds until the broker confirms a vote."""
    began, deadline = time.monotonic(), Deadline(WHOLE_SECONDS)
    while not deadline.passed:
        try:
            client.publish(topology.COMMANDS.name, VOTES, {}, {}, timeout=3.0, mandatory=True)
        except Unavailable:
            time.sleep(0.05)  # as who is told to come again
            continue
        return time.monotonic() - began
    return float("inf")


@pytest.fixture
def befall(cluster: ShippedBroker, report: Any) -> Any:
    """`befall("D19", "killed", fault, mend)`: what befalls the leader of the votes' queue, and what ends it."""

    def check(row: str, what: str, fault: Any, mend: Any) -> None:
        node = _leader(cluster)
        client = _client_on(cluster, node)
        try:
            assert _first_confirm(client) < float("inf")
            fault(node)
            befallen = time.monotonic()
            confirmed = _first_confirm(client)
            mend(node)
            began = time.monotonic()
            wait_for(lambda: _whole(cluster, (node + 1) % 3), 2 * WHOLE_SECONDS, "the cluster to be whole again")
            whole = time.monotonic() - began
        finally:
            client.stop()
        report(
            Duration(
                f"{row} leader of three nodes {what}, to the first confirm",
                confirmed,
                "s",
                at_most=FIRST_CONFIRM,
                began=befallen,
            ),
            Duration(
                f"{row} from its end until all queues have three members",
                whole,
                "s",
                at_most=WHOLE_SECONDS,
                began=began,
            ),
        )

    return check


def _said_by_the_doctor(cluster: ShippedBroker) -> set[str]:
    """But for disks, which are those of this machine."""
    uri = f"http://operator:{cluster.passwords['operator']}@{cluster.management}"
    found = doctor.look(uri, cluster.uri("gateway"), 3, None, None)
    return {one.problem for one in found if one.wrong and "disk" not in one.problem}


def test_the_doctor_names_what_is_away(cluster: ShippedBroker) -> None:
    wait_for(lambda: not _said_by_the_doctor(cluster), WHOLE_SECONDS, "nothing to be wrong")
    cluster.send(2, signal.SIGKILL)
    away = {
        f"the node {cluster.names[2]} does not run",
        f"the queue {VOTES} misses its members on {cluster.names[2]}",
    }
    wait_for(lambda: away <= _said_by_the_doctor(cluster), WHOLE_SECONDS, "the doctor to name what is away")
    cluster.start_again(2)
    wait_for(lambda: _whole(cluster), 2 * WHOLE_SECONDS, "the cluster to be whole again")
    wait_for(lambda: not _said_by_the_doctor(cluster), WHOLE_SECONDS, "nothing to be wrong again")


def test_the_leader_is_killed(cluster: ShippedBroker, befall: Any) -> None:
    befall("D19", "killed", lambda node: cluster.send(node, signal.SIGKILL), cluster.start_again)


def test_the_leader_is_frozen(cluster: ShippedBroker, befall: Any) -> None:
    """Long enough for the others to give it up; it finds out when it is thawed."""

    def thaw(node: int) -> None:
        wait_for(lambda: _running(cluster, (node + 1) % 3) == 2, 60, "the others to give it up")
        cluster.send(node, signal.SIGCONT)

    befall("D20", "frozen", lambda node: cluster.send(node, signal.SIGSTOP), thaw)


def test_the_leader_is_cut_off(cluster: ShippedBroker, befall: Any) -> None:
    befall("D21", "cut off", cluster.cut_off, cluster.heal)


# What a node does with the queues of another that it has lost: their clients stay connected, and hear nothing of it.
FORGET = """
    [rabbit_db_queue:delete(amqqueue:get_name(Q), normal) || Q <- rabbit_amqqueue:list(), amqqueue:is_exclusive(Q)], ok.
"""


def test_a_client_whose_reply_queue_is_gone_makes_another(cluster: ShippedBroker) -> None:
    client = AmqpClient(cluster.uri("gateway"), "gateway").start()
    service = AmqpClient(cluster.uri("voting"), "voting").start()
    try:
        wait_for(lambda: _hears(client, service), 20, "a reply queue")
        cluster.evaluate(0, FORGET)
        wait_for(lambda: not _hears(client, service), 20, "its end")
        wait_for(lambda: _hears(client, service), 20, "another reply queue")
    finally:
        client.stop()
        service.stop()


def _hears(client: AmqpClient, service: AmqpClient) -> bool:
    """Does the client get what the service replies?"""
    try:
        service.publish(topology.RPC.name, client._reply_to, {"replies": []}, {}, timeout=3.0, mandatory=True)
    except Unavailable:
        return False
    return True


def _running(cluster: ShippedBroker, node: int) -> int:
    """How many nodes run, as this one says; 0 while it waits for an answer of another itself."""
    try:
        return sum(one["running"] for one in cluster.request("nodes", node))
    except OSError:
        return 0
