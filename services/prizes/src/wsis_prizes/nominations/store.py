"""The lists of nominees as officers fix them."""

from __future__ import annotations

from datetime import datetime
from typing import NotRequired, TypedDict

from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.mongo import Repository

from wsis_prizes.projects.rules.projects import Outcome

COLLECTIONS = (CollectionSpec("nominations"),)


class Nominations(TypedDict):
    """The list of an edition as fixed, why each other project is left out, and who was in the list before."""

    _id: str
    nominate: list[str]
    left: dict[str, Outcome]
    fixed_at: datetime
    former: NotRequired[list[str]]


class NominationLists(Repository):
    """One document an edition."""

    def nominations(self, edition: str) -> Nominations | None:
        """The list as fixed; None before."""
        return self.collection("nominations", Nominations).find_one({"_id": edition})

    def fix_nominations(self, edition: str, nominate: list[str], left: dict[str, Outcome]) -> None:
        """Fix the list, in place of the one before."""
        before = self.nominations(edition)
        fixed: Nominations = {
            "_id": edition,
            "nominate": nominate,
            "left": left,
            "fixed_at": clock.now(),
            "former": before["nominate"] if before else [],
        }
        self.collection("nominations", Nominations).replace_one({"_id": edition}, fixed, upsert=True)
