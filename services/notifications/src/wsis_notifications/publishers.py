"""Services that we know only from their manifests: those whose notifications name a `context_provider`."""

from __future__ import annotations

from typing import Any

from wsis_shared.bus import ServiceClient
from wsis_shared.bus.service import ServiceProxy


class Directory(ServiceProxy):
    """`directory.of("accounts").issue_code(...)`."""

    def of(self, service: str) -> ServiceProxy:
        """A proxy of that service."""
        return ServiceProxy(self._client, service, self._timeout)


class Publishers(ServiceClient):
    """A client of every such publisher. Its rights on the broker follow from the manifests."""

    def __init__(self) -> None:
        super().__init__("")

    def get_dependency(self, worker_ctx: Any) -> Directory:
        """Under the context of this worker."""
        return Directory(lambda: self.shared.client, "", self._timeout)
