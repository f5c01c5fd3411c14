"""Who is of the Expert Group of an edition, with which lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.json_types import Input
from wsis_shared.mongo import Repository
from wsis_shared.mongo_connection import Database

from wsis_prizes.jury.rules import Juror, Seat
from wsis_prizes.reviews.store import Reviews

COLLECTIONS = (CollectionSpec("jurors", indexes=(index("edition", "edition"),)),)


class Jurors(Repository):
    """One document a juror and edition; `left_at` where an officer has taken the juror out."""

    def __init__(self, db: Database) -> None:
        super().__init__(db)
        self._reviews = Reviews(db)

    def seats(self, edition: str) -> dict[str, Seat]:
        """Account -> seat, for the jurors named for the edition; no categories mean all."""
        rows = self.collection("jurors").find({"edition": edition, "left_at": None})
        return {row["account"]: _seat(row) for row in rows}

    def seat(self, edition: str, account: str) -> Seat:
        """Of one, also of one who was taken out: what they were bound to stays."""
        return _seat(self.collection("jurors").find_one({"_id": f"{edition}:{account}"}) or {})

    def jurors_of_edition(self, edition: str) -> set[str]:
        """Accounts of the Expert Group of an edition: those named for it, and those who review in it, whom versions
        before there were names assigned; without those who were taken out."""
        rows = list(self.collection("jurors").find({"edition": edition}))
        left = {row["account"] for row in rows if row.get("left_at")}
        return {*(row["account"] for row in rows), *self._reviews.jurors_in(edition)} - left

    def bind(self, edition: str, jurors: Iterable[Juror]) -> None:
        """Keep to which countries and organizations these are bound, beside those that they were before."""
        for one in jurors:
            bonds = {"countries": {"$each": sorted(one.countries)}, "entities": {"$each": sorted(one.entities)}}
            self.collection("jurors").update_one({"_id": f"{edition}:{one.account}"}, {"$addToSet": bonds})

    def name_jurors(self, edition: str, accounts: Iterable[str]) -> None:
        """Name these for the edition; the lines of those named before stay."""
        for account in accounts:
            self.collection("jurors").update_one(
                {"_id": f"{edition}:{account}"},
                {
                    "$setOnInsert": {
                        "edition": edition,
                        "account": account,
                        "categories": [],
                        "updated_at": clock.now(),
                    },
                    "$unset": {"left_at": ""},
                },
                upsert=True,
            )

    def set_expertise(self, edition: str, account: str, categories: Sequence[str]) -> None:
        """Name a juror for the edition, or set the lines of one; none means all."""
        self.collection("jurors").update_one(
            {"_id": f"{edition}:{account}"},
            {
                "$set": {
                    "edition": edition,
                    "account": account,
                    "categories": list(categories),
                    "updated_at": clock.now(),
                },
                "$unset": {"left_at": ""},
            },
            upsert=True,
        )

    def take_out(self, edition: str, account: str) -> None:
        """Take a juror out of the edition, whoever named them: also one who is of it by a review alone."""
        now = clock.now()
        gone = {"edition": edition, "account": account, "categories": [], "left_at": now, "updated_at": now}
        self.collection("jurors").update_one({"_id": f"{edition}:{account}"}, {"$set": gone}, upsert=True)


def _seat(row: Input) -> Seat:
    return Seat(
        categories=row.get("categories", []), countries=row.get("countries", []), entities=row.get("entities", [])
    )
