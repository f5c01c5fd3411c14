"""What an empty suite starts with: edition 2017 as announced."""

from __future__ import annotations

from wsis_shared.events import new_event
from wsis_shared.mongo import in_transaction
from wsis_shared.mongo_connection import Database

from wsis_prizes.editions.events import EDITION_CHANGED, VOTING_WINDOW_CHANGED
from wsis_prizes.editions.rules import editions, reference
from wsis_prizes.editions.store import Editions

FIRST = 2017


def seed(db: Database) -> str:
    """Load the edition unless it is there; returns what was done, for the operator."""
    store = Editions(db)
    edition = editions.from_seed(reference.edition_seed(FIRST))

    def load() -> bool:
        if store.has_edition(edition["_id"]):
            return False
        named = {"subject": edition["_id"], "edition": edition["_id"]}
        window = new_event(VOTING_WINDOW_CHANGED, **named, **editions.window(edition))
        store.save_edition(edition, new_event(EDITION_CHANGED, **named), window)
        return True

    return f"edition {FIRST} loaded" if in_transaction(load) else f"edition {FIRST} is there"
