"""Repository of projects of the WSIS Prizes that have an entry, or will."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from pymongo import UpdateOne
from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.erasure import Erasure
from wsis_shared.json_types import JsonObject
from wsis_shared.mongo import Repository

from wsis_stocktaking.prizes.rules import Project
from wsis_stocktaking.register.rules.entries import Entry
from wsis_stocktaking.register.store.register import MERGED, PUBLIC

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec(
        "prize_projects",
        indexes=(
            index("pending", "pending", "edition", "_id"),
            index("account", "account"),
            index("entry", "entry"),
        ),
    ),
    # Events of before an erasure may come after it, as long as queues and dead letters are kept.
    CollectionSpec("erased_submitters", indexes=(expires("at", 60 * clock.DAY),)),
)


class PrizeProjects(Repository):
    """What the events of the prizes said of each project, and which entry it has."""

    def record(self, rank: int, facts: Iterable[tuple[str, JsonObject]]) -> None:
        """Add (project, facts): a rank only grows; of every other fact the last one is stored. What is
        recorded is pending until an entry follows."""
        writes = [
            UpdateOne({"_id": project}, {"$set": {**fact, "pending": True}, "$max": {"rank": rank}}, upsert=True)
            for project, fact in facts
        ]
        if writes:
            self.collection("prize_projects").bulk_write(writes, ordered=False)

    def pending(self, edition: str, limit: int) -> list[Project]:
        """Projects whose entries are to be brought up to date."""
        found = self.collection("prize_projects", Project).find({"edition": edition, "pending": True}).sort("_id", 1)
        return list(found.limit(limit))

    def reopen(self, entry: str) -> list[str]:
        """The entry is another one now: its projects are pending again, the one that it has the mark of and those that
        are out. Returns their editions."""
        projects = self.collection("prize_projects")
        projects.update_many({"entry": entry}, {"$set": {"pending": True}})
        return sorted(projects.distinct("edition", {"entry": entry}))

    def count_pending(self, edition: str) -> int:
        """How many there are."""
        return int(self.collection("prize_projects").count_documents({"edition": edition, "pending": True}))

    def pending_editions(self) -> list[str]:
        """Editions with projects that are pending."""
        return sorted(self.collection("prize_projects").distinct("edition", {"pending": True}))

    def finish(self, done: Mapping[str, JsonObject]) -> None:
        """Projects whose entries are up to date, with what is to be remembered of each."""
        self.collection("prize_projects").bulk_write(
            [UpdateOne({"_id": project}, {"$set": {**facts, "pending": False}}) for project, facts in done.items()]
        )

    # -- entries ------------------------------------------------------------------------------------------------------

    def survivors(self, entries: Iterable[str]) -> dict[str, Entry]:
        """Entries by the ids that are asked for; in place of one that was merged, the one that it was merged into."""
        asked = {entry: entry for entry in entries}  # id -> where it has led so far
        known: dict[str, Entry] = {}
        while True:  # a merged entry is never public again, so no chain comes back
            unknown = set(asked.values()) - set(known)
            known |= {
                row["_id"]: row for row in self.collection("entries", Entry).find({"_id": {"$in": list(unknown)}})
            }
            merged = {
                entry: str(known[at]["merged_into"])
                for entry, at in asked.items()
                if at in known and known[at]["visibility"] == MERGED
            }
            if not merged:
                return {entry: known[at] for entry, at in asked.items() if at in known}
            asked |= merged

    def public_of_owners(self, owners: Iterable[str]) -> list[Entry]:
        """The public entries of these accounts."""
        return list(self.collection("entries", Entry).find({"owner": {"$in": sorted(owners)}, "visibility": PUBLIC}))

    def forget(self, erasure: Erasure) -> None:
        """The account is the submitter of nothing that was nominated before."""
        nominated = erasure.query("nominated_at", account="account")
        self.collection("prize_projects").update_many(nominated, {"$set": {"account": None}})
        latest = {"$max": {"at": erasure.at}}
        self.collection("erased_submitters").update_one({"_id": erasure.account}, latest, upsert=True)

    def was_erased(self, account: str, since: datetime) -> bool:
        """Whether an account was erased at a moment or after it. One that came back later has the same id."""
        return self.collection("erased_submitters").find_one({"_id": account, "at": {"$gte": since}}) is not None
