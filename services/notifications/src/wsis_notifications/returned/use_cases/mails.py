"""Mail that comes back: bounces and complaints mark deliveries and suppress addresses."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from prometheus_client import Counter
from wsis_shared import clock
from wsis_shared.blobs.store import BlobStore
from wsis_shared.bus import InboundMail
from wsis_shared.json_types import Input
from wsis_shared.operations import inbound_mail

from wsis_notifications.addresses.rules import suppression
from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.mails.delivery_policy import DECLINED
from wsis_notifications.mails.delivery_source import failed_event
from wsis_notifications.mails.rules import unsubscription
from wsis_notifications.mails.rules.return_path import delivery_of
from wsis_notifications.mails.rules.unsubscription import Unsubscription
from wsis_notifications.mails.store.deliveries import DeliveryRepository
from wsis_notifications.mails.store.preferences import MailPreferences
from wsis_notifications.mails.templates import Catalogue
from wsis_notifications.returned import rules as bounces
from wsis_notifications.returned.rules import Report

BOUNCES = Counter("wsis_bounces_total", "Mails to bounce addresses, by what they say", ["kind"])

Contacts = Callable[[list[str]], Sequence[Input]]
COMPLAINT = Report("complaint")


class ReturnedMail:
    """`contacts` gives the address of an account: deliveries keep none. Who has no account is not suppressed.
    `newsletter` is told of each address in a complaint: it may be about an issue."""

    def __init__(
        self,
        store: DeliveryRepository,
        notices: Catalogue,
        contacts: Contacts,
        secret: str,
        newsletter: Callable[[str], None],
    ) -> None:
        self._newsletter = newsletter
        self._store, self._notices, self._contacts, self._secret = store, notices, contacts, secret
        self._suppressions, self._preferences = Suppressions(store.db), MailPreferences(store.db)

    @inbound_mail
    def receive_bounce(self, mail: InboundMail, blobs: BlobStore) -> None:
        """A mail to the return path of a delivery. Call it inside a transaction."""
        report = bounces.read_report(b"".join(blobs.open(mail.blob)))
        BOUNCES.labels(report.kind).inc()
        self._on_report(delivery_of(mail.recipient, secret=self._secret), report, mail.received_at)

    @inbound_mail
    def receive_complaint(self, mail: InboundMail, blobs: BlobStore) -> None:
        """A mail to the address of feedback loops: whoever called a mail spam gets no more that can be declined. Call
        it inside a transaction."""
        for address in bounces.read_complaint(b"".join(blobs.open(mail.blob))) or ():
            self._newsletter(address)
            self._on_report(delivery_of(address, secret=self._secret), COMPLAINT, mail.received_at)
            link = unsubscription.link_of(address, self._secret)
            if link is not None and link.audience != "subscriber":
                self._complain(link, mail.received_at)

    def settle(self, delivery: str, report: Report) -> bool:
        """What the log of the relay says of a delivery of unknown outcome; False where it is no longer unknown. A mail
        that the relay has is sent; if it comes back later, a bounce says so. Inside a transaction."""
        row = self._store.on_its_way(delivery)
        if row is None or row["state"] != "unknown":
            return False
        if report.is_bounce:
            self._on_report(delivery, report, clock.now())
        else:
            self._store.accept(row)
        return True

    def _on_report(self, delivery: str | None, report: Report, at: datetime) -> None:
        concerns = report.is_bounce or report == COMPLAINT
        row = self._store.on_its_way(delivery) if delivery is not None and concerns else None
        if row is None:
            return
        if report.is_bounce:
            reason = " ".join(filter(None, ("bounced", report.kind, report.status)))
            self._store.bounce(row, report.kind, reason, failed_event(row, reason))
        if row["account"] is None:
            return
        if row.get("undated"):  # else the list of suppressed addresses would tell when the mail went
            at = clock.to_day(at)
        item = self._notices.get(row["template"])
        if report == COMPLAINT and item is not None and item.notice.kind:
            self._complain(Unsubscription("account", row["account"], item.notice.kind), at)
        else:
            self._suppress(row["account"], report, at)

    def _complain(self, link: Unsubscription, at: datetime) -> None:
        self._preferences.decline(link.id, link.list, at)
        if link.audience == "account":
            self._store.skip_queued(link.id, DECLINED, self._notices.templates_of([link.list]))
            self._suppress(link.id, COMPLAINT, at)

    def _suppress(self, account: str, report: Report, at: datetime) -> None:
        for contact in self._contacts([account]):
            key = address_key(contact["email"])
            counts = report.kind in ("soft", "hard")
            days = self._suppressions.count_soft_bounce(key, at) if counts else 0
            reason = suppression.reason_of_bounce(report.kind, report.status, days)
            if reason is not None:
                self._suppressions.add(key, reason, at, report.status or report.kind)
