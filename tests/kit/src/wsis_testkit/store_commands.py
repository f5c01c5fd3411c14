"""The commands that the process of the test sends to the store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pymongo import monitoring


class StoreCommands(monitoring.CommandListener):
    """The names of the commands that this process has sent to the store ("find", "aggregate", "insert"...)."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """A command was sent. That a new connection signs in is none of the caller's."""
        if not event.command_name.startswith("sasl"):
            self.names.append(event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Not counted."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Not counted."""

    def during(self, work: Callable[[], Any]) -> list[str]:
        """Do `work`; returns the names of its commands."""
        before = len(self.names)
        work()
        return self.names[before:]


# Only clients that are created later have the listener: the fixture `environment` imports this before it makes one.
STORE_COMMANDS = StoreCommands()
monitoring.register(STORE_COMMANDS)
