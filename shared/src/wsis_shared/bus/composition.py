"""What a service is made of, once per process: its database, clients of other services, what it says of its health."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property

from nameko.extensions import DependencyProvider
from wsis_shared import mongo
from wsis_shared.bus.clients import ServiceProxy
from wsis_shared.bus.shared_client import SharedClient
from wsis_shared.mongo_connection import Database
from wsis_shared.parts import Parts


class Dependency(DependencyProvider):
    """`store = Dependency(Store)`: one instance per process, made with the service's database."""

    def __init__(self, factory: Callable[[Database], object]) -> None:
        self._factory = factory

    def setup(self) -> None:
        """Make it."""
        self._instance = self._factory(mongo.database(self.container.service_name))

    def get_dependency(self, worker_ctx: object) -> object:
        """The same instance for all workers."""
        return self._instance


class Composed(DependencyProvider):
    """`entries = Composed(compose)`: `compose(parts)` runs once per process and returns the object that entrypoints
    delegate to, with its collaborators (store, settings, clients) injected. See docs/add-a-service.md.

    `calls` names the methods of other services that it calls, as "accounts.contacts": the service's rights on the
    broker follow from them, and its clients have no other. `parts.client` raises LookupError for another service.
    """

    shared = SharedClient()

    def __init__(
        self, compose: Callable[[Parts], object], calls: Iterable[str] | Callable[[], Iterable[str]] = ()
    ) -> None:
        self._compose, self._calls = compose, calls

    @cached_property
    def calls(self) -> frozenset[str]:
        """The methods that it may call: those of plugins are known when the process has started."""
        return frozenset(self._calls() if callable(self._calls) else self._calls)

    def setup(self) -> None:
        """Compose it. Clients connect later; they send the context of the call in which they are used."""

        def client(service: str, timeout: float = 5.0) -> ServiceProxy:
            if not any(call.startswith(f"{service}.") for call in self.calls):
                raise LookupError(
                    f"name methods of {service!r} in the `calls` of the manifest: the broker refuses others"
                )
            return ServiceProxy(lambda: self.shared.client, service, self.calls, timeout)

        db, shared = mongo.database(self.container.service_name), self.shared
        self._instance = self._compose(Parts(db, client, shared.checks, shared.health))

    def get_dependency(self, worker_ctx: object) -> object:
        """The same instance for all workers."""
        return self._instance
