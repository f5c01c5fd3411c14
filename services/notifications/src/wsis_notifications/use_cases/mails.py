"""Mails that follow events: what operators see of them, and the mailer behind the events and workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from wsis_shared import audit, clock
from wsis_shared.bus import Loop, Parts
from wsis_shared.erasure import Erasure
from wsis_shared.mongo import retry_while_unavailable

from wsis_notifications.delivery_worker import STORE_RETRY_SECONDS
from wsis_notifications.domain import rules
from wsis_notifications.errors import mails as errors
from wsis_notifications.mailer import Mailer
from wsis_notifications.publishers import Directory
from wsis_notifications.store import DeliveryRepository
from wsis_notifications.store.preferences import MailPreferences
from wsis_notifications.use_cases.campaigns import bounces as campaigns_bounces
from wsis_notifications.use_cases.returned_mail import ReturnedMail

Row = dict[str, Any]
PAGES = 50  # of recipients, between two pauses
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0  # seconds between two looks for announcements; doubled while there are none


class MailsCases:
    """One per process. `accounts` is a client of that service; `newsletter` takes complaints about issues."""

    def __init__(self, mailer: Mailer, accounts: Any, newsletter: Callable[[str], None]) -> None:
        self.mailer, self.store, self._accounts = mailer, mailer.store, accounts
        self._preferences = MailPreferences(self.store.db)
        self.returned = ReturnedMail(self.store, mailer.catalogue, self._contacts, mailer.secret, newsletter)

    def send(self, priority: str, loop: Loop, publishers: Directory) -> None:
        """Send the mails of a priority until the service stops."""

        def details(plugin: str, method: str, data: Mapping[str, Any], account: str | None) -> Row:
            found: Row = getattr(publishers(plugin), method)(data=data, account=account)
            return found

        self.mailer.send(priority, loop, self._contacts, details)

    def expand(self, loop: Loop) -> None:
        """Store the recipients of announcements as deliveries, until the service stops: those that this process has
        stored at once, and those that wait or that another has left with a pause that grows."""
        self.mailer.on_announcement = loop.wakeup
        some, pause = partial(self._expand_some, loop), FIRST_PAUSE
        while loop.running:
            more = retry_while_unavailable(some, seconds=STORE_RETRY_SECONDS, stopping=lambda: loop.stopping)
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

    def forget(self, erasure: Erasure) -> None:
        """A person is erased: nothing more is sent to the account that they had, and what they declined is nobody's
        wish any more."""
        if erasure.account:
            self.store.skip_queued(erasure.account, "no contact", until=erasure.at)
        self._preferences.forget(erasure)

    def page(self, limit: int, after: str | None, **filters: str | None) -> Row:
        """Deliveries, newest first."""
        page = self.store.page(limit, after, **filters)
        return {**page, "items": [self._response(row) for row in page["items"]]}

    def retry(self, delivery: str, reason: str) -> Row:
        """Send one again that did not arrive. Raises NotFound, Conflict."""
        row = self.store.read(delivery)
        if row["state"] not in rules.RETRIABLE:
            raise errors.not_retriable(row["state"])
        taken = audit.entry(
            "notifications.delivery_retried", f"delivery/{delivery}", before=row["state"], after="queued",
            reason=reason,
        )  # fmt: skip
        self.store.requeue(row, taken, wake=self.mailer.workers[row["priority"]].wake)
        return self._response(self.store.read(delivery))

    def _response(self, row: Mapping[str, Any]) -> Row:
        response = {**row, "id": row["_id"], "message_id": self.mailer.message_id(row["_id"])}
        if row.get("undated"):
            response |= {"account": None, "sent_at": row["sent_at"] and clock.to_day(row["sent_at"])}
        return response

    def _contacts(self, ids: list[str]) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = self._accounts.contacts(ids=ids)
        return found


def compose(parts: Parts) -> MailsCases:
    """The use cases with their collaborators; called once per process."""
    newsletter = campaigns_bounces.compose(parts).receive_complaint
    return MailsCases(Mailer(DeliveryRepository(parts.db)), parts.client("accounts"), newsletter)
