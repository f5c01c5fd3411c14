"""A campaign amid kills, cuts and readers who leave, with the relay as judge (rows N1 to N3)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from wsis_local.patience import Deadline, factor
from wsis_shared import clock
from wsis_shared.errors import Unavailable
from wsis_shared.keys import mailbox_secret
from wsis_shared.mongo import TRANSIENT, in_transaction

from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.campaigns.use_cases.withdrawal import Withdrawal
from wsis_notifications.subscribers.store.subscribers import Subscribers, SubscriptionRequests
from wsis_notifications.subscriptions.use_cases.preferences import PreferencesCases

from . import sender_kit
from .sink import Sink

KIT = Path(__file__).with_name("sender_kit.py")
CONNECTIONS = 8


@dataclass
class Outcome:
    """What the judge found."""

    twice: int
    missed: int
    after_leaving: int
    unknown: int
    left: int
    taken: int
    seconds: float = 0.0


@dataclass
class Senders:
    """Processes `sender` on generated texts; `kill` ends one by force and starts another in its place."""

    environment: Mapping[str, str]
    log: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        with self.log.open("ab") as log:
            env = {**os.environ, **self.environment}
            self.running.append(subprocess.Popen([sys.executable, str(KIT)], env=env, stdout=log, stderr=log))

    def kill(self, number: int) -> None:
        victim = self.running.pop(number % len(self.running))
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        self.start()

    def stop(self) -> None:
        for process in self.running:
            process.terminate()
        for process in self.running:
            # One that has just been started in place of another does not listen to the signal yet.
            assert process.wait(60 * factor()) in (0, -signal.SIGTERM), self.log.read_text("utf-8")[-2000:]


def add_readers(db: Any, count: int) -> list[dict[str, Any]]:
    """Generated readers, stored."""
    made, store = list(sender_kit.readers(count)), Subscribers(db)
    for at in range(0, count, 2000):
        part = made[at : at + 2000]
        in_transaction(lambda part=part: store.add_many(part, clock.now()))  # type: ignore[misc]
    return made


def leave(db: Any, reader: str) -> None:
    """As the service does it, until it is confirmed."""
    cases = PreferencesCases(
        Subscribers(db), SubscriptionRequests(db), Suppressions(db), mailbox_secret(), (Withdrawal(db),)
    )
    while True:
        try:
            return cases.unsubscribe(reader)
        except (Unavailable, *TRANSIENT):
            time.sleep(0.1)


def play(
    db: Any,
    sink: Sink,
    senders: Senders,
    readers: list[dict[str, Any]],
    *,
    kills: int,
    leavers: int,
    faults: Iterable[Callable[[], None]] = (),
    seed: int = 1,
    limit: float = 90.0,
) -> Outcome:
    """Send to all while senders die and readers leave; returns when the campaign is finished. `limit`: seconds of a
    quiet machine."""
    dice, began = random.Random(seed), time.monotonic()
    campaign = sender_kit.campaign()
    db["campaigns"].insert_one({**campaign, "version": 1})
    for _ in range(2):
        senders.start()
    more = list(faults)
    steps = [len(readers) * (number + 1) // (kills + len(more) + 2) for number in range(kills + len(more))]
    acts: list[Callable[[], None]] = [lambda number=number: senders.kill(number) for number in range(kills)]  # type: ignore[misc]
    acts += more
    dice.shuffle(acts)
    left: dict[str, float] = {}
    leaving = threading.Thread(target=_leave_all, args=(db, sink, dice.sample(readers, leavers), len(readers), left))
    leaving.start()
    deadline = Deadline(limit)
    while not deadline.passed:
        if steps and len(sink.taken) >= steps[0]:
            steps.pop(0)
            acts.pop()()
        if not steps and _is_finished(db, campaign["_id"]):
            break
        time.sleep(0.02)
    else:
        raise AssertionError(f"not finished: {senders.log.read_text('utf-8')[-3000:]}")
    leaving.join()
    senders.stop()
    return _judge(db, sink, readers, left, time.monotonic() - began)


def _is_finished(db: Any, campaign: str) -> bool:
    try:
        return db["campaigns"].find_one({"_id": campaign, "state": "finished"}) is not None
    except TRANSIENT:
        return False  # the store is being killed


def _leave_all(db: Any, sink: Sink, some: list[dict[str, Any]], total: int, left: dict[str, float]) -> None:
    """Evenly over the first nine tenths of the campaign."""
    for number, reader in enumerate(some):
        while len(sink.taken) < total * 0.9 * number / len(some):
            time.sleep(0.005)
        leave(db, reader["_id"])
        left[reader["email"]] = time.time()


def _judge(db: Any, sink: Sink, readers: list[dict[str, Any]], left: Mapping[str, float], seconds: float) -> Outcome:
    counts = sink.counts()
    ids = {row["_id"].partition("|")[2]: row for row in db["newsletter_deliveries"].find()}
    unknown = {id for id, row in ids.items() if row["state"] == "unknown"}
    missed = [
        reader
        for reader in readers
        if not counts[reader["email"]] and reader["_id"] not in unknown and reader["email"] not in left
    ]
    return Outcome(
        twice=sum(count > 1 for count in counts.values()),
        missed=len(missed),
        after_leaving=sum(at > left.get(recipient, float("inf")) for recipient, at in sink.taken),
        unknown=len(unknown),
        left=len(left),
        taken=len(counts),
        seconds=seconds,
    )
