"""What an empty suite starts with: the consultation of edition 2017 as announced."""

from __future__ import annotations

from typing import Any

from pymongo.database import Database
from wsis_shared.mongo import in_transaction

from wsis_consultation.editions.rules import editions, reference
from wsis_consultation.editions.store.editions import Editions

FIRST = 2017


def seed(db: Database[dict[str, Any]]) -> str:
    """Load the edition unless it is there; returns what was done, for the operator."""
    store = Editions(db)
    edition = editions.from_seed(reference.edition_seed(FIRST))

    def load() -> bool:
        if store.collection("editions").find_one({"_id": edition["_id"]}) is not None:
            return False
        store.save("editions", edition)
        return True

    return f"consultation {FIRST} loaded" if in_transaction(load) else f"consultation {FIRST} is there"
