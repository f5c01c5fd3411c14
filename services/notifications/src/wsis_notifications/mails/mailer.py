"""Mails of one process: which events come in, who gets which mail, and the workers that send."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial

from wsis_shared import clock
from wsis_shared.bus import Loop
from wsis_shared.errors import SuiteError
from wsis_shared.json_types import Input
from wsis_shared.keys import mailbox_secret
from wsis_shared.mongo import after_commit, in_transaction
from wsis_shared.plugin import discover

from wsis_notifications.addresses.rules.suppression import HAS_IT
from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.mails import streams, templates
from wsis_notifications.mails.delivery_policy import DeliveryPolicy, Recipient
from wsis_notifications.mails.delivery_source import Contacts, DueDeliveries, DueMail, record_outcome
from wsis_notifications.mails.errors import MailRefused, RenderError
from wsis_notifications.mails.rules import deliveries, message
from wsis_notifications.mails.rules.headers import REPLY_TO, header_lines, own_lines
from wsis_notifications.mails.rules.return_path import return_path
from wsis_notifications.mails.sending.engine import Engine
from wsis_notifications.mails.smtp import Connection, Relay
from wsis_notifications.mails.store.announced import AnnouncedAddresses
from wsis_notifications.mails.store.deliveries import DeliveryRepository, NamedRecipient
from wsis_notifications.mails.store.notices import StoredNotification
from wsis_notifications.mails.store.preferences import MailPreferences
from wsis_notifications.settings import Settings

_log = logging.getLogger(__name__)

# (plugin, method, data, account) -> more variables
Details = Callable[[str, str, Input, str | None], Input]
# (after, limit, role) -> {"items": [{"account", ...}], "next": cursor or None}
ContactsPage = Callable[..., Input]

# Of one process to the relay: for what somebody waits for, and for everything else.
CONNECTIONS = {"high": 4, "low": 8}
AHEAD = 50  # batches; an announcement to fast recipients waits with the others, codes never come this way
ANNOUNCED = ("prizes/champions_announced", "prizes/winners_announced")  # readers of the newsletter get them too
HELD = 60.0  # seconds until an announcement without its template is looked at again


@lru_cache(maxsize=1)
def catalogue() -> templates.Catalogue:
    """The notices of what is installed."""
    return templates.Catalogue(discover(routes=False))


class Mailer:
    """Everything but the entrypoints."""

    def __init__(self, store: DeliveryRepository) -> None:
        self.settings = Settings.load()
        self.store = store
        self.on_announcement: Callable[[], None] = lambda: None  # called when one is stored that is to be expanded
        self.catalogue = catalogue()
        self.writer = templates.writer(self.settings.public_url, templates.filters_of(discover(routes=False)))
        # Templates that are missing or broken, for the health check. Rendering them all takes a second: not in a probe.
        self.problems = self.catalogue.problems(self.writer)
        self.secret = mailbox_secret()
        self._personal, self._bulk = streams.personal(self.settings), streams.bulk(self.settings)
        self._reply_to = streams.reply_to(self.settings)
        self.policy = DeliveryPolicy(
            MailPreferences(store.db),
            Suppressions(store.db),
            AnnouncedAddresses(store.db),
            self.settings,
            self.secret,
            self._bulk.host,
        )
        self._relay = Relay.parse(self.settings.smtp_uri)
        self._loops: dict[str, Loop] = {}

    # -- an event comes in ---------------------------------------------------------------------------------------

    def take(self, events: Iterable[Input]) -> None:
        """Store the notices of events and their deliveries; call it inside a transaction. Nothing is sent here."""
        notices: dict[str, StoredNotification] = {}
        recipients: list[NamedRecipient] = []
        lost: dict[str, str] = {}  # notices without their recipient, and why
        for event in events:
            for item in self.catalogue.of_event(str(event.get("type"))):
                notice = _notice_of(event, item)
                accounts: list[str | None] | None
                try:
                    accounts = deliveries.named_recipients(item.notice.to, notice["data"])
                except RenderError as error:
                    _log.error("event without its recipient", extra={"template": item.name, "reason": error.reason})
                    accounts, lost[notice["_id"]] = [None], error.reason
                many = accounts is None or len(accounts) > 1
                notices[notice["_id"]] = {**notice, "state": "expanding" if many else "expanded"}
                recipients += [] if many else [(notice, account) for account in accounts or ()]
        new = self.store.notices.add(list(notices.values()))
        rows = self.store.queue([(notice, account) for notice, account in recipients if notice["_id"] in new])
        for row in rows:
            if row["notice"] in lost:
                record_outcome(self.store, row, deliveries.Outcome("failed", lost[row["notice"]]))
        for priority in {row["priority"] for row in rows}:
            after_commit(partial(self.wake, priority))
        if any(notices[id]["state"] == "expanding" for id in new):
            after_commit(self.on_announcement)

    # -- its recipients get deliveries ---------------------------------------------------------------------------

    def is_ahead(self) -> bool:
        """Whether enough mails wait: recipients are read no faster than is sent."""
        return self.store.batches.waiting("low") > AHEAD

    def expand(self, contacts_page: ContactsPage) -> bool:
        """One page of one announcement; returns whether there was one. The page and the place to go on are saved
        together, so that a crash repeats nothing and leaves nobody out."""
        notice = self.store.notices.take(self.settings.lease)
        if notice is None:
            return False
        try:
            item = self.catalogue.get(notice["template"])
            if item is None:
                raise RenderError("template_missing", "its plugin is not installed")
            self.catalogue.source(item, None)
            accounts, cursor = self._recipients(notice, item, contacts_page)
        except (RenderError, SuiteError) as error:
            reason = error.reason if isinstance(error, RenderError) else error.code
            _log.error("announcement waits", extra={"template": notice["template"], "reason": reason})
            self.store.notices.hold(notice, reason, HELD if isinstance(error, RenderError) else 2.0)
            return True
        in_transaction(partial(self._add_page, notice, accounts, cursor))
        self.wake(notice["priority"])
        return True

    def _recipients(
        self, notice: StoredNotification, item: templates.NotificationBinding, contacts_page: ContactsPage
    ) -> tuple[list[str | None], object]:
        size = self.settings.mail_page
        named = deliveries.named_recipients(item.notice.to, notice["data"])
        if named is not None:
            cursor = notice["cursor"]
            start = cursor if isinstance(cursor, int) else 0
            more = start + size < len(named)
            return named[start : start + size], start + size if more else None
        page = contacts_page(after=notice["cursor"], limit=size, role=notice["role"])
        return [contact["account"] for contact in page["items"]], page["next"]

    def _add_page(self, notice: StoredNotification, accounts: list[str | None], cursor: object) -> None:
        new = self.store.queue([(notice, account) for account in accounts])
        self.store.notices.advance(notice, cursor, len(new))

    # -- a mail is written ---------------------------------------------------------------------------------------

    def send(self, priority: str, loop: Loop, contacts: Contacts, details: Details) -> None:
        """Send the mails of a priority until the service stops."""
        write = partial(self._write, details)
        source = DueDeliveries(priority, self.store, self.settings.lease, write, contacts, self._refusals)
        timeout = self.settings.smtp_timeout
        engine = Engine(source, [Connection(self._relay, timeout) for _ in range(CONNECTIONS[priority])])
        self._loops[priority] = loop
        engine.run(lambda: loop.stopping, loop.wait, loop.wakeup)

    def wake(self, priority: str) -> None:
        """Mails were queued: they need not wait for the next look."""
        if priority in self._loops:
            self._loops[priority].wakeup()

    def _refusals(self, tasks: Sequence[DueMail]) -> list[str | None]:
        """For each, why nothing is sent, or None. Whom only the details name is checked when the mail is written."""
        kinds = [item.notice.kind if (item := self.catalogue.get(task.row["template"])) else "" for task in tasks]
        asked = {
            number: Recipient(kind, task.row["account"], task.contact["email"])
            for number, (task, kind) in enumerate(zip(tasks, kinds, strict=True))
            if kind and task.contact is not None
        }
        found = dict(zip(asked, self.policy.refusals(list(asked.values())) if asked else (), strict=True))
        return self._announced_once(tasks, [found.get(number) for number in range(len(tasks))])

    def _announced_once(self, tasks: Sequence[DueMail], refusals: list[str | None]) -> list[str | None]:
        """Champions and winners are announced to readers of the newsletter too: each address gets it by one way."""
        by_event: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for number, (task, refusal) in enumerate(zip(tasks, refusals, strict=True)):
            if refusal is None and task.contact is not None and task.row["template"] in ANNOUNCED:
                by_event[task.row["event"]][task.contact["email"]] = number
        for event, numbers in by_event.items():
            for email in self.policy.announced_elsewhere(event, numbers):
                refusals[numbers[email]] = HAS_IT
        return refusals

    def _write(self, details: Details, task: DueMail) -> message.Envelope:
        row, notice, contact = task.row, task.notice, task.contact
        item = self.catalogue.get(row["template"])
        if notice is None or item is None:
            raise RenderError("template_missing", row["template"])
        variables = deliveries.variables_of(notice["data"])
        headers: Input = {}
        if item.notice.context_provider:
            more = dict(details(item.plugin.name, item.notice.context_provider, notice["data"], row["account"]))
            contact = more.pop("contact", None) or contact
            headers = more.pop("headers", None) or {}
            variables |= more
        if contact is None:
            raise RenderError("event_misfit", "contact")
        to = message.mailbox(contact.get("names"), contact["email"])
        recipient = Recipient(item.notice.kind, row["account"], contact["email"])
        if recipient.kind and task.contact is None and (reason := self.policy.refusals([recipient])[0]):
            raise MailRefused(reason)
        link = recipient.unsubscription if recipient.kind and self.secret else None
        source = self.catalogue.source(item, contact.get("locale"))
        written = self.writer.write(
            source,
            {**variables, "names": to.name, "event_time": notice["time"]},
            why=_WHY.get(item.notice.to, "why_account"),
            unsubscribe=self.policy.url(link, source.locale) if link else "",
        )
        reply_to = message.reply_address(headers[REPLY_TO]) if REPLY_TO in headers else self._reply_to
        stream = self._bulk if recipient.kind else self._personal
        mail = message.compose(
            written,
            sender=stream.sender,
            reply_to=reply_to,
            to=to,
            message_id=self.message_id(row["_id"]),
            date=clock.now(),
            return_path=self._return_path(row["_id"], stream.return_domain),
            auto_reply=item.notice.auto_reply,
            more=self._lines(headers, self.policy.headers(link) if link else {}),
        )
        return message.signed(mail, stream.signer) if stream.signer else mail

    def _lines(self, headers: Input, own: Mapping[str, str]) -> list[str]:
        """The publisher's headers, checked, and ours, which win but for the name of the list."""
        theirs = {name: value for name, value in headers.items() if name not in own or name == "List-Id"}
        return header_lines(theirs) + own_lines({name: value for name, value in own.items() if name not in theirs})

    def _return_path(self, delivery: str, domain: str) -> str:
        return return_path(delivery, secret=self.secret, domain=domain) if domain and self.secret else ""

    def message_id(self, delivery: str) -> str:
        """The Message-ID of a delivery."""
        return deliveries.message_id(delivery, self._personal.host)


def _notice_of(event: Input, item: templates.NotificationBinding) -> StoredNotification:
    return {
        "_id": f"{event['id']}|{item.name}",
        "event": event["id"],
        "template": item.name,
        "priority": item.notice.priority,
        "role": deliveries.role_of(item.notice.to),
        "repeatable": deliveries.is_repeatable(item.notice.to, item.notice.priority),
        "time": event.get("time"),
        "data": event["data"],
        "undated": item.notice.undated,
        "state": "expanded",
    }


_WHY = {"contact": "why_contact", "everyone": "why_everyone"}
