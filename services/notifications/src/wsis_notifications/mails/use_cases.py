"""Mails that follow events: what operators see of them, and the mailer behind the events and workers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from prometheus_client import Gauge
from wsis_shared import audit, clock
from wsis_shared.bus import Loop
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Conflict
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import every, rpc, subscribe, subscribe_batches, worker
from wsis_shared.parts import Parts

from wsis_notifications.mails.events import other, urgent
from wsis_notifications.mails.mailer import Mailer
from wsis_notifications.mails.rules import deliveries as rules
from wsis_notifications.mails.rules.deliveries import Delivery
from wsis_notifications.mails.sending.engine import persist
from wsis_notifications.mails.store.deliveries import DeliveryRepository
from wsis_notifications.mails.store.preferences import MailPreferences

if TYPE_CHECKING:
    from wsis_shared.bus.clients import ServiceProxy

PAGES = 50  # of recipients, between two pauses
OLDEST = Gauge("wsis_mails_oldest_seconds", "Age of the oldest mail that is to be sent", ["priority"])
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0  # seconds between two looks for announcements; doubled while there are none


class MailsCases:
    """One per process. `client` gives one of accounts, and of each service whose mails have more to say."""

    def __init__(self, mailer: Mailer, client: Callable[[str], ServiceProxy]) -> None:
        self.mailer, self.store, self._client, self._accounts = mailer, mailer.store, client, client("accounts")
        self._preferences = MailPreferences(self.store.db)

    @subscribe_batches(urgent, min_interval=0.02, name="on_urgent")  # never behind the thousands of the other queue
    @subscribe_batches(other, min_interval=0.4, name="on_notice")
    def take(self, events: Sequence[Input]) -> None:
        """Store the mails of events, those that somebody waits for and any others."""
        self.mailer.take(events)

    @worker()
    def send_high(self, loop: Loop) -> None:
        """Send codes until the service stops."""
        self._send("high", loop)

    @worker()
    def send_low(self, loop: Loop) -> None:
        """Send everything else until the service stops."""
        self._send("low", loop)

    def _send(self, priority: str, loop: Loop) -> None:
        def details(plugin: str, method: str, data: Input, account: str | None) -> Input:
            found: Input = getattr(self._client(plugin), method)(data=data, account=account)
            return found

        self.mailer.send(priority, loop, self.contacts, details)

    @worker()
    def expand(self, loop: Loop) -> None:
        """Store the recipients of announcements as deliveries, until the service stops: those that this process has
        stored at once, and those that wait or that another has left with a pause that grows."""
        self.mailer.on_announcement = loop.wakeup
        some, pause = partial(self._expand_some, loop), FIRST_PAUSE
        while loop.running:
            more = persist(some, lambda: loop.stopping)
            pause = FIRST_PAUSE if more else min(2 * pause, LONGEST_PAUSE)
            loop.wait(pause)

    def _expand_some(self, loop: Loop) -> bool:
        """Some pages; returns whether there were any, or may be more."""
        for page in range(PAGES):
            if not loop.running or self.mailer.is_ahead():
                return True
            if not self.mailer.expand(self._accounts.contacts_page):
                return page > 0
        return True

    @subscribe("accounts", "account_erased", name="on_account_erased")
    @subscribe("accounts", "address_erased", name="on_address_erased")
    def forget(self, erasure: Erasure) -> None:
        """A person is erased: nothing more is sent to the account that they had, and what they declined is nobody's
        wish any more."""
        if erasure.account:
            self.store.skip_queued(erasure.account, "no contact", until=erasure.at)
        self._preferences.forget(erasure)

    @rpc
    def deliveries(
        self, limit: int, after: str | None, event: str | None, account: str | None, state: str | None
    ) -> JsonObject:
        """Deliveries, newest first."""
        return self.store.page(limit, after, event=event, account=account, state=state).response(self._response)

    @rpc
    def figures(self) -> JsonObject:
        """Counts by template, priority and state."""
        return self.store.figures()

    @every(15, singleton=False)
    def measure_mails(self) -> None:
        """How long the oldest mail has waited, for whoever watches by machine."""
        for priority in rules.PRIORITIES:
            OLDEST.labels(priority).set(self.store.batches.oldest(priority))

    @rpc(writes=True)
    def retry(self, delivery: str, body: Input) -> JsonObject:
        """Send one again that did not arrive. Raises NotFound, Conflict."""
        row = self.store.read(delivery)
        if row["state"] not in rules.RETRIABLE:
            raise Conflict("notifications.not_retriable", state=row["state"])
        taken = audit.entry(
            "notifications.delivery_retried",
            f"delivery/{delivery}",
            before=row["state"],
            after="queued",
            reason=body["reason"],
        )
        self.store.requeue(row, taken, wake=partial(self.mailer.wake, row["priority"]))
        return self._response(self.store.read(delivery))

    def _response(self, row: Delivery) -> JsonObject:
        response: dict[str, object] = {**row, "id": row["_id"], "message_id": self.mailer.message_id(row["_id"])}
        if row.get("undated"):
            response |= {"account": None, "sent_at": row["sent_at"] and clock.to_day(row["sent_at"])}
        return response

    def contacts(self, ids: list[str]) -> Sequence[Input]:
        """Names and addresses of accounts."""
        found: Sequence[Input] = self._accounts.contacts(ids=ids)
        return found


def compose(parts: Parts) -> MailsCases:
    """The use cases with their collaborators; called once per process."""
    mailer = Mailer(DeliveryRepository(parts.db))
    parts.health["templates"] = lambda: mailer.problems
    return MailsCases(mailer, parts.client)
