"""Services that we know only from their manifests: those whose notifications name a `context_provider`."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from wsis_shared.bus import ServiceClient
from wsis_shared.bus.service import ServiceProxy
from wsis_shared.plugin import discover

Directory = Callable[[str], ServiceProxy]  # directory("accounts").issue_code(...)


class Publishers(ServiceClient):
    """A client of every such publisher. Its calls, and so its rights on the broker, follow from the manifests."""

    def __init__(self) -> None:
        super().__init__("")

    @cached_property
    def calls(self) -> frozenset[str]:
        """The providers of all mails."""
        return frozenset(
            f"{plugin.name}.{notification.context_provider}"
            for plugin in discover()
            for event in plugin.publishes
            for notification in event.notifications
            if notification.context_provider
        )

    def get_dependency(self, worker_ctx: Any) -> Any:
        """The directory, under the context of this worker."""
        return lambda service: ServiceProxy(lambda: self.shared.client, service, self.calls, self._timeout)
