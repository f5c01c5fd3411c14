"""Clients of other services: their methods as attributes, RPC requests on the bus."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nameko.extensions import DependencyProvider
from wsis_shared import context
from wsis_shared.amqp.client import AmqpClient
from wsis_shared.bus.shared_client import SharedClient


class ServiceClient(DependencyProvider):
    """`accounts = ServiceClient("accounts", "contacts")`, then `self.accounts.contacts(ids=[...])`: an RPC request. It
    returns the result, or raises that service's SuiteError, or Unavailable after `timeout` seconds.

    The service's rights on the broker follow from the methods that are named here."""

    shared = SharedClient()

    def __init__(self, service: str, *methods: str, timeout: float = 5.0) -> None:
        self._service, self._timeout = service, timeout
        self._calls = frozenset(f"{service}.{method}" for method in methods)

    @property
    def calls(self) -> frozenset[str]:
        """The methods that it may call, as "accounts.contacts"."""
        return self._calls

    def get_dependency(self, worker_ctx: object) -> ServiceProxy:
        """A proxy that sends the context of this worker."""
        return ServiceProxy(lambda: self.shared.client, self._service, self.calls, self._timeout)


class ServiceProxy:
    """Its attributes are those methods of the other service that `calls` names; they take keyword arguments only."""

    def __init__(self, client: Callable[[], AmqpClient], service: str, calls: frozenset[str], timeout: float) -> None:
        self._client, self._service, self._calls, self._timeout = client, service, calls, timeout

    def __getattr__(self, method: str) -> Callable[..., Any]:
        if (call := f"{self._service}.{method}") not in self._calls:
            raise AttributeError(f"{call} is not among the calls of this client: the broker would refuse it")

        def remote(**arguments: object) -> Any:
            return self._client().request(self._service, method, arguments, context.current(), timeout=self._timeout)

        return remote
