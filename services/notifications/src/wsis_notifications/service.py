"""The nameko class: events come in, timers send, operators look."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from wsis_shared import audit
from wsis_shared.bus import (
    Dependency,
    InboundMail,
    Loop,
    Service,
    ServiceClient,
    every,
    inbound_mail,
    rpc,
    subscribe,
    subscribe_batches,
    worker,
)
from wsis_shared.bus.service import ServiceProxy

from wsis_notifications import errors
from wsis_notifications.domain import rules
from wsis_notifications.events import other, urgent
from wsis_notifications.post import Post
from wsis_notifications.store import Store


class Directory(ServiceProxy):
    """`directory.of("accounts").issue_code(...)`: services that we know only from their manifests."""

    def of(self, service: str) -> ServiceProxy:
        """A proxy of that service."""
        return ServiceProxy(self._client, service, self._timeout)


class Publishers(ServiceClient):
    """A client of every publisher whose notifications name a `context_provider`."""

    def __init__(self) -> None:
        super().__init__("")

    def get_dependency(self, worker_ctx: Any) -> Directory:
        """Under the context of this worker."""
        return Directory(lambda: self.shared.client, "", self._timeout)


class NotificationsService(Service):
    """Mails that follow events."""

    name = "notifications"
    post = Dependency(lambda db: Post(Store(db)))
    accounts = ServiceClient("accounts")
    publishers = Publishers()

    @subscribe_batches(urgent, min_interval=0.02)
    def on_urgent(self, events: list[dict[str, Any]]) -> None:
        """Events with a mail that somebody waits for: never behind the thousands of the other queue."""
        self.post.take(events)

    @subscribe_batches(other, min_interval=0.4)
    def on_notice(self, events: list[dict[str, Any]]) -> None:
        """Any other events with a notice."""
        self.post.take(events)

    @subscribe("accounts", "account_erased")
    def on_account_erased(self, event: dict[str, Any]) -> None:
        """Nothing more goes to who has left."""
        self.post.store.forget(event["data"]["account"])

    @inbound_mail
    def receive_bounce(self, mail: InboundMail) -> None:
        """A mail to the return path of a delivery."""
        self.post.receive(mail.recipient, b"".join(self.bus.blobs.open(mail.blob)))

    @worker()
    def send_high(self, loop: Loop) -> None:
        """Codes."""
        self.post.send("high", loop, self._contacts, self._details)

    @worker()
    def send_low(self, loop: Loop) -> None:
        """Everything else."""
        self.post.send("low", loop, self._contacts, self._details)

    @every(0.5, singleton=False)
    def expand(self) -> None:
        """Put the recipients of announcements on the ledger, for some pages at a time."""
        for _ in range(50):
            if self.bus.stopping() or not self.post.expand(self.accounts.contacts_page):
                return

    @rpc
    def deliveries(
        self, limit: int, after: str | None, event: str | None, account: str | None, state: str | None
    ) -> dict[str, Any]:
        """The ledger, newest first."""
        page = self.post.store.page(limit, after, event=event, account=account, state=state)
        return {**page, "items": [self._shown(row) for row in page["items"]]}

    @rpc
    def figures(self) -> dict[str, Any]:
        """Counts by template, lane and state."""
        return self.post.store.figures()

    @rpc(writes=True)
    def retry(self, delivery: str, body: dict[str, Any]) -> dict[str, Any]:
        """Send one again that did not arrive."""
        store = self.post.store
        row = store.read(delivery)
        if row["state"] not in rules.RETRIABLE:
            raise errors.not_retriable(row["state"])
        taken = audit.entry(
            "notifications.delivery_retried", f"delivery/{delivery}", before=row["state"], after="queued",
            reason=body["reason"],
        )  # fmt: skip
        store.again(row, taken, wake=self.post.lanes[row["lane"]].wake)
        return self._shown(store.read(delivery))

    @rpc
    def health(self) -> dict[str, Any]:
        """The usual, and the templates that are missing or broken."""
        return {**inspect.unwrap(Service.health)(self), "templates": self.post.problems}

    def _shown(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {**row, "id": row["_id"], "message_id": self.post.message_id(row["_id"])}

    def _contacts(self, ids: list[str]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.accounts.contacts(ids=ids)
        return found

    def _details(self, plugin: str, method: str, data: Mapping[str, Any], account: str | None) -> dict[str, Any]:
        found: dict[str, Any] = getattr(self.publishers.of(plugin), method)(data=data, account=account)
        return found
