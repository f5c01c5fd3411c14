"""A further process of a service, started as `wsis run SERVICE PROCESS`."""

from __future__ import annotations

import signal
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wsis_local.ports import free_ports
from wsis_shared.plugin import discover
from wsis_testkit import programs, wait_for


@dataclass
class Started:
    """It runs, or has ended. `ports` are those of the manifest, by name, each a free port of this machine."""

    process: programs.Running
    log: Path
    ports: Mapping[str, int]

    def stop(self, number: int = signal.SIGTERM, seconds: float = 30.0) -> int:
        """Send a signal and wait for the end; returns the exit status."""
        return programs.stop(self.process, number, seconds)


def start_process(service: str, name: str, environment: Mapping[str, str], log: Path, *, real: bool = False) -> Started:
    """Start it, and wait until it listens on all its ports. An unknown name is started too: it says so and ends.
    `real` as in `programs.start`."""
    plugin = discover(only=(service,)).get(service)
    listens = [port for process in plugin.processes if process.name == name for port in process.ports] if plugin else []
    ports = {port.name: free_port() for port in listens}
    settings = {port.setting: f"127.0.0.1:{ports[port.name]}" for port in listens}
    process = programs.start("process", [service, name], {**environment, **settings}, log, real=real)
    started = Started(process, log, ports)
    wait_for(
        lambda: process.poll() is not None or all(map(_listens, ports.values())), 90, f"{service} {name} to listen"
    )
    return started


def free_port() -> int:
    """A port that nobody listens on now."""
    return next(free_ports())


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
