from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from wsis_shared.bus import Command, Dependency, Service, command, rpc
from wsis_shared.mongo import Repository

COLLECTIONS = ()
SECONDS = 3.0


class Still(Service):
    name = "still"
    store = Dependency(Repository)

    @rpc
    def look(self) -> dict[str, Any]:
        return {}

    @rpc
    def wait(self) -> dict[str, Any]:
        time.sleep(SECONDS)
        return {}

    @command(batch=10)
    def fail(self, commands: Sequence[Command]) -> list[dict[str, Any]]:
        raise RuntimeError(f"{len(commands)} commands")
