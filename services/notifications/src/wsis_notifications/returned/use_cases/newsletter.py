"""Mails that come back to the address of their row: bounces and complaints."""

from __future__ import annotations

from collections.abc import Callable

from wsis_shared.blobs.store import BlobStore
from wsis_shared.bus import InboundMail
from wsis_shared.keys import mailbox_secret
from wsis_shared.operations import inbound_mail
from wsis_shared.parts import Parts

from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.campaigns.rules import figures, states
from wsis_notifications.campaigns.rules.return_path import row_of
from wsis_notifications.campaigns.rules.states import RowOfReader
from wsis_notifications.campaigns.store import Batches, Campaigns, NewsletterDeliveries
from wsis_notifications.campaigns.use_cases.bounce_effects import BounceEffects
from wsis_notifications.campaigns.use_cases.lifecycle import Lifecycle
from wsis_notifications.mails.rules import unsubscription
from wsis_notifications.returned import rules as reports
from wsis_notifications.subscribers.store.subscribers import Subscribers
from wsis_notifications.subscriptions import use_cases as subscriptions

COMPLAINT = "complaint"


class Bounces:
    """`unsubscribe(id)` is for those who complain."""

    def __init__(
        self,
        deliveries: NewsletterDeliveries,
        batches: Batches,
        lifecycle: Lifecycle,
        effects: BounceEffects,
        subscribers: Subscribers,
        unsubscribe: Callable[[str], None],
    ) -> None:
        self._deliveries, self._batches, self._lifecycle = deliveries, batches, lifecycle
        self._effects, self._subscribers, self._unsubscribe = effects, subscribers, unsubscribe

    @inbound_mail
    def receive_newsletter_bounce(self, mail: InboundMail, blobs: BlobStore) -> None:
        """A mail to the return path of a row."""
        self.receive(mail.recipient, b"".join(blobs.open(mail.blob)))

    def receive(self, recipient: str, raw: bytes) -> None:
        """What is no bounce and no complaint changes nothing: absence notes, delays, letters. Inside a transaction."""
        self._take(recipient, reports.read_report(raw))

    def receive_complaint(self, address: str) -> None:
        """An address of ours in a report of a feedback loop: the return path of a row, or what List-Unsubscribe says.
        Inside a transaction."""
        self._take(address, reports.Report(COMPLAINT))
        link = unsubscription.link_of(address, mailbox_secret())
        if link is not None and link.audience == "subscriber":
            self._unsubscribe(link.id)

    def _take(self, address: str, report: reports.Report) -> None:
        id = row_of(address, secret=mailbox_secret())
        row = self._deliveries.find(id) if id and (report.is_bounce or report.kind == COMPLAINT) else None
        if row is not None and row["state"] in states.HANDED_OVER and row["reason"] != COMPLAINT:
            self._on_report(row, report)

    def settle(self, row: str, report: reports.Report) -> bool:
        """What the log of the relay says of a row of unknown outcome; False where it is no longer unknown. Inside a
        transaction."""
        found = self._deliveries.find(row)
        if found is None or found["state"] != "unknown":
            return False
        if report.is_bounce:
            self._on_report(found, report)
        else:
            self._change(found, {**found, "state": "sent", "reason": None})
        return True

    def _on_report(self, row: RowOfReader, report: reports.Report) -> None:
        if report.kind == COMPLAINT:
            after: RowOfReader = {**row, "state": "sent", "reason": COMPLAINT}
        else:
            after = {**row, "state": "bounced", "reason": " ".join(filter(None, (report.kind, report.status)))}
        if (row["state"], row["reason"]) == (after["state"], after["reason"]):
            return
        self._change(row, after)
        reader = self._subscribers.find(row["_id"].partition("|")[2])
        if reader is not None:
            self._effects.apply(reader, report.kind, report.status)
            if report.kind == COMPLAINT:
                self._unsubscribe(reader["_id"])

    def _change(self, before: RowOfReader, after: RowOfReader) -> None:
        """A batch that is worked on counts its rows itself, when it is given back."""
        self._deliveries.change(before, after["state"], after["reason"])
        campaign = before["_id"].partition("|")[0]
        found = self._batches.containing(campaign, before["bucket"])
        if found is not None and found["claim"] is not None:
            self._batches.touch(found["_id"])
        elif found is not None:
            changed = figures.moved(found["figures"], before, after)
            self._batches.set_figures(found["_id"], changed)
            self._lifecycle.add_figures(campaign, found["figures"], changed)


def _no_issue(issue: str, state: str) -> None:
    """No bounce changes an issue."""


def compose(parts: Parts) -> Bounces:
    """The use cases with their collaborators; called once per process."""
    subscribers, batches = Subscribers(parts.db), Batches(parts.db)
    return Bounces(
        NewsletterDeliveries(parts.db),
        batches,
        Lifecycle(Campaigns(parts.db), batches, _no_issue),
        BounceEffects(Suppressions(parts.db), subscribers),
        subscribers,
        subscriptions.compose_subscriptions(parts).preferences.unsubscribe,
    )
