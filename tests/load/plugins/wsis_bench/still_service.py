from __future__ import annotations

from typing import Any

from wsis_shared.bus import Service, rpc


class Still(Service):
    name = "still"

    @rpc
    def look(self) -> dict[str, Any]:
        return {}
