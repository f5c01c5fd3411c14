"""Registrations by hour, domain of the address and country, from what accounts tells of each new account; and ballots
by domain. All accounts are looked at for them, so they are counted from time to time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pymongo.database import Database
from wsis_shared.mongo import Repository

# Counting may take a 500th of the time, however many accounts there are: the embedded store answers no vote meanwhile,
# and a twentieth of the time showed in the slowest votes.
_SHARE = 500

Shown = Callable[[Mapping[datetime, int], Mapping[str, int], Mapping[str, int]], dict[str, Any]]


class Registrations(Repository):
    """Reads `voter_signals` and `voters`; `registrations` is what one process has counted for all."""

    def __init__(self, db: Database[dict[str, Any]]) -> None:
        super().__init__(db)
        self._due = 0.0

    def count_again(self, shown: Shown) -> None:
        """Count by hour, domain and country, and keep what `shown` makes of it; not yet, where counting takes long."""
        began = time.monotonic()
        if began < self._due:
            return
        found = shown(self._by_hour(), self._by("voter_signals", "$domain"), self._by("voters", "$country"))
        self._put("accounts", found)
        self._due = began + _SHARE * (time.monotonic() - began)

    def read(self) -> dict[str, Any] | None:
        """What was found last, or None: nobody has counted yet."""
        return self.collection("registrations").find_one({"_id": "accounts"}, {"_id": 0})

    def put_ballots(self, edition: str, domains: list[dict[str, Any]]) -> None:
        """Ballots of an edition by domain, as the review of fraud has just seen them."""
        self._put(f"ballots|{edition}", {"domains": domains})

    def ballots(self, edition: str) -> list[dict[str, Any]]:
        """Ballots of an edition by domain, as they were last seen."""
        found = self.collection("registrations").find_one({"_id": f"ballots|{edition}"})
        return found["domains"] if found else []

    def _put(self, id: str, found: dict[str, Any]) -> None:
        self.collection("registrations").replace_one({"_id": id}, {"_id": id, **found}, upsert=True)

    def _by_hour(self) -> dict[datetime, int]:
        hour = {"$dateToString": {"date": "$confirmed_at", "format": "%Y-%m-%dT%H"}}
        return {
            datetime.strptime(name, "%Y-%m-%dT%H").replace(tzinfo=UTC): count
            for name, count in self._by("voter_signals", hour).items()
        }

    def _by(self, name: str, key: Any) -> dict[str, int]:
        rows = self.collection(name).aggregate([{"$group": {"_id": key, "count": {"$sum": 1}}}, {"$sort": {"_id": 1}}])
        return {row["_id"]: row["count"] for row in rows if row["_id"]}
