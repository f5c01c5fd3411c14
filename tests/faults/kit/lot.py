"""Faults drawn by lot: the same seed draws the same ones. Each ends by itself, and the next one comes after it.

Kinds and victims come as from shuffled cards: each kind once before any kind comes again, and so with the victims of
a kind.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import psutil
from tests.faults.kit.event_readers import QueueReader, WebhookReader
from tests.faults.kit.machine import Duration
from tests.faults.kit.members import Cut, ports_of, primary_of
from tests.faults.kit.suite import WORKER, Suite
from wsis_testkit.proxy import Proxy

PRIMARY = "store primary"
ALARM, NORMAL = "0.0001", "0.6"  # of the memory that the broker may take
STOP_SECONDS = 60


class Fault(NamedTuple):
    """What happens to whom, and for how long."""

    kind: str
    victim: str
    seconds: float

    def __str__(self) -> str:
        lasting = f" for {self.seconds:.1f} s" if self.seconds else ""
        return f"{self.kind} {self.victim}{lasting}"


def victims(programs: Sequence[str], members: int, brokers: int = 1) -> dict[str, list[str]]:
    """Kind of fault -> whom it may befall. `programs` are the processes of services; of a gateway also one worker, of
    several members of the store their primary, or all; of several nodes of the broker each, or all."""
    services = sorted(programs)
    nodes = ["broker", *(f"broker-{number}" for number in range(brokers if brokers > 1 else 0))]
    others = ["gateway", WORKER, *nodes, PRIMARY, *(["store"] if members > 1 else [])]
    return {
        "kill": [*services, *others],
        "freeze": [*services, *others],
        "terminate": [*services, "gateway"],
        "cut": [*services, "gateway", *nodes, *([PRIMARY] if members > 1 else [])],
        "hold back": [*services, "gateway", *nodes],
        "memory alarm": ["broker"],
        "stop reading": ["webhook", "queue"],
    }


def drawn(seed: int, count: int, befallen: Mapping[str, Sequence[str]], longest: float) -> list[Fault]:
    """So many faults; those that last take up to `longest` seconds."""
    dice = random.Random(seed)
    kinds = _cards(dice, sorted(befallen))
    whom = {kind: _cards(dice, befallen[kind]) for kind in sorted(befallen)}
    faults = []
    for _ in range(count):
        kind = next(kinds)
        seconds, victim = round(dice.uniform(longest / 10, longest), 1), next(whom[kind])
        at_once = kind in ("kill", "terminate") or (kind == "cut" and victim != PRIMARY)
        faults.append(Fault(kind, victim, 0.0 if at_once else seconds))
    return faults


def _cards(dice: random.Random, values: Sequence[str]) -> Iterator[str]:
    while True:
        shuffled = list(values)
        dice.shuffle(shuffled)
        yield from shuffled


class Faults:
    """Befall a suite. `readers` are those of public events, by name."""

    def __init__(self, suite: Suite, readers: Mapping[str, WebhookReader | QueueReader]) -> None:
        self._suite, self._stack, self._readers = suite, suite.stack, readers
        self.stops = 0
        self.slowest_stop = Duration("slowest stop in good order", 0.0, "s", at_most=30)

    async def befall(self, fault: Fault) -> None:
        """Returns when the fault is over; what it left behind may take longer."""
        how: dict[str, Callable[[Fault], Awaitable[None]]] = {
            "kill": self._kill,
            "freeze": self._freeze,
            "terminate": self._terminate,
            "cut": self._cut,
            "hold back": self._hold_back,
            "memory alarm": self._alarm,
            "stop reading": self._stop_reading,
        }
        await how[fault.kind](fault)

    async def _kill(self, fault: Fault) -> None:
        await asyncio.to_thread(self._send, fault.victim, signal.SIGKILL)

    async def _freeze(self, fault: Fault) -> None:
        pids = await asyncio.to_thread(self._send, fault.victim, signal.SIGSTOP)
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            for pid in pids:
                _thaw(pid)

    def _send(self, victim: str, number: int) -> list[int]:
        """A signal to a program, to the store's primary, or to one worker of the gateway; who got it."""
        if victim == WORKER:
            pid = min(self._suite.workers())
            os.kill(pid, number)
            return [pid]
        return self._stack.kill(self._primary() if victim == PRIMARY else victim, number)

    def _primary(self) -> str:
        name = f"store-{primary_of(self._stack)}"
        return name if name in self._stack.pids() else "store"

    async def _terminate(self, fault: Fault) -> None:
        """In good order; the supervisor starts it again."""
        pid, began = self._stack.pids().get(fault.victim), time.monotonic()
        if pid is None:
            return  # it is just coming back
        os.kill(pid, signal.SIGTERM)
        self.stops += 1
        while _lives(pid) and time.monotonic() - began < STOP_SECONDS:
            await asyncio.sleep(0.05)
        took = time.monotonic() - began
        if took > self.slowest_stop.value:
            self.slowest_stop = replace(self.slowest_stop, value=took, began=began)

    async def _cut(self, fault: Fault) -> None:
        """Connections to the broker, to one node, or of one program are reset; or the store's primary is cut off."""
        if fault.victim == PRIMARY:
            with Cut(self._stack) as cut:
                cut.off(int(self._primary().rpartition("-")[2]))
                await asyncio.sleep(fault.seconds)
            return
        for wire, whose in self._wires(fault.victim):
            await asyncio.to_thread(wire.cut, whose)

    async def _hold_back(self, fault: Fault) -> None:
        """Connections to the broker stay open, and nothing passes: of all, to one node, or of one program."""
        wires = self._wires(fault.victim)
        for wire, whose in wires:
            wire.freeze(whose)
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            for wire, _ in wires:
                wire.thaw()

    def _wires(self, victim: str) -> list[tuple[Proxy, Callable[[int], bool]]]:
        """The wires to the nodes of the broker, and whose connections are meant."""
        wires = self._stack.wires
        if victim.startswith("broker"):
            number = victim.partition("-")[2]
            return [(wire, lambda _port: True) for wire in (wires if not number else [wires[int(number)]])]
        pid = self._stack.pids().get(victim)
        return [] if pid is None else [(wire, ports_of(pid)) for wire in wires]

    async def _alarm(self, fault: Fault) -> None:
        ctl = self._stack.broker.ctl
        await asyncio.to_thread(ctl, "set_vm_memory_high_watermark", ALARM)
        try:
            await asyncio.sleep(fault.seconds)
        finally:
            await asyncio.to_thread(ctl, "set_vm_memory_high_watermark", NORMAL)

    async def _stop_reading(self, fault: Fault) -> None:
        reader = self._readers[fault.victim]
        await asyncio.to_thread(reader.stop)
        await asyncio.sleep(fault.seconds)
        await asyncio.to_thread(reader.start)


def _thaw(pid: int) -> None:
    try:
        group = os.getpgid(pid)
    except ProcessLookupError:
        return  # whoever supervises it has killed it
    if group == pid:
        os.killpg(pid, signal.SIGCONT)
    else:
        os.kill(pid, signal.SIGCONT)


def _lives(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def programs(suite: Suite) -> list[str]:
    """The processes of services and of their further processes."""
    no_service: tuple[Any, ...] = ("gateway", "broker", "epmd", "mail", "store")
    return [name for name in suite.stack.pids() if not name.startswith(no_service)]
