"""Claims: which mails this process sends next. Each claim is one transaction, its effects a whole batch or nothing."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Protocol

from wsis_shared import clock
from wsis_shared.mongo import in_transaction

from wsis_notifications.addresses.rules.suppression import HAS_IT
from wsis_notifications.campaigns.rules import figures, rates, repeats, returns
from wsis_notifications.campaigns.rules.segments import has_topic, matches, skip_reason
from wsis_notifications.campaigns.rules.states import BatchOfRows, Campaign, Counted, RowOfReader
from wsis_notifications.campaigns.store import Batches, Campaigns, NewsletterDeliveries, SendRates
from wsis_notifications.campaigns.store.deliveries import readers_of, row_id
from wsis_notifications.campaigns.use_cases.limits import Sender
from wsis_notifications.campaigns.use_cases.recipients import unseal_recipients
from wsis_notifications.mails.sending.queue import Batch
from wsis_notifications.mails.store.announced import CAMPAIGN, AnnouncedAddresses
from wsis_notifications.subscribers.rules.subscribers import BUCKETS, STATES, Subscriber
from wsis_notifications.subscribers.store.subscribers import Subscribers

Figures = list[Counted]  # of a batch
BATCH = 200  # readers of one claim, about
COUNT_SECONDS = 30.0  # between two looks at how many readers there are
AHEAD = 2.0  # seconds: who claims earlier would take mails from other processes


class Suppressed(Protocol):
    """The suppression list."""

    def among(self, keys: Iterable[str]) -> dict[str, str]:
        """Those of `keys` that are suppressed, each with its reason."""


@dataclass(frozen=True)
class RowMail:
    """A row that is to be sent."""

    row: RowOfReader
    reader: Subscriber
    campaign: Campaign


@dataclass(frozen=True)
class Claimed:
    """A batch that this process works on: the `ids` of its rows, and those of them that are to be sent."""

    batch: Batch[RowMail]
    campaign: Campaign
    ids: list[str]
    at: datetime
    later: datetime | None = None  # when rows that wait for their rate are due


class Claims:
    """For the process named by `claim`; a batch that is not renewed for `lease` seconds goes to another."""

    def __init__(self, stores: Stores, limits: rates.Limits, claim: str, lease: float, sender: Sender) -> None:
        self.stores, self.limits, self.claim, self.lease, self._sender = stores, limits, claim, lease, sender
        self._active, self._counted_at = 0, float("-inf")

    def next_batch(self, campaign: str) -> Claimed | None:
        """The next readers of a campaign, as rows; None where all are read, or where it is too early."""
        return in_transaction(partial(self._next_batch, campaign))

    def due_batch(self, campaign: str, held: Iterable[str] = ()) -> Claimed | None:
        """A batch whose mails are to be tried (again), none of those that this process has `held` since."""
        batch = self.stores.batches.take(campaign, self.claim, self.lease, held)
        return None if batch is None else in_transaction(partial(self._reopen, batch))

    # -- new rows ------------------------------------------------------------------------------------------------

    def _next_batch(self, id: str) -> Claimed | None:
        stores, now = self.stores, clock.seconds()
        campaign = stores.campaigns.read(id)
        first = campaign["next_bucket"]
        if campaign["state"] != "sending" or first >= BUCKETS:
            return None
        left = self._left_today(now)
        known = stores.rates.read(self.limits.keys)
        if known.get(rates.ALL, 0.0) > now + AHEAD or left == 0:
            return None
        end, readers = self._readers(campaign, first)
        stores.deliveries.guard(range(first, end))
        suppressed, had = self._suppressed(readers), self._reached_before(campaign, readers)
        reasons = [HAS_IT if reader["_id"] in had else skip_reason(reader, suppressed) for reader in readers]
        told = self._told_by_mail(campaign, [one for one, no in zip(readers, reasons, strict=True) if no is None])
        rows = [
            _row(id, reader, HAS_IT if reader["email_key"] in told else reason)
            for reader, reason in zip(readers, reasons, strict=True)
        ]
        stores.deliveries.insert(rows)
        stores.campaigns.advance(id, end)
        batch = stores.batches.add(id, (first, end), [row["_id"] for row in rows], self.claim, self.lease)
        queued = [(row, reader) for row, reader in zip(rows, readers, strict=True) if row["state"] == "queued"]
        return self._planned(campaign, batch, queued, now, known, left)

    def _readers(self, campaign: Campaign, first: int) -> tuple[int, list[Subscriber]]:
        """The readers to write to from this bucket on, and the bucket that follows."""
        if campaign["kind"] == "test":
            return BUCKETS, unseal_recipients(campaign)
        if campaign["kind"] == "failed_only":
            former = self.stores.batches.next_after(campaign["of"] or "", first)
            if former is None:
                return BUCKETS, []
            rows = self.stores.deliveries.read(former["ids"])
            wanted = readers_of(row for row in rows if repeats.is_wanted(row, campaign["include_unknown"]))
            readers = self.stores.subscribers.in_buckets(former["bucket"], former["end"])
            return former["end"], [one for one in readers if one["_id"] in wanted and _has_topic(one, campaign)]
        end = min(first + self._width(), BUCKETS)
        found = self.stores.subscribers.in_buckets(first, end)
        return end, [reader for reader in found if matches(reader, campaign["segment"], campaign.get("topics"))]

    def _reached_before(self, campaign: Campaign, readers: Iterable[Subscriber]) -> set[str]:
        """Those to whom another campaign sends, sent or may have sent this issue: nobody gets it twice. Two campaigns
        that claim the same reader at a time meet in the guard of the bucket."""
        others = [] if campaign["kind"] == "test" else self.stores.campaigns.others_of_issue(campaign)
        if not others:
            return set()
        rows = self.stores.deliveries.read(row_id(other, reader["_id"]) for reader in readers for other in others)
        return readers_of(row for row in rows if repeats.has_mail(row, campaign["include_unknown"]))

    def _told_by_mail(self, campaign: Campaign, readers: Iterable[Subscriber]) -> set[str]:
        """The keys of addresses to which the mail of the same event goes: to those with an account."""
        if not campaign.get("event"):
            return set()
        return self.stores.announced.take(campaign["event"], (reader["email_key"] for reader in readers), CAMPAIGN)

    def _suppressed(self, readers: Iterable[Subscriber]) -> dict[str, str]:
        return self.stores.suppressions.among(reader["email_key"] for reader in readers)

    def _width(self) -> int:
        """How many buckets hold about a batch."""
        if time.monotonic() - self._counted_at > COUNT_SECONDS:
            self._active, self._counted_at = self.stores.subscribers.counts()["active.all"], time.monotonic()
        return max(1, BATCH * BUCKETS // max(self._active, 1))

    # -- rows that wait ------------------------------------------------------------------------------------------

    def _reopen(self, batch: BatchOfRows) -> Claimed:
        """What is due of a batch. What its former holder left `sending` is unknown from now on."""
        stores, now = self.stores, clock.now()
        campaign = stores.campaigns.read(batch["campaign"])
        rows = stores.deliveries.read(batch["ids"])
        abandoned = [row["_id"] for row in rows if row["state"] == "sending"]
        if abandoned:
            stores.deliveries.abandon(abandoned)
        waiting = {row["_id"]: row for row in rows if row["state"] == "queued"}
        if campaign["state"] == "canceled":
            stores.deliveries.skip(list(waiting), "canceled")
        if campaign["state"] != "sending":  # one that was paused since it was looked at goes on when it is resumed
            return Claimed(Batch(batch["_id"]), campaign, batch["ids"], now)
        found = {row_id(batch["campaign"], reader["_id"]): reader for reader in self._same_readers(campaign, batch)}
        suppressed = self._suppressed(found[id] for id in waiting if id in found)
        due, skipped = [], defaultdict[str, list[str]](list)
        for id, row in waiting.items():
            reader = found.get(id)
            if reason := skip_reason(reader, suppressed):
                skipped[reason].append(id)
            elif reader is not None and not _has_topic(reader, campaign):
                skipped["topic"].append(id)
            elif reader is not None and row.get("due", now) <= now:
                due.append((row, reader))
        for reason, ids in skipped.items():
            stores.deliveries.skip(ids, reason)
        known, seconds = stores.rates.read(self.limits.keys), now.timestamp()
        return self._planned(campaign, batch, due, seconds, known, self._left_today(seconds))

    def _same_readers(self, campaign: Campaign, batch: BatchOfRows) -> list[Subscriber]:
        if campaign["kind"] == "test":
            return unseal_recipients(campaign)
        return self.stores.subscribers.in_buckets(batch["bucket"], batch["end"], STATES)

    # -- back ----------------------------------------------------------------------------------------------------

    def give_back(self, claimed: Claimed) -> tuple[Figures, Figures] | None:
        """A batch with its figures, due again where it has mails left; those that were not tried are no mails of their
        day. Returns its figures before and now; None where another process has it. Inside a transaction."""
        stores, rows = self.stores, self.stores.deliveries.read(claimed.ids)
        planned = {task.row: task.mail.row["attempts"] for task in claimed.batch.tasks}
        due = returns.next_due(rows, planned, claimed.later, timedelta(seconds=self.lease), clock.now())
        counted = figures.count(rows)
        before = stores.batches.give_back(claimed.batch.id, self.claim, counted, due)
        if before is None:
            return None
        untried = returns.count_untried(rows, planned)
        if self.limits.per_day and untried:
            stores.rates.count(claimed.at, -untried)
        return before["figures"], counted

    # -- rates ---------------------------------------------------------------------------------------------------

    def _left_today(self, now: float) -> int | None:
        if not self.limits.per_day:
            return None
        return max(0, self.limits.per_day - self.stores.rates.sent_on(datetime.fromtimestamp(now, UTC)))

    def _limits_of(self, campaign: Campaign, now: float) -> rates.Limits:
        """Tests go to few, and so they neither wait nor count."""
        if not self.limits.warm_up or campaign["kind"] == "test":
            return self.limits
        return self.limits.after(self._sender.begin(now))

    def _planned(
        self,
        campaign: Campaign,
        batch: BatchOfRows,
        queued: list[tuple[RowOfReader, Subscriber]],
        now: float,
        known: Mapping[str, float],
        left: int | None,
    ) -> Claimed:
        limits = self._limits_of(campaign, now)
        plan = rates.plan([(row["_id"], row["domain"]) for row, _ in queued], now, limits, known, left)
        at, later = datetime.fromtimestamp(now, UTC), datetime.fromtimestamp(plan.due, UTC) if plan.due else None
        self.stores.rates.write(known, plan.next_at)
        if left is not None and plan.starts:
            self.stores.rates.count(at, len(plan.starts))
        claimed = Claimed(Batch(batch["_id"]), campaign, batch["ids"], at, later)
        for row, reader in queued:
            if row["_id"] in plan.starts:
                claimed.batch.add(row["_id"], RowMail(row, reader, campaign), plan.starts[row["_id"]])
        return claimed


@dataclass(frozen=True)
class Stores:
    """What claims read and write."""

    campaigns: Campaigns
    batches: Batches
    deliveries: NewsletterDeliveries
    rates: SendRates
    subscribers: Subscribers
    suppressions: Suppressed
    announced: AnnouncedAddresses


def _has_topic(reader: Subscriber, campaign: Campaign) -> bool:
    """Who has taken the topics of an issue off since they were claimed, or were not reached, does not get it."""
    return campaign["kind"] == "test" or has_topic(reader, campaign["segment"], campaign.get("topics"))


def _row(campaign: str, reader: Subscriber, skipped: str | None) -> RowOfReader:
    domain = reader["email"].rpartition("@")[2].lower()
    return {
        "_id": row_id(campaign, reader["_id"]),
        "state": "skipped" if skipped else "queued",
        "reason": skipped,
        "language": reader["language"],
        "domain": domain,
        "attempts": 0,
        "bucket": reader["bucket"],
    }
