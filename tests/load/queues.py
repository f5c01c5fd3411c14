"""What a request costs the broker by the kind of its queue, on one node and on three: the quorum queue that requests
have, and a classic transient one in its place. Both by turns, 8 requests in flight."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from statistics import median

import psutil
from kombu import Connection, Queue
from tests.load.figures import Figure
from wsis_local.stack import Stack
from wsis_shared.amqp import topology

REQUESTS, TURNS, IN_FLIGHT = 2000, 4, 8
KINDS = {
    "quorum": topology.rpc_queue("bench"),
    "classic and transient": Queue(
        "bench", topology.RPC, routing_key="bench.*", durable=False, queue_arguments={"x-queue-type": "classic"}
    ),
}


def run(folder: Path) -> Iterator[Figure]:
    """The figures."""
    for nodes in (1, 3):
        with Stack(folder / str(nodes), parts=("broker",), brokers=nodes) as stack:
            cost: dict[str, list[float]] = {kind: [] for kind in KINDS}
            for _ in range(TURNS):
                for kind, queue in KINDS.items():
                    cost[kind].append(_cost(stack, queue))
        for kind, found in cost.items():
            yield Figure(f"processor time of {nodes} node(s) for a request, queue {kind}", 1e6 * median(found), "us")


def _cost(stack: Stack, queue: Queue) -> float:
    """Processor seconds of all nodes for a request with its reply."""
    first, *_, last = [*stack.broker.amqp_uri.split(";")] * 2
    with Connection(first) as serving, Connection(last) as asking:
        served = serving.channel()
        served.basic_qos(0, 5 * IN_FLIGHT, False)
        bound = queue(served)
        bound.declare()

        def serve(message: object) -> None:
            served.basic_ack(message.delivery_tag)  # type: ignore[attr-defined]
            properties = message.properties  # type: ignore[attr-defined]
            reply = served.prepare_message(b"x" * 500, properties={"correlation_id": properties["correlation_id"]})
            served.basic_publish(reply, topology.RPC.name, properties["reply_to"])

        served.basic_consume(queue.name, callback=serve)
        over = threading.Event()
        thread = threading.Thread(target=_drain, args=(serving, over))
        thread.start()
        try:
            _ask(asking, REQUESTS // 10)
            before = _seconds(stack)
            _ask(asking, REQUESTS)
            return (_seconds(stack) - before) / REQUESTS
        finally:
            over.set()
            thread.join()
            bound.delete()


def _drain(connection: Connection, over: threading.Event) -> None:
    while not over.is_set():
        with suppress(TimeoutError):
            connection.drain_events(timeout=0.2)


def _ask(connection: Connection, count: int) -> None:
    channel, key, answered, sent = connection.channel(), uuid.uuid4().hex, 0, 0
    replies = topology.reply_queue(f"bench-{key}", key)(channel)
    replies.declare()

    def on_reply(_: object) -> None:
        nonlocal answered
        answered += 1

    channel.basic_consume(replies.name, no_ack=True, callback=on_reply)
    while answered < count:
        while sent < count and sent - answered < IN_FLIGHT:
            properties = {"correlation_id": str(sent), "reply_to": key, "delivery_mode": 1, "expiration": "5000"}
            request = channel.prepare_message(b"y" * 300, properties=properties)
            channel.basic_publish(request, topology.RPC.name, "bench.echo")
            sent += 1
        connection.drain_events(timeout=10)
    channel.close()


def _seconds(stack: Stack) -> float:
    """Processor seconds of the nodes so far."""
    found = 0.0
    for name, pid in stack.pids().items():
        if name.startswith("broker"):
            node = psutil.Process(pid)
            for process in (node, *node.children(recursive=True)):
                if process.name() == "beam.smp":
                    times = process.cpu_times()
                    found += times.user + times.system
    return found
