"""MongoDB: editions, projects, reviews, results; decisions and looks apart (rules/embargo.py says why)."""

from __future__ import annotations

from wsis_shared.collection_specs import CollectionSpec, index, present

from wsis_prizes.store.certificates import Certificates
from wsis_prizes.store.editions import Editions
from wsis_prizes.store.projects import Projects
from wsis_prizes.store.results import Results
from wsis_prizes.store.review import Reviews

LISTED_BY = ("state", "category", "country", "region")  # others match many: slices of `listed` find them


class Store(Editions, Projects, Reviews, Results, Certificates):
    """The one repository of the service, in parts by subject."""

    source = "prizes"


_LISTS = ("number", "listed", "state", *(f"listed_by_{field}" for field in LISTED_BY))
COLLECTIONS = (
    CollectionSpec("editions"),
    CollectionSpec("counters"),
    CollectionSpec(
        "projects",
        indexes=(
            # One project a category and entity, never the same project twice: the keys stand only where they bind.
            present("slot", "slot", unique=True),
            present("twin", "twin", unique=True),
            index("number", "edition", "number", unique=True, partialFilterExpression={"number": {"$exists": True}}),
            index("owner", "owner", "_id"),
            # The officers' list, with each of its filters. A partial index such as `number` does not serve every store.
            index("listed", "edition", "number", "_id"),
            index("state", "edition", "state", "category", "number"),
            index("waiting", "state", "submitted_at"),
            *(index(f"listed_by_{field}", "edition", field, "number") for field in LISTED_BY),
        ),
        few=dict.fromkeys(_LISTS, "some 500 of an edition"),
    ),
    CollectionSpec("past_winners", indexes=(index("country", "country", "edition"),)),
    CollectionSpec("jurors", indexes=(index("edition", "edition"),)),
    CollectionSpec(
        "reviews",
        indexes=(
            index("juror", "juror", "edition", "project"),
            index("project", "project"),
            index("progress", "edition", "category", "state"),
            index("listed", "edition", "_id"),
        ),
        few={"progress": "some 60 in a category of an edition", "juror": "those of one"},
    ),
    CollectionSpec("nominations"),
    CollectionSpec("signed_results"),
    CollectionSpec("results", indexes=(index("edition", "edition", "category", unique=True),)),
    CollectionSpec("certificates", indexes=(index("project", "project"),)),
    CollectionSpec("decisions", indexes=(index("edition", "edition", "category", unique=True),)),
    CollectionSpec("looks", indexes=(index("newest", "edition", "-at", "-_id"),)),
)

__all__ = ["COLLECTIONS", "Store"]
