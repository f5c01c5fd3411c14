"""The post office of one process: what events come in, who gets which mail, and the lanes that send."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache, partial
from typing import Any

from prometheus_client import Counter
from wsis_shared import clock
from wsis_shared.bus import Loop
from wsis_shared.errors import SuiteError
from wsis_shared.keys import mailbox_secret
from wsis_shared.mongo import after_commit, in_transaction
from wsis_shared.plugin import discover
from wsis_shared.settings import Suite

from wsis_notifications import templates
from wsis_notifications.domain import bounces, message, rules
from wsis_notifications.domain.headers import REPLY_TO, header_lines
from wsis_notifications.domain.return_path import delivery_of, return_path
from wsis_notifications.errors import CannotWrite
from wsis_notifications.lane import Contacts, Lane, Task, given_up, settle
from wsis_notifications.settings import Settings
from wsis_notifications.store import Recipient, Store

_log = logging.getLogger(__name__)

# (plugin, method, data, account) -> more variables
Details = Callable[[str, str, Mapping[str, Any], str | None], Mapping[str, Any]]
# (after, limit, role) -> {"items": [{"account", ...}], "next": cursor or None}
ContactsPage = Callable[..., Mapping[str, Any]]

BOUNCES = Counter("wsis_bounces_total", "Mails to bounce addresses, by what they say", ["kind"])

AHEAD = 50  # parcels; an announcement to fast recipients waits with the others, codes never come this way
HELD = 60.0  # seconds until an announcement without its template is looked at again


@lru_cache(maxsize=1)
def catalogue() -> templates.Catalogue:
    """The notices of what is installed."""
    return templates.Catalogue(discover())


class Post:
    """Everything but the entrypoints."""

    def __init__(self, store: Store) -> None:
        self.settings = Settings.load()
        self.store = store
        self.catalogue = catalogue()
        self.writer = templates.writer(self.settings.public_url, templates.filters_of(discover()))
        self._secret = mailbox_secret(Suite.load())
        self._sender = message.from_setting(self.settings.mail_from)
        reply_to = self.settings.mail_reply_to
        self._reply_to = message.from_setting(reply_to) if reply_to else None
        connections = {"high": self.settings.mail_fast_connections, "low": self.settings.mail_bulk_connections}
        self.lanes = {name: Lane(name, self.store, self.settings, count) for name, count in connections.items()}

    @cached_property
    def problems(self) -> dict[str, str]:
        """Templates that are missing or broken, for the health check."""
        return self.catalogue.problems(self.writer)

    # -- an event comes in ---------------------------------------------------------------------------------------

    def take(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Put the notices of events on the ledger; call it inside a transaction. Nothing is sent here."""
        notices: dict[str, dict[str, Any]] = {}
        recipients: list[Recipient] = []
        lost: dict[str, str] = {}  # notices without their recipient, and why
        for event in events:
            for item in self.catalogue.of_event(str(event.get("type"))):
                notice = _notice_of(event, item)
                accounts: list[str | None] | None
                try:
                    accounts = rules.named_recipients(item.notice.to, notice["data"])
                except CannotWrite as error:
                    _log.error("event without its recipient", extra={"template": item.name, "reason": error.reason})
                    accounts, lost[notice["_id"]] = [None], error.reason
                many = accounts is None or len(accounts) > 1
                notices[notice["_id"]] = {**notice, "state": "expanding" if many else "expanded"}
                recipients += [] if many else [(notice, account) for account in accounts or ()]
        new = self.store.notices.add(list(notices.values()))
        rows = self.store.queue([(notice, account) for notice, account in recipients if notice["_id"] in new])
        for row in rows:
            if row["notice"] in lost:
                settle(self.store, row, rules.Outcome("failed", lost[row["notice"]]))
        for lane in {row["lane"] for row in rows}:
            after_commit(self.lanes[lane].wake)

    # -- its recipients go on the ledger -------------------------------------------------------------------------

    def expand(self, contacts_page: ContactsPage) -> bool:
        """One page of one announcement; returns whether there was one. The page and the place to go on are saved
        together, so that a crash repeats nothing and leaves nobody out. Who waits is read no faster than is sent."""
        if self.store.parcels.waiting("low") > AHEAD:
            return False
        notice = self.store.notices.take(self.settings.lease)
        if notice is None:
            return False
        try:
            item = self.catalogue.get(notice["template"])
            if item is None:
                raise CannotWrite("template_missing", "its plugin is not installed")
            self.catalogue.source(item, None)
            accounts, cursor = self._recipients(notice, item, contacts_page)
        except (CannotWrite, SuiteError) as error:
            reason = error.reason if isinstance(error, CannotWrite) else error.code
            _log.error("announcement waits", extra={"template": notice["template"], "reason": reason})
            self.store.notices.hold(notice, reason, HELD if isinstance(error, CannotWrite) else 2.0)
            return True
        in_transaction(partial(self._add_page, notice, accounts, cursor))
        self.lanes[notice["lane"]].wake()
        return True

    def _recipients(
        self, notice: dict[str, Any], item: templates.Announced, contacts_page: ContactsPage
    ) -> tuple[list[str | None], Any]:
        size = self.settings.mail_page
        named = rules.named_recipients(item.notice.to, notice["data"])
        if named is not None:
            start = notice["cursor"] or 0
            more = start + size < len(named)
            return named[start : start + size], start + size if more else None
        page = contacts_page(after=notice["cursor"], limit=size, role=notice["role"])
        return [contact["account"] for contact in page["items"]], page["next"]

    def _add_page(self, notice: dict[str, Any], accounts: list[str | None], cursor: Any) -> None:
        new = self.store.queue([(notice, account) for account in accounts])
        self.store.notices.advance(notice, cursor, len(new))

    # -- a mail is written ---------------------------------------------------------------------------------------

    def send(self, lane: str, loop: Loop, contacts: Contacts, details: Details) -> None:
        """Send the mails of a lane until the service stops."""
        self.lanes[lane].run(loop, partial(self._write, details), contacts)

    def _write(self, details: Details, task: Task) -> message.Envelope:
        row, notice, contact = task.row, task.notice, task.contact
        item = self.catalogue.get(row["template"])
        if notice is None or item is None:
            raise CannotWrite("template_missing", row["template"])
        variables = rules.variables_of(notice["data"])
        headers: Mapping[str, Any] = {}
        if item.notice.context_provider:
            more = dict(details(item.plugin.name, item.notice.context_provider, notice["data"], row["account"]))
            contact = more.pop("contact", None) or contact
            headers = more.pop("headers", None) or {}
            variables |= more
        if contact is None:
            raise CannotWrite("event_misfit", "contact")
        to = message.mailbox(contact.get("names"), contact["email"])
        source = self.catalogue.source(item, contact.get("locale"))
        written = self.writer.write(
            source,
            {**variables, "names": to.name, "event_time": notice["time"]},
            why=_WHY.get(item.notice.to, "why_account"),
        )
        reply_to = message.reply_address(headers[REPLY_TO]) if REPLY_TO in headers else self._reply_to
        return message.compose(
            written, sender=self._sender, reply_to=reply_to, to=to, message_id=self.message_id(row["_id"]),
            date=clock.now(), return_path=self._return_path(row["_id"]), more=header_lines(headers),
        )  # fmt: skip

    def _return_path(self, delivery: str) -> str:
        domain = self.settings.mail_domain
        return return_path(delivery, secret=self._secret, domain=domain) if domain and self._secret else ""

    # -- a mail comes back ---------------------------------------------------------------------------------------

    def receive(self, recipient: str, raw: bytes) -> None:
        """A mail to a bounce address: mark its delivery if it says that the person did not get it. Call it inside a
        transaction."""
        delivery, report = delivery_of(recipient, secret=self._secret), bounces.read_report(raw)
        BOUNCES.labels(report.kind).inc()
        row = self.store.on_its_way(delivery) if delivery is not None and report.is_bounce else None
        if row is not None:
            reason = " ".join(filter(None, ("bounced", report.kind, report.status)))
            self.store.bounce(row, report.kind, reason, given_up(row, reason))

    def message_id(self, delivery: str) -> str:
        """The Message-ID of a delivery."""
        return rules.message_id(delivery, self._sender.address.rpartition("@")[2])


def _notice_of(event: Mapping[str, Any], item: templates.Announced) -> dict[str, Any]:
    return {
        "_id": f"{event['id']}|{item.name}", "event": event["id"], "template": item.name, "lane": item.notice.priority,
        "role": rules.role_of(item.notice.to), "repeatable": rules.is_repeatable(item.notice.to, item.notice.priority),
        "time": event.get("time"), "data": event["data"],
    }  # fmt: skip


_WHY = {"contact": "why_contact", "everyone": "why_everyone"}
