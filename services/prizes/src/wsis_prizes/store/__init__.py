"""MongoDB: editions, projects, reviews, results; decisions and looks apart (domain/embargo.py says why)."""

from __future__ import annotations

from pymongo import ASCENDING, DESCENDING, IndexModel
from wsis_shared.mongo import outbox_index

from wsis_prizes.store.editions import Editions
from wsis_prizes.store.projects import Projects
from wsis_prizes.store.results import Results
from wsis_prizes.store.review import Reviews

LISTED_BY = ("state", "category", "country", "region", "stakeholder_type", "sdgs.sdg")
OUTBOXES = ("editions", "projects", "happenings")


class Store(Editions, Projects, Reviews, Results):
    """The one repository of the service, in parts by subject."""

    source = "prizes"


def _index(name: str, *keys: str, **more: object) -> IndexModel:
    return IndexModel(
        [(key.lstrip("-"), DESCENDING if key[0] == "-" else ASCENDING) for key in keys], name=name, **more
    )


INDEXES = {
    "editions": [outbox_index()],
    "counters": [],
    "projects": [
        outbox_index(),
        # One project a category and entity, never the same project twice: the keys stand only where they bind.
        _index("slot", "slot", unique=True, sparse=True),
        _index("twin", "twin", unique=True, sparse=True),
        _index("number", "edition", "number", unique=True, partialFilterExpression={"number": {"$exists": True}}),
        _index("owner", "owner", "_id"),
        # The officers' list, with each of its filters. A partial index such as `number` does not serve every store.
        _index("listed", "edition", "number", "_id"),
        _index("state", "edition", "state", "category", "number"),
        *(_index(f"listed_by_{field}", "edition", field, "number") for field in LISTED_BY),
    ],
    "past_winners": [_index("country", "country", "edition")],
    "jurors": [_index("edition", "edition")],
    "reviews": [
        _index("juror", "juror", "edition", "project"),
        _index("project", "project"),
        _index("progress", "edition", "category", "state"),
        _index("listed", "edition", "_id"),
    ],
    "nominations": [],
    "results": [_index("edition", "edition", "category", unique=True)],
    "decisions": [_index("edition", "edition", "category", unique=True)],
    "looks": [_index("edition", "edition", "-at")],
    "happenings": [outbox_index(), _index("updated_at", "updated_at", expireAfterSeconds=30 * 24 * 3600)],
}

__all__ = ["INDEXES", "OUTBOXES", "Store"]
