"""Campaigns in seven languages through one process `sender`, without DKIM and with RSA of 2048 bits, and its memory.

The relay is postfix's smtp-sink where it is installed, else one in Python. WSIS_BENCH_MAILS is the number of readers
(20,000), WSIS_BENCH_CONNECTIONS the number of connections (24). Each reader gets some 50 kB.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from tests.load.figures import Figure, NotMeasured
from wsis_local.stack import Stack
from wsis_shared import clock
from wsis_shared.amqp.client import AmqpClient
from wsis_testkit import fake_service, publish, serve
from wsis_testkit.process import free_port

from . import conftest, newsletter_faults, sender_kit
from .sink import Sink

MAILS = int(os.environ.get("WSIS_BENCH_MAILS", "20000"))
CONNECTIONS = os.environ.get("WSIS_BENCH_CONNECTIONS", "24")
SINK = shutil.which("smtp-sink", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
GROWTH_MEGABYTES = 20


def run(folder: Path) -> Iterator[Figure]:
    """Broker, store, the service and one sender on one machine."""
    folder.mkdir(parents=True, exist_ok=True)
    with relay() as uri:
        made_up = f"{conftest.HERALD}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"  # who publishes events with codes
        environ = {**os.environ, "PYTHONPATH": made_up, "WSIS_SMTP_URI": uri, "WSIS_SMTP_TIMEOUT": "10"}
        # Without the processes of the service: its own `sender` would work on these campaigns too.
        stack = Stack(folder, parts=("broker", "store"), environ=environ)
        with stack:
            os.environ.update(stack.environment())
            db, codes = _database(), Codes(stack.broker.amqp_uri)
            store, began = stack.pids()["store"], time.perf_counter()
            newsletter_faults.add_readers(db, MAILS)
            yield Figure("readers stored", MAILS / (time.perf_counter() - began), "readers/s")
            settings = {
                "WSIS_SMTP_URI": uri,
                "WSIS_NEWSLETTER_CONNECTIONS": CONNECTIONS,
                "WSIS_NICE": "0",
                "WSIS_NEWSLETTER_PER_SECOND": "0",
                "WSIS_NEWSLETTER_WARM_UP": "0=0",
                "WSIS_MAIL_DOMAIN": "mail.wsis.example",
            }
            with serving(stack, environ, folder), codes:
                yield from _campaign(db, folder, settings, store, "DKIM off", 1000)
            yield Figure("codes beside it, from the event to the relay, p95", codes.p95(db), "s", at_most=5)
            signed = {**settings, "WSIS_DKIM_DOMAIN": "wsis.example", "WSIS_DKIM_KEY": new_key()}
            yield from _campaign(db, folder, signed, store, "DKIM of RSA-2048", 700)


def _campaign(db: Any, folder: Path, settings: dict[str, str], store: int, name: str, bar: int) -> Iterator[Figure]:
    campaign = sender_kit.campaign(issue=name)  # nobody gets an issue twice
    db["campaigns"].insert_one({**campaign, "version": 1})
    with sender(folder, settings) as process:
        memory: list[int] = []
        store_before = _cpu(store)
        began = time.perf_counter()
        until = began + 60 + MAILS / 50
        while not db["campaigns"].find_one({"_id": campaign["_id"], "state": "finished"}):
            if time.perf_counter() > until or process.poll() is not None:
                raise NotMeasured(f"{name}: the campaign is not finished")
            time.sleep(0.2)
            found = db["campaigns"].find_one({"_id": campaign["_id"]})
            if found["totals"]["sent"] > MAILS / 5:
                memory.append(psutil.Process(process.pid).memory_info().rss)
        seconds = time.perf_counter() - began
        store_used = _cpu(store) - store_before
        used = psutil.Process(process.pid).cpu_times()
    totals = db["campaigns"].find_one({"_id": campaign["_id"]})["totals"]
    if totals["sent"] != MAILS:
        raise NotMeasured(f"{name}: not all were sent: {totals}")
    yield Figure(f"{name}, start of the process included", MAILS / seconds, "mails/s", at_least=bar)
    yield Figure(f"{name}, CPU of the sender", (used.user + used.system) / MAILS * 1000, "ms/mail")
    yield Figure(f"{name}, CPU of the store", store_used / MAILS * 1000, "ms/mail")
    yield Figure(f"{name}, memory of the sender", max(memory) / 2**20, "MB")
    yield Figure(f"{name}, growth of its memory", (max(memory) - memory[0]) / 2**20, "MB", at_most=GROWTH_MEGABYTES)


@contextmanager
def serving(stack: Stack, environ: dict[str, str], folder: Path) -> Iterator[None]:
    """The service, which sends codes."""
    client = AmqpClient(stack.broker.amqp_uri, "bench-service").start()
    served = serve("notifications", {**environ, **stack.environment()}, client, folder)
    try:
        yield
    finally:
        served.stop()
        client.stop()


class Codes:
    """Someone asks for a code twice a second while this is open."""

    def __init__(self, uri: str) -> None:
        self._uri, self._end, self._asked = uri, threading.Event(), {}  # type: ignore[var-annotated]

    def __enter__(self) -> None:
        contact = {"email": "ama@people.example", "names": "Ama Mensah", "locale": "en"}
        code = {"contact": contact, "code": "482913", "minutes": 15, "url": "/confirm"}
        self._herald = fake_service(self._uri, "herald", {"issue_code": lambda data, account: code})
        self._client = AmqpClient(self._uri, "bench").start()
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
        time.sleep(5)  # the last ones
        self._client.stop()
        self._herald.stop()

    def _ask(self) -> None:
        while not self._end.wait(0.5):
            at = clock.now()
            self._asked[publish(self._client, "herald", "code_wanted", {"challenge": uuid.uuid4().hex})] = at

    def p95(self, db: Any) -> float:
        """Seconds; of a code that was not sent, for ever."""
        sent = {row["event"]: row["sent_at"] for row in db["deliveries"].find({"priority": "high", "state": "sent"})}
        waits = sorted(
            (sent[event] - at).total_seconds() if event in sent else float("inf") for event, at in self._asked.items()
        )
        return waits[int(len(waits) * 0.95)] if waits else float("inf")


@contextmanager
def sender(folder: Path, settings: dict[str, str]) -> Iterator[Any]:
    """One process on generated texts."""
    with (folder / "sender.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, str(newsletter_faults.KIT)], env={**os.environ, **settings}, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def _cpu(pid: int) -> float:
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


@contextmanager
def relay() -> Iterator[str]:
    """A relay that takes everything."""
    if SINK is None:
        with Sink(keep=False) as sink:
            yield sink.uri
        return
    port = free_port()
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([SINK, *user, f"127.0.0.1:{port}", "1000"])
    try:
        yield f"smtp://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


def new_key() -> str:
    """A private key for DKIM."""
    key = rsa.generate_private_key(65537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _database() -> Any:
    from wsis_shared import mongo
    from wsis_shared.collection_specs import ensure_indexes
    from wsis_shared.settings import Settings

    from wsis_notifications.plugin import plugin

    Settings.forget_current()
    db = mongo.database("notifications")
    ensure_indexes(db, plugin.load("collections"))
    return db
