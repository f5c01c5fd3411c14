"""Collections as data: indexes follow from the declaration, and an undeclared collection is an error.

    COLLECTIONS = (
        CollectionSpec("projects", indexes=(index("owner", "owner", "_id"),)),
        CollectionSpec("sessions", indexes=(expires("ends_at"),)),
    )

stands in a service's store; the manifest names it: `collections="wsis_prizes.editions.store:COLLECTIONS"`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from pymongo import ASCENDING, DESCENDING, IndexModel
from wsis_shared import clock
from wsis_shared.mongo_connection import Database

_UNLESS = "_unless_"


def index(name: str, *keys: str, **options: object) -> IndexModel:
    """An index over `keys`, each ascending, or descending where it starts with `-`; `options` are pymongo's.

    Raises ValueError for a sparse one: queries of the Stable API do not use it. See `present`.
    """
    if options.get("sparse"):
        raise ValueError(f"{name} is sparse: declare it as present(...)")
    directions = [(key.removeprefix("-"), DESCENDING if key.startswith("-") else ASCENDING) for key in keys]
    return IndexModel(directions, name=name, **options)


def expires(field: str, after_seconds: int = 0, *, unless: str = "") -> IndexModel:
    """The store deletes a document `after_seconds` after the moment in `field`, but one that has the field `unless`."""
    if not unless:
        return index(field, field, expireAfterSeconds=after_seconds)
    return index(
        f"{field}{_UNLESS}{unless}", field, expireAfterSeconds=after_seconds, partialFilterExpression={unless: None}
    )


def present(name: str, *keys: str, **options: object) -> IndexModel:
    """An index of the documents that have the first of `keys`."""
    return index(f"{name}_present", *keys, partialFilterExpression={keys[0]: {"$exists": True}}, **options)


_EXPIRES = "expireAfterSeconds"
# The former version stored events inside documents, found by this index. `wsis migrate --contract` drops it; until then
# documents expire by an index of that version, "<field>_published", which spares those with events.
EMBEDDED_EVENTS, _PUBLISHED = "outbox_present", "_published"


@dataclass(frozen=True)
class CollectionSpec:
    """A collection of a service.

    `schema_version` is the shape of the documents that the code writes; each change of shape has a `Migration` to the
    next version.
    A list reads from an index, in its order, little more than it returns. Two reasons excuse it: `small` says why the
    collection has few documents, `few` why an index leads to few of them: {"edition": "some 30 in an edition"}.
    """

    name: str
    indexes: tuple[IndexModel, ...] = ()
    schema_version: int = 1
    small: str = ""
    few: Mapping[str, str] = field(default_factory=dict)

    @property
    def expiries(self) -> dict[str, int]:
        """Field -> seconds after its moment at which the store deletes a document."""
        documents = [model.document for model in self.indexes]
        return {next(iter(doc["key"])): doc[_EXPIRES] for doc in documents if _EXPIRES in doc}


# What the bus keeps in the database of every service.
BUS_COLLECTIONS = (
    # A late message must not overwrite what is newer, however late it comes: the sequences that were seen stay.
    CollectionSpec("inbox", indexes=(expires("at", 30 * clock.DAY, unless="sequence"),)),
    CollectionSpec(
        "idempotency",
        indexes=(
            expires("at", 2 * clock.DAY),
            present("shows_others", "shows_others"),
        ),
        schema_version=3,
    ),
    CollectionSpec("leases"),
    CollectionSpec("processes"),
    CollectionSpec("schema_versions"),
    CollectionSpec(
        "jobs",
        indexes=(
            present("live_key", "live_key", unique=True),
            index("created_at", "-created_at", "-_id"),
            index("state", "state", "updated_at"),
            expires("expires_at"),
        ),
    ),
    # Unsent events, the oldest first. Those that are set aside are few.
    CollectionSpec("outbox", indexes=(index("at", "at"), present("set_aside", "set_aside"))),
)

# Collections in a listing that are a service's own. Those of the store, such as the one of its profiler, are not, and a
# user of a service may not look at them.
OWN = {"type": "collection", "name": {"$regex": r"^(?!system\.)"}}

_declared: dict[str, frozenset[str]] = {}  # database -> collections


def declare(db: Database, specs: Iterable[CollectionSpec]) -> None:
    """From now on only these collections and those of the bus can be opened in `db` by this process. Raises ValueError
    where two have one name."""
    names = [spec.name for spec in (*BUS_COLLECTIONS, *specs)]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"declared twice: {', '.join(sorted(twice))}")
    _declared[db.name] = frozenset(names)


def check_declared(db: Database, name: str) -> None:
    """Raise LookupError for a collection that the service of this database does not declare."""
    declared = _declared.get(db.name)
    if declared is not None and name not in declared:
        raise LookupError(f"{db.name} declares no collection {name!r}: add a CollectionSpec to COLLECTIONS")


def ensure_indexes(db: Database, specs: Iterable[CollectionSpec]) -> list[str]:
    """Create what is missing; safe to run at every start. Returns "collection.index" of each declared index."""
    specs = tuple(specs)
    declare(db, specs)
    created = []
    there = set(db.list_collection_names(filter=OWN))
    for spec in (*BUS_COLLECTIONS, *specs):
        if not spec.indexes:
            continue
        collection = db[spec.name]
        former = collection.index_information() if spec.name in there else {}
        models = [model for model in spec.indexes if EMBEDDED_EVENTS not in former or _EXPIRES not in model.document]
        if models:
            created += [f"{spec.name}.{name}" for name in collection.create_indexes(models)]
        for name in _replaced(former, {model.document["name"] for model in models}):
            collection.drop_index(name)
    return created


def _replaced(former: Mapping[str, Mapping[str, object]], present: Collection[str]) -> list[str]:
    """Those of versions before there was `present`, expiries of documents with events where there is now one of all,
    and those of all where there is now one that spares some."""
    return [
        name
        for name, found in former.items()
        if found.get("sparse")
        or (name.endswith(_PUBLISHED) and name.removesuffix(_PUBLISHED) in present)
        or any(each.startswith(f"{name}{_UNLESS}") for each in present)
    ]
