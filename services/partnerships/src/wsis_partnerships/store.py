"""The repository."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from wsis_shared.collection_specs import CollectionSpec, index, present
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_shared.keyset import Page, find_page
from wsis_shared.outbox import EventfulRepository

from wsis_partnerships.rules import funds
from wsis_partnerships.rules.funds import Fund
from wsis_partnerships.rules.ledger import Entry
from wsis_partnerships.rules.pledges import PARTNER, PLEDGED, Pledge

COLLECTIONS = (
    CollectionSpec("funds"),
    CollectionSpec(
        "pledges",
        indexes=(
            present("slot_key", "slot_key", unique=True),  # of two that confirm at once, one wins
            present("account_number", "account_number", unique=True),  # the same for what one account makes
            index("newest", "edition", "-pledged_at", "-_id"),
            index("newest_of_account", "account", "-pledged_at", "-_id"),
            index("state", "edition", "state"),
            index("pledged", "state", "pledged_at"),
            index("owed", "benefits.done", "state", "confirmed_at"),
            present("proposed_logo", "proposed_logo"),
        ),
        few={"newest": "some 30 in an edition", "state": "the same"},
    ),
    CollectionSpec("ledger", indexes=(index("newest", "edition", "-at", "-_id"),)),
)


class Store(EventfulRepository):
    """Funds, pledges and the ledger."""

    edited: ClassVar = {"funds": funds.edited}

    def editions(self) -> list[str]:
        """The editions that have a fund, the newest first."""
        return [row["_id"] for row in self.collection("funds", Fund).find({}, {"_id": 1}).sort([("_id", -1)])]

    def find_fund(self, edition: str) -> Fund | None:
        """The fund of an edition, or None."""
        return self.collection("funds", Fund).find_one({"_id": edition})

    def fund(self, edition: str) -> Fund:
        """The fund of an edition. Raises NotFound."""
        found = self.find_fund(edition)
        if found is None:
            raise NotFound("partnerships.fund_unknown", edition=edition)
        return found

    def pledge(self, edition: str, pledge: str) -> Pledge:
        """A pledge. Raises NotFound."""
        found = self.collection("pledges", Pledge).find_one({"_id": pledge, "edition": edition})
        if found is None:
            raise NotFound("partnerships.pledge_unknown", pledge=pledge)
        return found

    def find_partner(self, edition: str, pledge: str) -> Pledge | None:
        """A confirmed or received pledge, or None."""
        return self.collection("pledges", Pledge).find_one(
            {"_id": pledge, "edition": edition, "state": {"$in": list(PARTNER)}}
        )

    def states_of(self, edition: str, account: str) -> list[str]:
        """The states of all pledges of an account."""
        found = self.collection("pledges", Pledge).find({"edition": edition, "account": account}, {"state": 1})
        return [row["state"] for row in found]

    def next_in_line(self, edition: str, package: str) -> Pledge | None:
        """The oldest pledge of a package that waits for confirmation and was offered no place yet, or None."""
        query = {"edition": edition, "state": PLEDGED, "package": package, "offered_at": None}
        return self.collection("pledges", Pledge).find_one(query, sort=[("pledged_at", 1), ("_id", 1)])

    def taken_slots(self, edition: str, package: str) -> set[str]:
        """The slot keys of the partners of a package; the id of one that has none, from before it was limited."""
        found = self.collection("pledges", Pledge).find(
            {"edition": edition, "state": {"$in": list(PARTNER)}, "package": package}, {"slot_key": 1}
        )
        return {row.get("slot_key", row["_id"]) for row in found}

    def partners(self, edition: str) -> list[Pledge]:
        """All partners: packages in their order, then who confirmed first."""
        found = self.collection("pledges", Pledge).find({"edition": edition, "state": {"$in": list(PARTNER)}})
        return list(found.sort([("package_order", 1), ("confirmed_at", 1), ("_id", 1)]))

    def pledges_page(self, query: Mapping[str, object], after: str | None, limit: int) -> Page[Pledge]:
        """A page of pledges, the newest first."""
        return find_page(self.collection("pledges", Pledge), query, ("-pledged_at", "-_id"), after, limit)

    def append(self, entry: Entry) -> None:
        """Add an entry to the ledger; no entry is ever changed."""
        self.collection("ledger", Entry).insert_one(entry)

    def ledger(self, edition: str) -> list[Entry]:
        """All entries of an edition: a bounded number for each pledge, of which an account makes a bounded number."""
        return list(self.collection("ledger", Entry).find({"edition": edition}))

    def ledger_page(self, edition: str, after: str | None, limit: int) -> Page[Entry]:
        """A page of the ledger, the newest first."""
        return find_page(self.collection("ledger", Entry), {"edition": edition}, ("-at", "-_id"), after, limit)

    def forget(self, erasure: Erasure) -> None:
        """The account is erased: its pledges stay, without it."""
        self.collection("pledges", Pledge).update_many(
            erasure.query("pledged_at", account="account"),
            {"$set": {"account": None}, "$unset": {"account_number": 1}, "$inc": {"version": 1}},
        )
