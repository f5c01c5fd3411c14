"""Documents and indexes. Readers of the newsletter: subscription, confirmation, preferences, import, export."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial

from pymongo import UpdateOne
from wsis_shared import clock, keyset
from wsis_shared.collection import Collection
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.errors import NotFound
from wsis_shared.events import PendingEvent
from wsis_shared.imports.repository import collections as import_collections
from wsis_shared.json_types import Input
from wsis_shared.mongo import Repository, in_transaction
from wsis_shared.outbox import EventfulRepository

from wsis_notifications.subscribers.rules import subscribers
from wsis_notifications.subscribers.rules.requests import SubscriptionRequest
from wsis_notifications.subscribers.rules.subscribers import Subscriber

NUMBERS = "numbers"

COLLECTIONS: tuple[CollectionSpec, ...] = (
    # Nobody is in it who did not consent.
    CollectionSpec(
        "subscribers",
        indexes=(
            index("email_key", "email_key", unique=True),
            index("bucket", "bucket"),
            index("number", "-number"),
            *(
                index(field, field, "-number")
                for field in ("language", "format", "topics", "region", "country", "stakeholder_type", "state")
            ),
        ),
    ),
    # Counters by shard, and the last number that a reader got.
    CollectionSpec("subscriber_counts"),
    CollectionSpec(
        "subscription_requests",
        indexes=(
            index("request", "request", unique=True),
            index("state", "state"),
            expires("expires_at"),
        ),
    ),
    # When mails went to tagged spellings of a mailbox, by its keyed hash.
    CollectionSpec("subscription_tag_mails", indexes=(expires("expires_at"),)),
    CollectionSpec("subscriber_imports", indexes=(index("created_at", "-created_at", "-_id"),)),
    CollectionSpec("subscriber_refusals", indexes=(index("import", "import", "number"), expires("at", 30 * clock.DAY))),
    *import_collections("subscriber_import_values", "subscriber_import_mappings"),
)


class Subscribers(Repository):
    """Readers, and the counters of them: each change of a reader is a change of the counters, in one transaction."""

    @property
    def _subscribers(self) -> Collection[Subscriber]:
        return self.collection("subscribers", Subscriber)

    def find(self, id: str) -> Subscriber | None:
        """A reader, or None."""
        return self._subscribers.find_one({"_id": id})

    def read(self, id: str) -> Subscriber:
        """A reader. Raises NotFound."""
        found = self.find(id)
        if found is None:
            raise NotFound("notifications.subscriber_unknown")
        return found

    def by_key(self, key: str) -> Subscriber | None:
        """The reader with that address, by its keyed hash (addresses/store/keys.py)."""
        return self._subscribers.find_one({"email_key": key})

    def by_keys(self, keys: Iterable[str]) -> dict[str, Subscriber]:
        """Readers by the keys of their addresses."""
        found = self._subscribers.find({"email_key": {"$in": list(keys)}})
        return {row["email_key"]: row for row in found}

    def in_buckets(self, first: int, end: int, states: Sequence[str] = (subscribers.ACTIVE,)) -> list[Subscriber]:
        """The readers of the buckets from `first` to before `end`, in these states."""
        found = self._subscribers.find({"bucket": {"$gte": first, "$lt": end}})
        return [row for row in found if row["state"] in states]

    def page(self, filters: Mapping[str, object], after: str | None, limit: int) -> keyset.Page[Subscriber]:
        """Readers that match, the newest first."""
        fields = {"topic": "topics", "mail_format": "format"}
        query = {fields.get(name, name): value for name, value in filters.items() if value is not None}
        # By number, not by time: numbers are dense, while an import brings thousands of readers in one second.
        return keyset.find_page(self._subscribers, query, ("-number",), after, limit)

    # -- changes, each in the transaction that is open or in one of its own --------------------------------------------

    def change(self, before: Subscriber | None, after: Subscriber | None, at: datetime) -> None:
        """Insert (no `before`), replace, or delete (no `after`) a reader."""
        in_transaction(partial(self._change, before, after, at))

    def _change(self, before: Subscriber | None, after: Subscriber | None, at: datetime) -> None:
        if before is None and after is not None:
            self._subscribers.insert_one({**after, "number": self._take_numbers(1)})
        elif before is not None and after is None:
            self._subscribers.delete_one({"_id": before["_id"]})
        elif before is not None and after is not None:
            self._subscribers.replace_one({"_id": before["_id"]}, after)
        self._count([(before, after)], at)

    def add_many(self, readers: Sequence[Subscriber], at: datetime) -> None:
        """Insert readers whose addresses are new."""
        if readers:
            first = self._take_numbers(len(readers))
            numbered: list[Subscriber] = [
                {**reader, "number": number} for number, reader in enumerate(readers, start=first)
            ]
            self._subscribers.insert_many(numbered)
            self._count([(None, reader) for reader in readers], at)

    def _take_numbers(self, count: int) -> int:
        """The first of so many new numbers."""
        counter = self.collection("subscriber_counts").find_one_and_update(
            {"_id": NUMBERS}, {"$inc": {"last": count}}, upsert=True, after=True
        )
        return int(counter["last"]) - count + 1

    def mark_bounced(self, id: str, kind: str, status: str) -> None:
        """A mail to a reader came back; `kind` is hard or soft. Nothing where the reader is erased."""
        in_transaction(partial(self._mark_bounced, id, kind, status))

    def _mark_bounced(self, id: str, kind: str, status: str) -> None:
        at, found = clock.now(), self.find(id)
        if found is not None:
            self._change(found, subscribers.bounced(found, kind, status, at), at)

    def _count(self, changes: Iterable[tuple[Subscriber | None, Subscriber | None]], at: datetime) -> None:
        shards: dict[str, Counter[str]] = {}
        for before, after in changes:
            if (changed_ := after or before) is None:
                continue
            shard = shards.setdefault(subscribers.shard_of(changed_), Counter())
            shard.update(subscribers.count_changes(before, after, at))
        updates = [
            UpdateOne(
                {"_id": shard}, {"$inc": {f"counts.{name}": change for name, change in changed.items()}}, upsert=True
            )
            for shard, changes_ in shards.items()
            if (changed := {name: change for name, change in changes_.items() if change})
        ]
        if updates:
            self.collection("subscriber_counts").bulk_write(updates, ordered=False)

    def counts(self) -> Counter[str]:
        """The counters: `active.language.fr`, `joined.2017-04`. 16 documents are read, however many readers there
        are."""
        total: Counter[str] = Counter()
        for shard in self.collection("subscriber_counts").find():
            total.update(dict(_flat(shard.get("counts", {}))))
        return total


def _flat(tree: Input, prefix: str = "") -> Iterable[tuple[str, int]]:
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", int(value)


class SubscriptionRequests(EventfulRepository):
    """Requests that wait for their confirmation, by the key of the address. The store forgets each after seven days."""

    @property
    def _requests(self) -> Collection[SubscriptionRequest]:
        return self.collection("subscription_requests", SubscriptionRequest)

    def find(self, key: str) -> SubscriptionRequest | None:
        """The request of an address."""
        return self._requests.find_one({"_id": key})

    def of_id(self, request: str) -> SubscriptionRequest | None:
        """The request that a link or an event names; None once it is forgotten."""
        found = self._requests.find_one({"request": request})
        return found if found is not None and found["expires_at"] > clock.now() else None

    def put(self, request: SubscriptionRequest, *events: PendingEvent) -> None:
        """Store it, in the transaction that read it."""
        self.put_in_place("subscription_requests", request, *events)

    def remove(self, key: str) -> None:
        """Forget the request of an address."""
        self._requests.delete_one({"_id": key})

    def count_pending(self) -> int:
        """Requests that wait: those of the last seven days."""
        return int(self._requests.count_documents({"state": "pending"}))

    def record(self, entry: PendingEvent) -> None:
        """Publish an audit entry with the transaction that is open."""
        self.store_events(1, entry)
