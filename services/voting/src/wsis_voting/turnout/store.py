"""Registrations by hour, domain of the address and country, counted as accounts tells of each new account; ballots by
domain. What officers see of them is put together from time to time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from typing import Any

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.mongo import Repository

from wsis_voting.turnout.rules.crowds import HOUR

COLLECTIONS = (
    CollectionSpec("registered", small="one for each hour, domain and country; all read every ten seconds"),
    CollectionSpec("registrations"),
)
_AT_A_TIME = 1000  # domains of one answer of the store: votes are recorded between two
Counted = Mapping[Any, int]  # accounts by hour, domain or country
# Of the counts by hour, domain and country, what was shown before, and the time: what is shown from now on.
Shown = Callable[[Counted, Counted, Counted, Mapping[str, Any] | None, datetime], dict[str, Any]]
Rows = list[dict[str, Any]]


class Registrations(Repository):
    """`registered`: how many accounts of an hour, a domain, a country; `registrations`: what is shown."""

    def change(self, by: str, before: Hashable, after: Hashable) -> None:
        """An account is of another `hour`, `domain` or `country` than before (None: not counted); in the transaction
        that notes it of the account. A domain that nobody has any more is forgotten."""
        registered = self.collection("registered")
        if before == after:
            return
        if after is not None:
            counted = {"$inc": {"accounts": 1}, "$set": {"by": by, "of": after}}
            registered.update_one({"_id": f"{by}|{after}"}, counted, upsert=True)
        if before is not None:
            registered.update_one({"_id": f"{by}|{before}"}, {"$inc": {"accounts": -1}})
            registered.delete_one({"_id": f"{by}|{before}", "accounts": {"$lte": 0}})

    def show(self, shown: Shown) -> None:
        """Keep what `shown` makes of the counts by hour, domain and country."""
        counts = defaultdict[str, dict[Any, int]](dict)
        for row in self.collection("registered").find().batch_size(_AT_A_TIME):
            counts[row["by"]][row["of"]] = row["accounts"]
        self._put("accounts", shown(counts["hour"], counts["domain"], counts["country"], self.read(), clock.now()))

    def read(self) -> dict[str, Any] | None:
        """What was put together last, or None: nobody has yet."""
        return self.collection("registrations").find_one({"_id": "accounts"}, {"_id": 0})

    def step_ballots(self, edition: str, stepped: Callable[[Rows], Rows]) -> None:
        """Keep the ballots of an edition by domain, `stepped` from those that were kept an hour ago; not yet, where
        they are younger."""
        found, now = self._ballots(edition), clock.now()
        if "stepped_at" not in found or found["stepped_at"] + HOUR <= now:
            self._put(f"ballots|{edition}", {"domains": stepped(found.get("domains", [])), "stepped_at": now})

    def ballots(self, edition: str) -> Rows:
        """Ballots of an edition by domain, as they are shown."""
        found: Rows = self._ballots(edition).get("domains", [])
        return found

    def _ballots(self, edition: str) -> dict[str, Any]:
        return self.collection("registrations").find_one({"_id": f"ballots|{edition}"}, {"_id": 0}) or {}

    def _put(self, id: str, found: dict[str, Any]) -> None:
        self.collection("registrations").replace_one({"_id": id}, {"_id": id, **found}, upsert=True)
