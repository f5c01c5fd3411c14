"""Further processes of a service: an indexer, a sender of webhooks, a listener for mail.

A process runs outside nameko and eventlet, on asyncio or plain threads. It has settings, rights and scaling of its own.
The local stack, Compose and the chart start it from the manifest and from the service's deploy fragment.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from wsis_shared.resources import load_object

# What a process may ask for; deploy/ turns each into rights of the process's own user.
#   amqp      call those methods of its own service that `calls` names, and read its events
#   store     read and write the database of its own service
#   blobs     read and write the blobs of its own service
#   smtp_in   deliver mail to the mailboxes of all plugins: their queues for mail and their blobs
NEEDS = ("amqp", "store", "blobs", "smtp_in")

_NAME = re.compile(r"[a-z][a-z0-9]*")


@dataclass(frozen=True)
class Port:
    """A TCP port that a process listens on. `setting` names the variable that holds its `host:port`; `number` is the
    port in a container, and in the local stack unless the environment says another."""

    name: str
    setting: str
    number: int


@dataclass(frozen=True)
class Process:
    """One further process of a service.

    `run` names a function of one argument, called when logging, settings and metrics are ready. `async def run(stop)`
    gets an `asyncio.Event`, a plain function a `threading.Event`; it is set by SIGTERM and SIGINT, and the function
    then finishes what it has begun and returns.
    `settings` names the Settings class, loaded once before `run` so that a wrong setting stops the start.
    `replicas` is the number of processes by default; more than one only if `scalable`.
    `calls` names methods of its own service. A process that mail reaches from the Internet has none.
    `keys` are the purposes of all keys that it derives (wsis_shared.keys): an installation gives it these keys in place
    of WSIS_SECRET, from which every other one follows.
    """

    name: str
    run: str
    summary: str
    settings: str = ""
    replicas: int = 1
    scalable: bool = False
    needs: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    ports: tuple[Port, ...] = ()

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"process name {self.name!r}: lower-case letters and digits only")
        if unknown := set(self.needs) - set(NEEDS):
            raise ValueError(f"process {self.name} needs {sorted(unknown)}: choose from {', '.join(NEEDS)}")
        if self.calls and ("amqp" not in self.needs or "smtp_in" in self.needs):
            raise ValueError(f"process {self.name} has calls: it needs amqp, and must not need smtp_in")
        if self.replicas < 1 or (self.replicas > 1 and not self.scalable):
            raise ValueError(f"process {self.name} has replicas={self.replicas}: more than one needs scalable=True")

    def full_name(self, service: str) -> str:
        """Its name outside the service: of the container, the log, the user of broker and store."""
        return f"{service}-{self.name}"

    def load(self, what: str) -> Any:
        """The object that `run` or `settings` names; None where it is empty."""
        path = getattr(self, what)
        return load_object(path) if path else None
