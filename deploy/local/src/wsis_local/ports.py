"""The ports of a local stack: one setting each, all on the loopback interface."""

from __future__ import annotations

import fcntl
import os
import random
import socket
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wsis_shared.plugin import discover

LOOPBACK = "127.0.0.1"

# name -> (the setting that moves it, its default)
SETTINGS: dict[str, tuple[str, int]] = {
    "gateway": ("WSIS_GATEWAY_PORT", 8000),
    "gateway_metrics": ("WSIS_GATEWAY_METRICS_PORT", 8001),
    "mail_http": ("WSIS_MAIL_HTTP_PORT", 8025),
    "smtp": ("WSIS_SMTP_PORT", 1025),
    "mongo": ("WSIS_MONGO_PORT", 27018),
    "mongo_1": ("WSIS_MONGO_1_PORT", 27019),  # a stack with three members alone has these two
    "mongo_2": ("WSIS_MONGO_2_PORT", 27020),
    "broker": ("WSIS_BROKER_PORT", 5673),
    "broker_http": ("WSIS_BROKER_HTTP_PORT", 15673),
    "broker_dist": ("WSIS_BROKER_DIST_PORT", 25673),
    "epmd": ("WSIS_EPMD_PORT", 4370),
    # The second and third node of a broker of three.
    **{
        f"{name}_{node}": (f"WSIS_{name.upper()}_{node}_PORT", number + node)
        for name, number in (("broker", 5673), ("broker_http", 15673), ("broker_dist", 25673))
        for node in (1, 2)
    },
}

# Below the ephemeral ports of Linux (32768 and up), so that no outgoing connection can take one meanwhile.
FREE_RANGE = range(20_000, 32_000)
_reserved: set[int] = set()  # by this process: its own locks do not keep it out


@dataclass(frozen=True)
class ProcessPort:
    """A port of a further process of a service: `setting` changes it, `address_setting` passes it to the process."""

    service: str
    setting: str
    number: int
    address_setting: str


def process_ports() -> dict[str, ProcessPort]:
    """The ports of the processes of all installed plugins, by name."""
    return {
        name: ProcessPort(plugin.name, f"WSIS_{name.upper().replace('-', '_')}_PORT", port.number, port.setting)
        for plugin in discover(routes=False)
        for process in plugin.processes
        for port in process.ports
        for name in [f"{process.full_name(plugin.name)}-{port.name}"]
    }


def settings() -> dict[str, tuple[str, int]]:
    """SETTINGS, and the ports of processes."""
    return SETTINGS | {name: (port.setting, port.number) for name, port in process_ports().items()}


class CannotStart(Exception):
    """The stack cannot start. The message is one line that says what to do about it."""


@dataclass(frozen=True)
class Ports(Mapping[str, int]):
    """Port numbers by the names of `settings()`."""

    numbers: Mapping[str, int]

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Ports:
        """The ports as set; raises CannotStart for a setting that is not a port number."""
        return cls(
            {name: _number(setting, environ.get(setting, default)) for name, (setting, default) in settings().items()}
        )

    @classmethod
    def free(cls) -> Ports:
        """Ports that nobody listens on now, for tests."""
        usable = free_ports()
        return cls({name: next(usable) for name in settings()})

    def __getitem__(self, name: str) -> int:
        return self.numbers[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.numbers)

    def __len__(self) -> int:
        return len(self.numbers)

    def as_environment(self) -> dict[str, str]:
        known = settings()
        return {known[name][0]: str(number) for name, number in self.items()}

    def require_free(self, names: Iterable[str]) -> None:
        """Raise CannotStart for the first port of `names` that is in use."""
        for name in names:
            if not is_free(self[name]):
                setting = settings()[name][0]
                raise CannotStart(f"port {self[name]} ({name}) is in use: free it, or set {setting} to another port")


def free_ports() -> Iterator[int]:
    """Ports that nobody listens on now, in any order, for tests. No other process of this user gets them before this
    one ends: whoever listens on one may stop for a while and come back."""
    return (number for number in random.sample(FREE_RANGE, len(FREE_RANGE)) if _reserve(number) and is_free(number))


def _reserve(number: int) -> bool:
    """By a lock on one byte of a file, which is this process's until it ends."""
    if number in _reserved:
        return False
    try:
        fcntl.lockf(_locks(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
    except OSError:
        return False
    _reserved.add(number)
    return True


@cache
def _locks() -> int:
    path = Path(tempfile.gettempdir(), f"wsis-ports-{os.getuid()}")
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def is_free(number: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose old connections linger in TIME_WAIT is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, number))
        except OSError:
            return False
    return True


def listens(number: int) -> bool:
    """True when something accepts connections on the port."""
    try:
        socket.create_connection((LOOPBACK, number), timeout=2).close()
    except OSError:
        return False
    return True


def _number(setting: str, value: str | int) -> int:
    try:
        number = int(value)
    except ValueError:
        number = 0
    if not 0 < number < 65_536:
        raise CannotStart(f"{setting}={value!r} is not a port: set it to a number from 1 to 65535")
    return number
