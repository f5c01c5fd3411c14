"""Public events: how fast the log takes them, and 200 a second to ten webhooks and three queues, from the append to the
receiver."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
from kombu import Connection
from tests.load.figures import Figure
from tests.load.ground import Ground
from wsis_shared.mongo import database
from wsis_shared.settings import Settings
from wsis_testkit import wait_for

from wsis_agencies.deliveries.rules.lane import Cursor
from wsis_agencies.deliveries.store.lanes import Lanes
from wsis_agencies.event_log.rules.log import row_of
from wsis_agencies.event_log.store import EventLog
from wsis_agencies.event_subscriptions.store.queues import EventQueues
from wsis_agencies.event_subscriptions.store.secrets import new_secret, sealed
from wsis_agencies.event_subscriptions.store.subscriptions import EventSubscriptions
from wsis_agencies.event_subscriptions.use_cases.readers import QueueReaders

from . import event_appends

RECEIVERS, QUEUES, RATE, SECONDS, WARM_UP = 10, 3, 200, 20, 3
MOST_MS = 250  # p95


def run(folder: Path) -> Iterator[Figure]:
    """On a stack with the service and its process."""
    os.environ["WSIS_WEBHOOKS_LOOPBACK"] = "1"
    with Ground(folder, "agencies") as ground:
        os.environ.update(ground.stack.environment())  # from here on the stores of this process are those of the stack
        Settings.forget_current()
        db, pids = database("agencies"), ground.stack.pids()
        yield from event_appends.measure(db)
        yield from fan_out(db, {name: pids[name] for name in ("agencies", "agencies-webhooks")}, folder)


def fan_out(db: Any, processes: dict[str, int], folder: Path) -> Iterator[Figure]:
    """The receivers are a process of their own, since this one appends."""
    taken, log = folder / "taken", EventLog(db)
    queues = [_subscribe_queue(db, f"bench-{number}", log.last()) for number in range(QUEUES)]
    arguments = [sys.executable, "-m", __name__, str(taken), str(RECEIVERS), *queues]
    receivers = subprocess.Popen(arguments, stdout=subprocess.PIPE)
    try:
        assert receivers.stdout is not None
        ports = json.loads(receivers.stdout.readline())
        for port in ports:
            _subscribe(db, f"http://127.0.0.1:{port}/", log.last())
        wait_for(lambda: len(EventSubscriptions(db).of_channel("webhook", ["active"])) == RECEIVERS, 30, "handshakes")
        log.append([_row(0, f"{time.time():.6f}")])  # all lanes run once this one has arrived everywhere
        wait_for(lambda: _lines(taken) >= RECEIVERS + QUEUES, 30, "the first event")
        before, began = _cpu(processes), time.time()
        count = 1 + _publish(log)
        seconds, after = time.time() - began, _cpu(processes)
        wait_for(lambda: _lines(taken) >= count * (RECEIVERS + QUEUES), 60, "all deliveries")
    finally:
        receivers.terminate()
        receivers.wait(10)
    rows = [json.loads(line) for line in taken.read_text().splitlines()]
    yield Figure("events appended", count / seconds, "/s", at_least=0.95 * RATE)
    for kind, receiver, number in (("webhooks", int, RECEIVERS), ("queues", str, QUEUES)):
        yield from _figures(
            f"{RATE} events/s to {number} {kind}",
            [row for row in rows if isinstance(row["to"], receiver)],
            began + WARM_UP,
            count * number,
        )
    for name, process in processes.items():
        yield Figure(f"process {name}, of a core", 100 * (after[name] - before[name]) / seconds, "%")
        yield Figure(f"process {name}, memory", psutil.Process(process).memory_info().rss / 2**20, "MB")


def _figures(name: str, rows: Sequence[dict[str, Any]], since: float, count: int) -> Iterator[Figure]:
    late = sorted(1000 * (row["at"] - row["sent"]) for row in rows if row["sent"] > since)
    yield Figure(f"{name}, p50", late[len(late) // 2], "ms")
    yield Figure(f"{name}, p95", late[int(len(late) * 0.95)], "ms", at_most=MOST_MS)
    yield Figure(f"{name}, p99", late[int(len(late) * 0.99)], "ms")
    missing = count - len({(row["to"], row["sequence"]) for row in rows})
    yield Figure(f"{name}, deliveries missing", missing, "of them", at_most=0)


def _cpu(processes: dict[str, int]) -> dict[str, float]:
    """Seconds that each has used."""
    return {name: sum(psutil.Process(process).cpu_times()[:2]) for name, process in processes.items()}


def _subscribe_queue(db: Any, id_: str, position: int) -> str:
    """Returns the URI of the queue, with its name as the fragment."""
    row: dict[str, Any] = {"_id": id_, "channel": "queue", "state": "active", "agency": None, "filters": {}}
    db.event_subscriptions.insert_one(row)
    Lanes(db).start(id_, id_, Cursor(position))
    made = QueueReaders(EventQueues(db)).create(row)
    return f"{made['uri']}#{made['queue']}"


def _subscribe(db: Any, url: str, position: int) -> None:
    id_ = f"bench-{url.split(':')[-1].strip('/')}"
    EventSubscriptions(db).put(
        {
            "_id": id_,
            "owner": "bench",
            "agency": None,
            "name": "bench",
            "channel": "webhook",
            "url": url,
            "filters": {},
            "state": "pending",
            "reason": None,
            "agreed": None,
            "secrets": [sealed(id_, new_secret())],
            "interval": 0.0,
            "test": None,
            "handshake": {"tries": 0, "due": datetime.fromtimestamp(0).astimezone()},
            "created_at": 0,
        }
    )
    Lanes(db).start(id_, id_, Cursor(position))


def _publish(log: EventLog) -> int:
    """Append at the rate, in batches of 50 ms; an event's subject holds the time of its append."""
    batch, began, count = RATE // 20, time.time(), 0
    while time.time() - began < SECONDS:
        now = f"{time.time():.6f}"
        log.append([_row(number, now) for number in range(count, count + batch)])
        count += batch
        time.sleep(max(0.0, began + count / RATE - time.time()))
    return count


def _row(number: int, now: str) -> dict[str, Any]:
    event = {
        "id": uuid.uuid4().hex,
        "source": "/wsis/stocktaking",
        "type": "wsis.stocktaking.entry_published.v1",
        "time": now,
        "subject": str(number),
        "data": {"entry": str(number), "title": "x" * 600},
    }
    return row_of(event, {})


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)


class Taken:
    """The file of what has arrived: a line for each event."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND)

    def add(self, event: dict[str, Any], to: int | str) -> None:
        """`to` is a port or the name of a queue."""
        row = {"at": time.time(), "sent": float(event["time"]), "sequence": event["sequence"], "to": to}
        os.write(self._file, f"{json.dumps(row)}\n".encode())


async def _receive(path: str, count: int, queues: Sequence[str]) -> None:
    """`count` receivers, each on a port of its own, and a reader for each queue. They know just enough of HTTP: what
    receivers cost is not measured."""
    taken = Taken(path)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        port = writer.get_extra_info("sockname")[1]
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                length = re.search(rb"\ncontent-length: *(\d+)", head)
                body = await reader.readexactly(int(length[1])) if length else b""
                if head.startswith(b"post"):
                    taken.add(json.loads(body), port)
                writer.write(b"HTTP/1.1 204 No Content\r\nWebHook-Allowed-Origin: *\r\n\r\n")
        writer.close()

    for queue in queues:
        threading.Thread(target=_read_queue, args=(*queue.split("#"), taken), daemon=True).start()
    servers = [await asyncio.start_server(serve, "127.0.0.1", 0) for _ in range(count)]
    print(json.dumps([server.sockets[0].getsockname()[1] for server in servers]), flush=True)
    await asyncio.Event().wait()


def _read_queue(uri: str, queue: str, taken: Taken) -> None:
    with Connection(uri) as connection:
        channel = connection.channel()
        channel.basic_qos(0, 100, False)

        def take(message: Any) -> None:
            taken.add(json.loads(message.body), queue)
            channel.basic_ack(message.delivery_tag)

        channel.basic_consume(queue, callback=take)
        while True:
            connection.drain_events()


if __name__ == "__main__":
    asyncio.run(_receive(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
