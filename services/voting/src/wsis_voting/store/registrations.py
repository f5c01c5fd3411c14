"""Registrations by hour and by domain of the address, from what accounts tells of each new account."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from wsis_shared.mongo import Repository


class Registrations(Repository):
    """Reads `voter_signals`, all of them: over hundreds of thousands of rows that takes a moment."""

    def by_hour(self) -> dict[datetime, int]:
        """Confirmed accounts by hour, oldest first."""
        hour = {"$dateToString": {"date": "$confirmed_at", "format": "%Y-%m-%dT%H"}}
        return {
            datetime.strptime(name, "%Y-%m-%dT%H").replace(tzinfo=UTC): count
            for name, count in self._grouped(hour).items()
            if name
        }

    def by_domain(self) -> dict[str, int]:
        """Confirmed accounts by domain."""
        return {name: count for name, count in self._grouped("$domain").items() if name}

    def _grouped(self, key: Any) -> dict[str, int]:
        rows = self.collection("voter_signals").aggregate(
            [{"$group": {"_id": key, "count": {"$sum": 1}}}, {"$sort": {"_id": 1}}]
        )
        return {row["_id"]: row["count"] for row in rows}
