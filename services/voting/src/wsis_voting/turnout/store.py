"""Registrations by hour, domain of the address and country, counted as accounts tells of each new account; ballots by
domain. What officers see of them is put together from time to time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.mongo import Repository

from wsis_voting.turnout.rules.crowds import HOUR, Row

COLLECTIONS = (
    CollectionSpec("registered", small="one for each hour, domain and country; all read every ten seconds"),
    CollectionSpec("registrations"),
)
_AT_A_TIME = 1000  # domains of one answer of the store: votes are recorded between two


class Registered(TypedDict):
    """A document of `registered`: accounts of an `hour`, a `domain` or a `country`."""

    _id: str
    by: str
    of: datetime | str
    accounts: int


class HourRegistrations(TypedDict):
    """Accounts confirmed in an hour."""

    hour: datetime
    accounts: int


class Summary(TypedDict):
    """A document of `registrations`: what is shown of all accounts, and since when by domain and country."""

    accounts: int
    hours: list[HourRegistrations]
    domains: list[Row]
    countries: list[Row]
    stepped_at: NotRequired[datetime]


class BallotDomains(TypedDict, total=False):
    """A document of `registrations`: the ballots of an edition by domain, and since when they are shown."""

    domains: list[Row]
    stepped_at: datetime


Counted = Mapping[str, int]  # accounts by domain or country
# Of the counts by hour, domain and country, what was shown before, and the time: what is shown from now on.
Shown = Callable[[Mapping[datetime, int], Counted, Counted, Summary | None, datetime], Summary]


class Registrations(Repository):
    """`registered`: how many accounts of an hour, a domain, a country; `registrations`: what is shown."""

    def change(self, by: str, before: Hashable, after: Hashable) -> None:
        """An account is of another `hour`, `domain` or `country` than before (None: not counted); in the transaction
        that notes it of the account. A domain that nobody has any more is forgotten."""
        registered = self.collection("registered", Registered)
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
        hours, counts = dict[datetime, int](), defaultdict[str, dict[str, int]](dict)
        for row in self.collection("registered", Registered).find().batch_size(_AT_A_TIME):
            if isinstance(row["of"], datetime):
                hours[row["of"]] = row["accounts"]
            else:
                counts[row["by"]][row["of"]] = row["accounts"]
        self._put("accounts", shown(hours, counts["domain"], counts["country"], self.read(), clock.now()))

    def read(self) -> Summary | None:
        """What was put together last, or None: nobody has yet."""
        return self.collection("registrations", Summary).find_one({"_id": "accounts"}, {"_id": 0})

    def step_ballots(self, edition: str, stepped: Callable[[list[Row]], list[Row]]) -> None:
        """Keep the ballots of an edition by domain, `stepped` from those that were kept an hour ago; not yet, where
        they are younger."""
        found, now = self._ballots(edition), clock.now()
        if "stepped_at" not in found or found["stepped_at"] + HOUR <= now:
            self._put(f"ballots|{edition}", {"domains": stepped(found.get("domains", [])), "stepped_at": now})

    def ballots(self, edition: str) -> list[Row]:
        """Ballots of an edition by domain, as they are shown."""
        return self._ballots(edition).get("domains", [])

    def _ballots(self, edition: str) -> BallotDomains:
        return self.collection("registrations", BallotDomains).find_one({"_id": f"ballots|{edition}"}, {"_id": 0}) or {}

    def _put(self, id: str, found: Summary | BallotDomains) -> None:
        self.collection("registrations").replace_one({"_id": id}, {"_id": id, **found}, upsert=True)
