"""Access tokens that were revoked, for as long as one of them could be used."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta

from wsis_shared.json_types import JsonObject
from wsis_shared.mongo import Repository
from wsis_shared.process_registry import store_time
from wsis_shared.revocations import Kind, Revocation, revocation

# A transaction that began before a request for the newest may commit after it: its entries are returned again.
OVERLAP = timedelta(seconds=60)


class Revocations(Repository):
    """Collection `revocations`. Who asks for the newest names the moment of another process's answer: all moments are
    by the store's clock."""

    def moment(self) -> datetime:
        """The store's clock."""
        return store_time(self.db)

    def revoke(self, kind: Kind, id: str, generation: int = 0) -> Revocation:
        """Store a revocation from now on."""
        now = self.moment()
        entry = revocation(kind, id, now, generation)
        self.add_revocation(entry, now)
        return entry

    def add_revocation(self, entry: Revocation, now: datetime) -> None:
        """Store it in place of an earlier one of the same id."""
        key = f"{entry.kind}/{entry.id}"
        self.collection("revocations").replace_one({"_id": key}, {**asdict(entry), "at": now}, upsert=True)

    def revocations(self, now: datetime, since: datetime | None) -> list[JsonObject]:
        """Those in force, or those of them that were added since a moment."""
        query: dict[str, object] = {"expires_at": {"$gt": now}}
        if since is not None:
            query["at"] = {"$gt": since - OVERLAP}
        return list(self.collection("revocations").find(query, {"_id": 0, "at": 0}))
