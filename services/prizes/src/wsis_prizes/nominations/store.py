"""The lists of nominees as officers fix them."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.mongo import Repository

from wsis_prizes.projects.rules.projects import Outcome

COLLECTIONS = (CollectionSpec("nominations"),)


class Nominations(TypedDict):
    """The list of an edition as fixed, and why each other project is left out."""

    _id: str
    nominate: list[str]
    left: dict[str, Outcome]
    fixed_at: datetime


class NominationLists(Repository):
    """One document an edition."""

    def nominations(self, edition: str) -> Nominations | None:
        """The list as fixed; None before."""
        return self.collection("nominations", Nominations).find_one({"_id": edition})

    def fix_nominations(self, edition: str, nominate: list[str], left: dict[str, Outcome]) -> None:
        """Fix the list, in place of the one before."""
        self.collection("nominations", Nominations).replace_one(
            {"_id": edition}, {"_id": edition, "nominate": nominate, "left": left, "fixed_at": clock.now()}, upsert=True
        )
