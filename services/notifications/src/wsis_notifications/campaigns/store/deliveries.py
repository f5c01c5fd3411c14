"""NewsletterDeliveries: a row for each reader of a campaign.

    queued -> sending -> sent | bounced | failed | skipped | unknown

A row is `sending` before anything of its mail goes to the relay. It is found by its id alone: an index would
make each write dearer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from wsis_shared import clock
from wsis_shared.collection import Collection
from wsis_shared.mongo import Repository

from wsis_notifications.campaigns.rules.states import RowOfReader
from wsis_notifications.mails.rules.deliveries import MAX_SEARCHED, TO_SEARCH, Settlement
from wsis_notifications.mails.store.progress import write_progress
from wsis_notifications.subscribers.rules.subscribers import BUCKETS

GUARDS = 32  # documents; each guards as many neighbouring buckets, so that a claim writes few


def row_id(campaign: str, reader: str) -> str:
    """The one row of a reader in a campaign."""
    return f"{campaign}|{reader}"


def readers_of(rows: Iterable[RowOfReader]) -> set[str]:
    """The ids of their readers."""
    return {row["_id"].partition("|")[2] for row in rows}


class NewsletterDeliveries(Repository):
    """Rows of all campaigns."""

    @property
    def all(self) -> Collection[RowOfReader]:
        """The collection, joined to the open transaction."""
        return self.collection("newsletter_deliveries", RowOfReader)

    def insert(self, rows: Sequence[RowOfReader]) -> None:
        """New ones. Inside a transaction."""
        if rows:
            self.all.insert_many(rows, ordered=False)

    def read(self, ids: Iterable[str]) -> list[RowOfReader]:
        """The rows of these ids, in any order."""
        return self.all.named(ids)

    def find(self, row: str) -> RowOfReader | None:
        """One row, or None."""
        return self.all.find_one({"_id": row})

    # -- sending -------------------------------------------------------------------------------------------------

    def write_progress(self, claim: str, sent: Sequence[tuple[str, datetime]], begun: Sequence[str]) -> set[str]:
        """What senders did and begin to do. Returns those of `begun` that are ours to send."""
        finish = {"at": sent[-1][1]} if sent else {}
        done, started = [(claim, row) for row, _ in sent], [(claim, row) for row in begun]
        return {row for _, row in write_progress(self.all, done, finish, started, {"at": clock.now()})}

    def record(self, row: str, claim: str, outcome: Settlement) -> bool:
        """What became of a mail that was not sent, unless its row has changed; False then. One that would be tried
        again is skipped where its reader has left meanwhile."""
        now = clock.now()
        mine = {"_id": row, "claim": claim, "state": "sending"}
        change: dict[str, object] = {"state": outcome.state, "reason": outcome.reason, "at": now}
        if outcome.state != "queued":
            return bool(self.all.update_one(mine, {"$set": change}).modified_count)
        change["due"] = now + timedelta(seconds=outcome.pause)
        if self.all.update_one({**mine, "leaving": {"$exists": False}}, {"$set": change}).modified_count:
            return True
        return bool(self.all.update_one(mine, {"$set": _skipped("unsubscribed", now)}).modified_count)

    def abandon(self, ids: Sequence[str]) -> None:
        """Rows that a dead sender left `sending`: nobody knows whether the relay has them."""
        change = {"$set": {"state": "unknown", "reason": "the sender ended", "at": clock.now()}}
        self.all.update_many({"_id": {"$in": list(ids)}, "state": "sending"}, change)

    def skip(self, ids: Sequence[str], reason: str) -> None:
        """Rows that are still queued are not sent."""
        change = {"$set": _skipped(reason, clock.now())}
        self.all.update_many({"_id": {"$in": list(ids)}, "state": "queued"}, change)

    def change(self, row: RowOfReader, state: str, reason: str | None) -> None:
        """Its mail came back, or was complained about, or the relay has it after all. Inside a transaction with
        `find`."""
        change = {"$set": {"state": state, "reason": reason, "at": clock.now()}}
        self.all.update_one({"_id": row["_id"], "state": row["state"]}, change)

    def unknown(self, batches: Iterable[Sequence[str]]) -> list[str]:
        """Of the rows of batches, the ids of those of unknown outcome that the log of the relay is to be searched
        for."""
        found: list[str] = []
        for ids in batches:
            found += (row["_id"] for row in self.all.named(ids, {"_id": 1}, {"state": "unknown", **TO_SEARCH}))
            if len(found) >= MAX_SEARCHED:
                break
        return found

    def count_search(self, ids: Iterable[str]) -> None:
        """The log was searched for them."""
        self.all.update_many({"_id": {"$in": list(ids)}, "state": "unknown"}, {"$inc": {"searches": 1}})

    def remove(self, ids: Iterable[str]) -> None:
        """They are too old. Inside a transaction."""
        self.all.delete_many({"_id": {"$in": list(ids)}})

    # -- a reader leaves -----------------------------------------------------------------------------------------

    def guard(self, buckets: Iterable[int]) -> None:
        """Write what guards these buckets: of two transactions that do so at a time, one runs again and sees what the
        other did. Inside a transaction."""
        for guard in sorted({bucket * GUARDS // BUCKETS for bucket in buckets}):
            self.collection("claim_guards").update_one({"_id": guard}, {"$inc": {"claims": 1}}, upsert=True)

    def withdraw(self, rows: Sequence[str], bucket: int) -> None:
        """A reader leaves: what is queued is skipped, what is `sending` is not tried again. Inside a transaction."""
        self.guard([bucket])
        self.skip(rows, "unsubscribed")
        self.all.update_many({"_id": {"$in": list(rows)}, "state": "sending"}, {"$set": {"leaving": True}})

    def is_sending(self, rows: Sequence[str]) -> bool:
        """True while a mail of one of these rows may be on its way to the relay."""
        return self.all.find_one({"_id": {"$in": list(rows)}, "state": "sending"}, {"_id": 1}) is not None


def _skipped(reason: str, now: datetime) -> dict[str, object]:
    return {"state": "skipped", "reason": reason, "at": now}
