"""Collections as data: indexes and outboxes follow from the declaration, and an undeclared collection is an error.

    COLLECTIONS = (
        CollectionSpec("projects", indexes=(index("owner", "owner", "_id"),), outbox=True),
        CollectionSpec("sessions", indexes=(expires("ends_at"),)),
    )

stands in a service's store; the manifest names it: `collections="wsis_prizes.store:COLLECTIONS"`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.collection import Collection as PymongoCollection
from pymongo.database import Database
from wsis_shared import clock


def index(name: str, *keys: str, **options: Any) -> IndexModel:
    """An index over `keys`, each ascending, or descending where it starts with `-`; `options` are pymongo's.

    Raises ValueError for a sparse one: queries of the Stable API do not use it. See `present`.
    """
    if options.get("sparse"):
        raise ValueError(f"{name} is sparse: declare it as present(...)")
    directions = [(key.removeprefix("-"), DESCENDING if key.startswith("-") else ASCENDING) for key in keys]
    return IndexModel(directions, name=name, **options)


def expires(field: str, after_seconds: int = 0) -> IndexModel:
    """The store deletes a document `after_seconds` after the moment in `field`."""
    return index(field, field, expireAfterSeconds=after_seconds)


def present(name: str, *keys: str, **options: Any) -> IndexModel:
    """An index of the documents that have the first of `keys`."""
    return index(f"{name}_present", *keys, partialFilterExpression={keys[0]: {"$exists": True}}, **options)


# Finds the few documents that hold events to publish.
_OUTBOX = present("outbox", "outbox.id")
_EXPIRES = "expireAfterSeconds"


def _once_published(model: IndexModel) -> IndexModel:
    """An expiry that spares documents with an outbox: the broker may be away for longer."""
    if _EXPIRES not in model.document:
        return model
    [field] = model.document["key"]
    return index(f"{field}_published", field, expireAfterSeconds=model.document[_EXPIRES],
                 partialFilterExpression={"outbox": None})  # fmt: skip


@dataclass(frozen=True)
class CollectionSpec:
    """A collection of a service.

    `outbox`: its documents carry events, which the relay publishes. `schema_version` is the shape of the documents
    that the code writes; each change of shape has a `Migration` to the next version.
    A list reads from an index, in its order, little more than it returns. Two reasons excuse it: `small` says why the
    collection has few documents, `few` why an index leads to few of them: {"edition": "some 30 in an edition"}.
    """

    name: str
    indexes: tuple[IndexModel, ...] = ()
    outbox: bool = False
    schema_version: int = 1
    small: str = ""
    few: Mapping[str, str] = field(default_factory=dict)

    @property
    def models(self) -> list[IndexModel]:
        """All indexes, that of the outbox included. A document with events to publish does not expire."""
        return [_OUTBOX, *map(_once_published, self.indexes)] if self.outbox else list(self.indexes)

    @property
    def expiries(self) -> dict[str, int]:
        """Field -> seconds after its moment at which the store deletes a document."""
        documents = [model.document for model in self.indexes]
        return {next(iter(doc["key"])): doc[_EXPIRES] for doc in documents if _EXPIRES in doc}


# What the bus keeps in the database of every service.
BUS_COLLECTIONS = (
    CollectionSpec("inbox", indexes=(expires("at", 30 * clock.DAY),)),
    CollectionSpec("idempotency", indexes=(
        expires("at", 2 * clock.DAY),
        present("shows_others", "shows_others"),
    ), schema_version=2),
    CollectionSpec("leases"),
    CollectionSpec("processes"),
    CollectionSpec("schema_versions"),
    CollectionSpec("jobs", indexes=(
        present("live_key", "live_key", unique=True),
        index("created_at", "-created_at", "-_id"),
        index("state", "state", "updated_at"),
        expires("expires_at"),
    )),
    # A job whose message was not sent for so long has a new one by then.
    CollectionSpec("job_events", outbox=True, indexes=(expires("at", clock.DAY),)),
    CollectionSpec("exports", outbox=True, indexes=(expires("updated_at", 30 * clock.DAY),)),
)  # fmt: skip

# Database -> declared collections, and those with an outbox.
_declared: dict[str, tuple[frozenset[str], frozenset[str]]] = {}


def declare(db: Database[dict[str, Any]], specs: Iterable[CollectionSpec]) -> tuple[str, ...]:
    """From now on only these collections and those of the bus can be opened in `db` by this process.

    Returns the names of `specs` with an outbox. Raises ValueError where two have one name.
    """
    specs = tuple(specs)
    names = [spec.name for spec in (*BUS_COLLECTIONS, *specs)]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"declared twice: {', '.join(sorted(twice))}")
    outboxes = tuple(spec.name for spec in specs if spec.outbox)
    _declared[db.name] = frozenset(names), frozenset(spec.name for spec in (*BUS_COLLECTIONS, *specs) if spec.outbox)
    return outboxes


def check_declared(db: Database[dict[str, Any]], name: str) -> None:
    """Raise LookupError for a collection that the service of this database does not declare."""
    declared = _declared.get(db.name)
    if declared is not None and name not in declared[0]:
        raise LookupError(f"{db.name} declares no collection {name!r}: add a CollectionSpec to COLLECTIONS")


def check_outbox(db: Database[dict[str, Any]], name: str) -> None:
    """Raise LookupError where the relay would never find the events of this collection."""
    declared = _declared.get(db.name)
    if declared is not None and name not in declared[1]:
        raise LookupError(f"{name!r} of {db.name} has no outbox: declare it with outbox=True")


def ensure_indexes(db: Database[dict[str, Any]], specs: Iterable[CollectionSpec]) -> list[str]:
    """Create what is missing; safe to run at every start. Returns "collection.index" of each declared index."""
    specs = tuple(specs)
    declare(db, specs)
    created = []
    for spec in (*BUS_COLLECTIONS, *specs):
        if spec.models:
            created += [f"{spec.name}.{name}" for name in db[spec.name].create_indexes(spec.models)]
            _drop_former(db[spec.name], spec.outbox)
    return created


def _drop_former(collection: PymongoCollection[dict[str, Any]], outbox: bool) -> None:
    """Those of versions before there was `present`, and expiries of documents with events to publish."""
    for name, found in collection.index_information().items():
        if found.get("sparse") or (outbox and _EXPIRES in found and "partialFilterExpression" not in found):
            collection.drop_index(name)
