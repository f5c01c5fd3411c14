"""What the use cases of a service are composed of, once per process. Loads without nameko."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wsis_shared.mongo_connection import Database
from wsis_shared.probes import Check

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy
    from wsis_shared.bus.shared_client import Report


@dataclass(frozen=True)
class Parts:
    """Its database, and clients of other services. `checks["index"] = check`: the process is not ready while `check()`
    returns a reason. `health["templates"] = report`: `health` says that too."""

    db: Database
    client: Callable[..., ServiceProxy]  # client("accounts", timeout=5.0)
    checks: dict[str, Check] = field(default_factory=dict)
    health: dict[str, Report] = field(default_factory=dict)
