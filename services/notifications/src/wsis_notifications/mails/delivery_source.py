"""The mails of one priority, as the engine takes them: due deliveries, with the contacts of their accounts.

Each priority has an engine and connections of its own, so that a code never waits behind an announcement to thousands.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from prometheus_client import Counter
from wsis_shared.errors import SuiteError, TooMany, Unavailable
from wsis_shared.events import PendingEvent
from wsis_shared.json_types import Input

from wsis_notifications.mails.errors import MailRefused, RenderError
from wsis_notifications.mails.events import DELIVERY_FAILED
from wsis_notifications.mails.rules import deliveries
from wsis_notifications.mails.rules.deliveries import Delivery
from wsis_notifications.mails.rules.message import Envelope
from wsis_notifications.mails.sending.engine import Rest, Source, log_fault, persist
from wsis_notifications.mails.sending.queue import Batch, Key
from wsis_notifications.mails.store.deliveries import DeliveryRepository
from wsis_notifications.mails.store.notices import StoredNotification

_log = logging.getLogger(__name__)

# The pause while another service or the relay is away.
RETRY_DELAY = {"high": 1.0, "low": 5.0}
# What has waited longer since it was claimed is claimed anew: its address and what its person wants may have changed.
FRESH_SECONDS = 10.0
# The longest rest that a publisher of details can ask for: one of many must not hold up everybody's codes.
MAX_BACKOFF = {"high": 1.0, "low": 30.0}


@dataclass(frozen=True)
class DueMail:
    """A delivery with its claim, its notice, and the contact of its account where it has one; `read_at`: when, of a
    clock that nobody sets."""

    claim: str
    read_at: float
    row: Delivery
    notice: StoredNotification | None
    contact: Input | None


Write = Callable[[DueMail], Envelope]
Contacts = Callable[[list[str]], Sequence[Input]]
Refusals = Callable[[Sequence[DueMail]], Sequence[str | None]]  # for each mail, why nothing is sent, or None


# Deliveries that code, texts or data failed on; an operator must look (deploy/prometheus/rules.yml).
NOT_COMPOSED = Counter(
    "wsis_deliveries_not_composed_total", "Deliveries that failed in composing, given up", ["priority"]
)
for _priority in deliveries.PRIORITIES:  # from 0 on: an increase from nothing to 1 would not raise the alert
    NOT_COMPOSED.labels(_priority)


class DueDeliveries(Source[DueMail]):
    """A source of the engine; `lease`: seconds until the batches of a process that is dead or cut off go to others."""

    # How long a priority that has nothing to do listens before it looks by itself for what other processes queued.
    idle = 1.0

    def __init__(
        self, name: str, store: DeliveryRepository, lease: float, write: Write, contacts: Contacts, refusals: Refusals
    ) -> None:
        self.name, self.lease, self.relay_pause = name, lease, RETRY_DELAY[name]
        self._store = store
        self._compose, self._contacts, self._refusals = write, contacts, refusals
        self._taken: dict[str, list[str]] = {}  # by claim, the batches of the store that it took

    # -- claims ----------------------------------------------------------------------------------------------------

    def look(self) -> Callable[[DueMail], bool]:
        """What has waited too long since it was claimed."""
        since = time.monotonic() - FRESH_SECONDS
        return lambda mail: mail.read_at < since

    def claim(self) -> Iterator[Batch[DueMail]]:
        """Some 100 mails, of one batch of the store or of many; who does not want theirs is skipped. Raises Rest while
        accounts is away."""
        claim = uuid.uuid4().hex  # a new one each time: a delivery that is queued again may be claimed twice
        batches = self._store.batches.take(self.name, claim, self.lease, self._held())
        if not batches:
            return
        taken = Batch[DueMail](claim)
        try:
            for mail in persist(partial(self._wanted, claim, batches)):
                taken.add(mail.row["_id"], mail)
        except SuiteError as error:
            _log.warning("no contacts, the priority waits", extra={"priority": self.name, "error": error.code})
            self._store.close(claim, batches, RETRY_DELAY[self.name], self.lease)
            raise Rest(RETRY_DELAY[self.name]) from None
        self._taken[claim] = batches
        yield taken

    def _wanted(self, claim: str, batches: Sequence[str]) -> list[DueMail]:
        """What is to be sent of these batches. What is not wanted is skipped."""
        mails, wanted = list(self._due(claim, batches)), []
        for mail, reason in zip(mails, self._refusals(mails), strict=True):
            if reason is None:
                wanted.append(mail)
            else:
                record_outcome(self._store, mail.row, deliveries.Outcome("skipped", reason))
        return wanted

    def _due(self, claim: str, batches: Sequence[str]) -> Iterator[DueMail]:
        """What is due of these batches, with each person's contact."""
        read_at = time.monotonic()
        rows, abandoned = self._store.open(batches)
        for row in abandoned:
            record_outcome(self._store, row, deliveries.Outcome("unknown", "the sender ended"))
        notices = self._store.notices.read({row["notice"] for row in rows})
        ids = [row["account"] for row in rows if row["account"] is not None]
        known = {contact["account"]: contact for contact in self._contacts(ids)} if ids else {}
        for row in rows:
            if row["account"] is None or row["account"] in known:
                yield DueMail(claim, read_at, row, notices.get(row["notice"]), known.get(row["account"]))
            else:
                record_outcome(self._store, row, deliveries.Outcome("skipped", "no contact"))

    def renew(self) -> None:
        """Still at work on what was taken."""
        self._store.batches.renew(list(self._taken), self._held(), self.lease)

    def _held(self) -> list[str]:
        return [batch for taken in list(self._taken.values()) for batch in taken]

    def close(self, batch: str, pause: float) -> None:
        """Delete what is done, and give back what has mails left."""
        self._store.close(batch, self._taken[batch], pause, self.lease)
        del self._taken[batch]

    # -- a mail ----------------------------------------------------------------------------------------------------

    def write(self, mail: DueMail) -> Envelope:
        """The mail. Raises Rest where whoever has its details has better things to do: it stays queued."""
        try:
            return self._compose(mail)
        except TooMany as error:
            seconds = error.retry_after or RETRY_DELAY[self.name]
            raise Rest(min(seconds, MAX_BACKOFF[self.name])) from None

    def not_written(self, mail: DueMail, error: Exception) -> None:
        """It was never begun: what becomes of it is stored at once."""
        row: Delivery = mail.row
        tried: Delivery = {**mail.row, "attempts": mail.row["attempts"] + 1}
        if isinstance(error, MailRefused):
            record_outcome(self._store, row, deliveries.Outcome("skipped", error.reason))
        elif isinstance(error, RenderError):
            self._not_composed(row, deliveries.Outcome("failed", error.reason))
        elif isinstance(error, Unavailable):
            self._store.record_outcome(row, deliveries.Settlement("queued", error.code, RETRY_DELAY[self.name]))
        elif isinstance(error, SuiteError):
            record_outcome(self._store, tried, _refused(error))
        else:  # a fault of the code or of the data: the others must not wait
            log_fault(row["_id"], error)
            self._not_composed(tried, deliveries.Outcome("broken", f"cannot be composed: {type(error).__name__}"))

    def _not_composed(self, row: Delivery, outcome: deliveries.Outcome) -> None:
        """`broken` is tried again after a pause, a few times; then, like `failed`, it waits for an operator."""
        if record_outcome(self._store, row, outcome).state == "failed":
            NOT_COMPOSED.labels(self.name).inc()

    def write_progress(self, sent: Sequence[tuple[Key, datetime]], begun: Sequence[Key]) -> set[Key]:
        """What senders did and begin to do: a batch is named by its claim."""
        return self._store.write_progress(sent, begun)

    def record(self, mail: DueMail, outcome: deliveries.Outcome) -> None:
        """A relay that is away uses up no try."""
        row: Delivery = {**mail.row, "state": "sending", "claim": mail.claim}
        if outcome == deliveries.AWAY:
            back = deliveries.Settlement("queued", outcome.reason, RETRY_DELAY[self.name])
            self._store.record_outcome(row, back)
        else:
            record_outcome(self._store, {**row, "attempts": row["attempts"] + 1}, outcome)


def record_outcome(store: DeliveryRepository, row: Delivery, outcome: deliveries.Outcome) -> deliveries.Settlement:
    """Write what becomes of a delivery that was not sent, with the event where it is given up, and return it."""
    now = deliveries.settlement(outcome, row["priority"], row["attempts"], row["repeatable"])
    events = [failed_event(row, now.reason)] if now.state == "failed" else []
    store.record_outcome(row, now, *events)
    return now


def failed_event(row: Delivery, reason: str) -> PendingEvent:
    """The event of a delivery that did not reach its person."""
    data = {name: value for name, value in row.items() if name in ("event", "template", "account", "priority")}
    return PendingEvent(DELIVERY_FAILED, row["_id"], {"delivery": row["_id"], "reason": reason, **data})


def _refused(error: SuiteError) -> deliveries.Outcome:
    """The publisher does not give the details: a fault of its own is tried again, a refusal stands (the code has
    expired, the account is gone)."""
    return deliveries.Outcome("retry" if type(error) is SuiteError else "skipped", f"details {error.code}")
