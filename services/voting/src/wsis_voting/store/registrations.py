"""Registrations by hour and by domain of the address, from what accounts tells of each new account."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from pymongo.database import Database
from wsis_shared.mongo import Repository

_SHARE = 20  # counting may take a twentieth of the time, however many accounts there are

Shown = Callable[[Mapping[datetime, int], Mapping[str, int]], dict[str, Any]]


class Registrations(Repository):
    """`voter_signals`, all of them, counted by one process from time to time; `registrations`: what it found."""

    def __init__(self, db: Database[dict[str, Any]]) -> None:
        super().__init__(db)
        self._due = 0.0

    def count_again(self, shown: Shown) -> None:
        """Count by hour and by domain, and keep what `shown` makes of it; not yet, where counting takes its time."""
        began = time.monotonic()
        if began < self._due:
            return
        found = shown(self._by_hour(), self._by_domain())
        self.collection("registrations").replace_one({"_id": "all"}, {"_id": "all", **found}, upsert=True)
        self._due = began + _SHARE * (time.monotonic() - began)

    def read(self) -> dict[str, Any] | None:
        """What was found last, or None: nobody has counted yet."""
        return self.collection("registrations").find_one({"_id": "all"}, {"_id": 0})

    def _by_hour(self) -> dict[datetime, int]:
        hour = {"$dateToString": {"date": "$confirmed_at", "format": "%Y-%m-%dT%H"}}
        return {
            datetime.strptime(name, "%Y-%m-%dT%H").replace(tzinfo=UTC): count
            for name, count in self._grouped(hour).items()
            if name
        }

    def _by_domain(self) -> dict[str, int]:
        return {name: count for name, count in self._grouped("$domain").items() if name}

    def _grouped(self, key: Any) -> dict[str, int]:
        rows = self.collection("voter_signals").aggregate(
            [{"$group": {"_id": key, "count": {"$sum": 1}}}, {"$sort": {"_id": 1}}]
        )
        return {row["_id"]: row["count"] for row in rows}
