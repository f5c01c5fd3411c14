"""A stack of two versions: each part is installed twice, as `former` and as `today`, and runs as one of them, or for
the moment of a roll as both. Broker and store are the same for both.

What listens on a port of its own, or may not run twice, stops before its successor starts; everything else stops when
its successor is ready, as in a rolling update.
"""

from __future__ import annotations

import asyncio
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from tests.faults.kit.suite import WiredStack
from wsis_local.ports import LOOPBACK, free_ports
from wsis_local.supervise import GATEWAY, Program
from wsis_testkit.proxy import Proxy
from wsis_testkit.versions import Side

FORMER, TODAY = "former", "today"
# service, process ("" for the service itself), whether two may run
PARTS = """
import json
from wsis_shared.plugin import discover
found = discover(routes=False)
assert not found.rejected, found.rejected
print(json.dumps([[plugin.name, "", True] for plugin in found] + [
    [plugin.name, process.name, process.scalable and not process.ports]
    for plugin in found for process in plugin.processes]))
"""


@dataclass(frozen=True)
class Part:
    """A process that an installation has: the gateway, a service or a process of one. `twice`: two may run."""

    name: str
    service: str
    process: str = ""
    twice: bool = True


class TwoVersions(WiredStack):
    """`sides` are set before the start."""

    sides: Mapping[str, Side]

    def _programs(self) -> list[Program]:
        programs = super()._programs()
        self.parts = {side: self._parts_of(side) for side in self.sides}
        self._metrics: dict[str, int] = {}
        self._gateways: dict[str, int] = {}
        templates = {program.name: program for program in programs if not program.autostart}
        self._entry = Proxy(LOOPBACK, 0, listen=self.ports["gateway"])
        both = [
            self._of(part, side, templates.get(part.name) or templates[part.service])
            for side in self.sides
            for part in self.parts[side].values()
        ]
        self._entry.lead_to(self._gateways[FORMER])
        self._running = FORMER
        return [program for program in programs if program.autostart] + both

    def _parts_of(self, side: str) -> dict[str, Part]:
        done = self.sides[side].python({}, "-c", PARTS)
        assert done.returncode == 0, done.stderr[-3000:]
        rows = json.loads(done.stdout)
        services = [
            Part(f"{service}-{process}".strip("-"), service, process, twice) for service, process, twice in rows
        ]
        return {part.name: part for part in (Part(GATEWAY, GATEWAY), *services)}

    def _of(self, part: Part, side: str, template: Program) -> Program:
        """The program of a part on a side."""
        name = f"{part.name}-{side}"
        self._metrics[name] = next(free_ports())
        code = self.sides[side]
        env = {**template.env, **code.environment}
        if part.service == GATEWAY:
            self._gateways[side] = next(free_ports())
            env |= {"WSIS_GATEWAY_PORT": str(self._gateways[side])}
            env |= {"WSIS_GATEWAY_METRICS_PORT": str(self._metrics[name])}
            argv = [sys.executable, "-m", "gunicorn", "-c", str(code.gateway / "gunicorn.conf.py")]
        else:
            env |= {"WSIS_METRICS_PORT": str(self._metrics[name])}
            module = "wsis_shared.serve_process" if part.process else "wsis_shared.serve"
            argv = [sys.executable, "-m", module, part.service, *([part.process] if part.process else [])]
        group, standby = template.group or GATEWAY, side == TODAY
        return replace(template, name=name, argv=tuple(argv), env=env, group=group, standby=standby)

    def _prepare(self) -> None:
        self.prepare(FORMER)

    def prepare(self, side: str) -> None:
        """What the Job of a release does before anything is replaced: migrations, indexes, queues, initial data."""
        self.sides[side].wsis(self.environment(), "prepare", timeout=600)

    def states(self) -> dict[str, str]:
        """Without what is stopped: of each part one side is."""
        return {name: state for name, state in super().states().items() if state != "STOPPED"}

    @property
    def readiness_uri(self) -> str:
        """/readyz of the gateway that gets new connections."""
        return f"http://{LOOPBACK}:{self._metrics[f'{GATEWAY}-{self._running}']}/readyz"

    async def roll(self, to: str, between: Callable[[str], Awaitable[None]]) -> None:
        """Replace every part by that of this side, one by one: forward gateways first, back gateways last. `between` is
        told what runs now, where two run before the former one stops."""
        former = FORMER if to == TODAY else TODAY
        names = list(dict.fromkeys([*self.parts[to], *self.parts[former]]))
        for name in names if to == TODAY else reversed(names):
            coming, going = self.parts[to].get(name), self.parts[former].get(name)
            if going and not (coming and coming.twice):
                await asyncio.to_thread(self.stop_program, f"{name}-{former}")
                going = None
            if coming:
                await asyncio.to_thread(self._start_part, coming, to)
            await between(f"{name}: {to if coming else 'no more'}")
            if going:
                await asyncio.to_thread(self.stop_program, f"{name}-{former}")

    def _start_part(self, part: Part, side: str) -> None:
        """Start it as this side and wait until it is ready."""
        name = f"{part.name}-{side}"
        self.start_program(name)
        # A gateway is ready with its broker; that of a version without this probe, with all its services.
        paths = ("readyz/broker", "readyz") if part.service == GATEWAY else ("readyz",)
        uris = [f"http://{LOOPBACK}:{self._metrics[name]}/{path}" for path in paths]
        self.wait_until(lambda: any(map(_answers, uris)), f"{name} to be ready", 120)
        if part.service == GATEWAY:
            self._running = side
            self._entry.lead_to(self._gateways[side])

    def stop(self) -> None:
        """Stop everything."""
        super().stop()
        if hasattr(self, "_entry"):
            self._entry.close()


def _answers(uri: str) -> bool:
    try:
        with urllib.request.urlopen(uri, timeout=5) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False
