"""Batches: the rows of some buckets of a campaign, which one process works on at a time.

`due` is when a batch may be taken, and when one that was taken counts as abandoned; `claim` names the process that has
it. `figures` count its rows when it was last given back (campaigns/rules/figures.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from wsis_shared import clock
from wsis_shared.collection import Collection
from wsis_shared.mongo import Repository

from wsis_notifications.campaigns.rules.states import BatchOfRows, Counted

WITHOUT_IDS = {"ids": 0}


class Batches(Repository):
    """Batches of all campaigns."""

    @property
    def all(self) -> Collection[BatchOfRows]:
        """The collection, joined to the open transaction."""
        return self.collection("campaign_batches", BatchOfRows)

    def add(self, campaign: str, buckets: tuple[int, int], ids: Sequence[str], claim: str, lease: float) -> BatchOfRows:
        """A new one, taken by `claim`; `buckets` is the range, its end excluded."""
        batch: BatchOfRows = {
            "_id": batch_id(campaign, buckets[0]),
            "campaign": campaign,
            "bucket": buckets[0],
            "end": buckets[1],
            "ids": list(ids),
            "state": "open",
            "claim": claim,
            "due": clock.now() + timedelta(seconds=lease),
            "figures": [],
        }
        self.all.insert_one(batch)
        return batch

    def take(self, campaign: str, claim: str, lease: float, held: Iterable[str] = ()) -> BatchOfRows | None:
        """Claim one that is due; its former holder, if it has one, is dead or cut off. None of those that this process
        has `held` since."""
        now = clock.now()
        due = {"campaign": campaign, "state": "open", "due": {"$lte": now}, "_id": {"$nin": list(held)}}
        found = self.all.find_one(due)
        if found is None:
            return None
        change = {"$set": {"claim": claim, "due": now + timedelta(seconds=lease)}}
        same = {"_id": found["_id"], "claim": found["claim"], "due": found["due"]}
        return found if self.all.update_one(same, change).modified_count else None

    def renew(self, batches: Iterable[str], claim: str, lease: float) -> None:
        """Still at work on them."""
        change = {"$set": {"due": clock.now() + timedelta(seconds=lease)}}
        self.all.update_many({"_id": {"$in": list(batches)}, "claim": claim}, change)

    def give_back(self, batch: str, claim: str, figures: Sequence[Counted], due: datetime | None) -> BatchOfRows | None:
        """Done, or `due` again; returns it as it was, None where it is no longer ours. Inside a transaction."""
        found = self.all.find_one({"_id": batch, "claim": claim}, WITHOUT_IDS)
        if found is not None:
            change = {"claim": None, "figures": figures, "state": "open" if due else "done", "due": due}
            self.all.update_one({"_id": batch, "claim": claim}, {"$set": change})
        return found

    def set_figures(self, batch: str, figures: Sequence[Counted]) -> None:
        """One of its rows has changed. Inside a transaction."""
        self.all.update_one({"_id": batch}, {"$set": {"figures": figures}})

    def touch(self, batch: str) -> None:
        """One of its rows has changed while a process works on it: if that gives it back at this moment, it counts
        again. Inside a transaction."""
        self.all.update_one({"_id": batch}, {"$inc": {"touched": 1}})

    def is_open(self, campaign: str) -> bool:
        """True while it has one that is not done."""
        return self.all.find_one({"campaign": campaign, "state": "open"}, {"_id": 1}) is not None

    def of(self, campaign: str) -> list[BatchOfRows]:
        """Those of a campaign without their ids, in the order of their buckets."""
        return list(self.all.find({"campaign": campaign}, WITHOUT_IDS).sort("bucket", 1))

    def containing(self, campaign: str, bucket: int) -> BatchOfRows | None:
        """The one that a bucket belongs to."""
        query = {"campaign": campaign, "bucket": {"$lte": bucket}}
        for found in self.all.find(query, WITHOUT_IDS).sort("bucket", -1).limit(1):
            return found if bucket < found["end"] else None
        return None

    def next_after(self, campaign: str, bucket: int) -> BatchOfRows | None:
        """The first one that begins at this bucket or later, with its ids."""
        query = {"campaign": campaign, "bucket": {"$gte": bucket}}
        for found in self.all.find(query).sort("bucket", 1).limit(1):
            return found
        return None

    def with_unknown(self, campaigns: Iterable[str]) -> Iterator[list[str]]:
        """The ids of the rows of each batch that counted unknown outcomes when it was given back."""
        counted = {"campaign": {"$in": list(campaigns)}, "figures": {"$elemMatch": {"0": "unknown"}}}
        return (batch["ids"] for batch in self.all.find(counted, {"ids": 1}))

    def remove(self, batch: str) -> None:
        """Its rows are removed too. Inside a transaction."""
        self.all.delete_one({"_id": batch})


def batch_id(campaign: str, bucket: int) -> str:
    """Fixed per campaign and first bucket: two processes that claim the same one conflict."""
    return f"{campaign}|{bucket:04d}"
