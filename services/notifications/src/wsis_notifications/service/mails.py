"""Entrypoints of mails that follow events: events come in, timers send, operators look."""

from __future__ import annotations

import inspect
from typing import Any

from prometheus_client import Gauge
from wsis_shared.bus import (
    Composed,
    InboundMail,
    Loop,
    Service,
    every,
    inbound_mail,
    rpc,
    subscribe,
    subscribe_batches,
    worker,
)
from wsis_shared.erasure import Erasure

from wsis_notifications.domain.rules import PRIORITIES
from wsis_notifications.events.mails import other, urgent
from wsis_notifications.publishers import Publishers
from wsis_notifications.use_cases.mails import compose

Row = dict[str, Any]
OLDEST = Gauge("wsis_mails_oldest_seconds", "Age of the oldest mail that is to be sent", ["priority"])


class MailsEntrypoints(Service):
    """Mails that follow events."""

    mails = Composed(compose, calls=("accounts.contacts", "accounts.contacts_page"))
    publishers = Publishers()

    @subscribe_batches(urgent, min_interval=0.02)
    def on_urgent(self, events: list[Row]) -> None:
        """Events with a mail that somebody waits for: never behind the thousands of the other queue."""
        self.mails.mailer.take(events)

    @subscribe_batches(other, min_interval=0.4)
    def on_notice(self, events: list[Row]) -> None:
        """Any other events with a notice."""
        self.mails.mailer.take(events)

    @subscribe("accounts", "account_erased")
    def on_account_erased(self, event: Row) -> None:
        """Nothing more goes to who has left."""
        self.mails.forget(Erasure.of(event))

    @subscribe("accounts", "address_erased")
    def on_address_erased(self, event: Row) -> None:
        """Forget what the address declined."""
        self.mails.forget(Erasure.of(event))

    @inbound_mail
    def receive_bounce(self, mail: InboundMail) -> None:
        """A mail to the return path of a delivery."""
        self.mails.returned.receive(mail.recipient, b"".join(self.bus.blobs.open(mail.blob)), mail.received_at)

    @inbound_mail
    def receive_complaint(self, mail: InboundMail) -> None:
        """A report of a feedback loop: somebody called a mail spam."""
        self.mails.returned.receive_complaint(b"".join(self.bus.blobs.open(mail.blob)), mail.received_at)

    @worker()
    def send_high(self, loop: Loop) -> None:
        """Codes."""
        self.mails.send("high", loop, self.publishers)

    @worker()
    def send_low(self, loop: Loop) -> None:
        """Everything else."""
        self.mails.send("low", loop, self.publishers)

    @worker()
    def expand(self, loop: Loop) -> None:
        """Store the recipients of announcements as deliveries."""
        self.mails.expand(loop)

    @every(15, singleton=False)
    def measure_mails(self) -> None:
        """How long the oldest mail has waited, for whoever watches by machine."""
        for priority in PRIORITIES:
            OLDEST.labels(priority).set(self.mails.store.batches.oldest(priority))

    @rpc
    def deliveries(
        self, limit: int, after: str | None, event: str | None, account: str | None, state: str | None
    ) -> Row:
        """Deliveries, newest first."""
        return self.mails.page(limit, after, event=event, account=account, state=state)

    @rpc
    def figures(self) -> Row:
        """Counts by template, priority and state."""
        return self.mails.store.figures()

    @rpc(writes=True)
    def retry(self, delivery: str, body: Row) -> Row:
        """Send one again that did not arrive."""
        return self.mails.retry(delivery, body["reason"])

    @rpc
    def health(self) -> Row:
        """The usual, and the templates that are missing or broken."""
        return {**inspect.unwrap(Service.health)(self), "templates": self.mails.mailer.problems}
