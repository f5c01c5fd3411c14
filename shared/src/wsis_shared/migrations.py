"""Migrations: the shape of documents changes while services of the old and of the new version run side by side.

A change of shape goes from one version of a collection to the next, in two steps, each run by `wsis migrate`:

1. expand, before the new version starts: adds the new shape to each document and leaves the old one in place. From
   here on the new version reads both shapes (`upgraded`) and writes both (`writes_old`).
2. contract (`--contract`), once no process of the old version is left: from here on the new version writes the new
   shape alone; expands what the old version wrote meanwhile, then removes the old shape.

The documents themselves say what is left to do (`Step.pending`), so a run that ended half way goes on with the rest,
a second run changes nothing, and two runs at a time do no harm. The collection `schema_versions` notes what is done.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial

from pymongo import UpdateOne
from pymongo.collection import Collection as PymongoCollection
from wsis_shared import clock
from wsis_shared.collection import Collection, Document, Filter
from wsis_shared.collection_specs import OWN
from wsis_shared.mongo import chunks, in_transaction
from wsis_shared.mongo_connection import Database
from wsis_shared.plugin import Plugin

BATCH = 200
EXPANDED, CONTRACTING, CONTRACTED = "expanded", "contracting", "contracted"
# A writer learns within this time that it need not write the old shape any more.
RECHECK_SECONDS = 10.0


@dataclass(frozen=True)
class Step:
    """`pending` is a MongoDB filter of the documents that still need the step, `update` the update (`$set`, `$unset`)
    for one of them. After the update a document no longer matches `pending`."""

    pending: Filter
    update: Callable[[Document], Mapping[str, Mapping[str, object]]]


@dataclass(frozen=True)
class Migration:
    """Documents of `collection` go from version `to_version - 1` to `to_version`."""

    collection: str
    to_version: int
    summary: str
    expand: Step
    contract: Step | None = None


@dataclass(frozen=True)
class Pending:
    """A step that is not done: `step` is "expanded" or "contracted"."""

    collection: str
    to_version: int
    step: str
    summary: str


def upgraded(migrations: Iterable[Migration], document: Mapping[str, object]) -> dict[str, object]:
    """The document with the new shape, whatever version wrote it. Only top-level fields of `$set` are applied."""
    read = dict(document)
    for migration in migrations:
        if _is_pending(read, migration.expand.pending):
            read.update(deepcopy(dict(migration.expand.update(read).get("$set", {}))))
    return read


def _is_pending(document: Mapping[str, object], pending: Filter) -> bool:
    """The filter of a step on one document: `{"field": {"$exists": bool}}` or an equality, as a store has it."""
    for field, wanted in pending.items():
        if isinstance(wanted, Mapping):
            (operator, value), *more = wanted.items()
            if operator != "$exists" or more:
                raise ValueError(f"a filter of a migration tests $exists or equality, not {operator}")
            if (field in document) != value:
                return False
        elif document.get(field) != wanted:
            return False
    return True


class Versions:
    """What was done in one database: `{_id: collection, expanded: version, contracting: version, ...}`."""

    def __init__(self, db: Database) -> None:
        self._db, self._versions = db, Collection(db["schema_versions"])

    def of(self, collection: str, step: str) -> int:
        """The highest version for which the step is done; 1 where none was needed yet."""
        row = self._versions.find_one({"_id": collection}) or {}
        return int(row.get(step, 1))

    def done(self, migration: Migration, step: str) -> None:
        """Note that the step is done."""
        update = {"$max": {step: migration.to_version}, "$set": {f"{step}_at": clock.now()}}
        self._versions.update_one({"_id": migration.collection}, update, upsert=True)

    def start(self, migrations: Iterable[Migration]) -> None:
        """In a database without documents there is no old shape: note all steps as done."""
        names = self._db.list_collection_names(filter=OWN)
        if all(self._db[name].find_one({}, {"_id": 1}) is None for name in names):
            for migration in migrations:
                for step in (EXPANDED, CONTRACTING, CONTRACTED):
                    self.done(migration, step)

    def wait_for_writers(self, migration: Migration) -> None:
        """Note that the old shape is written no more, and wait until every writer has learned it."""
        if self.of(migration.collection, CONTRACTING) < migration.to_version:
            self.done(migration, CONTRACTING)
            time.sleep(RECHECK_SECONDS)

    def pending(self, migrations: Iterable[Migration]) -> list[Pending]:
        """The steps that are not done, in order."""
        return [
            Pending(migration.collection, migration.to_version, step, migration.summary)
            for migration in migrations
            for step in (EXPANDED, *([CONTRACTED] if migration.contract else []))
            if self.of(migration.collection, step) < migration.to_version
        ]


# (database, collection) -> (when the store was asked, the version whose contraction has begun)
_contracting: dict[tuple[str, str], tuple[float, int]] = {}


def writes_old(db: Database, migration: Migration) -> bool:
    """Must a writer write the old shape too, for readers of the old version that may still run? True until the
    contraction begins; the store is asked at most every `RECHECK_SECONDS`."""
    key, now = (db.name, migration.collection), time.monotonic()
    asked, version = _contracting.get(key, (float("-inf"), 1))
    if version < migration.to_version and now - asked >= RECHECK_SECONDS:
        version = Versions(db).of(migration.collection, CONTRACTING)
        _contracting[key] = now, version
    return version < migration.to_version


def of_plugin(plugin: Plugin) -> tuple[Migration, ...]:
    """The migrations of a service's database: those of the bus, then its own."""
    from wsis_shared.inbox import MIGRATIONS  # noqa: PLC0415 -- inbox imports this module

    return (*MIGRATIONS, *(plugin.load("migrations") or ()))


def check(migrations: Sequence[Migration], versions: Mapping[str, int]) -> list[str]:
    """What is wrong with the declarations: `versions` is collection -> schema_version of its spec."""
    found = []
    for collection in {migration.collection for migration in migrations} - set(versions):
        found.append(f"migration of {collection}: no such collection is declared")
    for collection, version in versions.items():
        steps = [migration.to_version for migration in migrations if migration.collection == collection]
        if steps != list(range(2, version + 1)):
            found.append(f"{collection}: schema_version {version} needs migrations to {list(range(2, version + 1))}")
    return found


def run(
    db: Database, migrations: Iterable[Migration], *, contract: bool = False, dry_run: bool = False
) -> Iterator[tuple[Migration, str, int]]:
    """Run the steps that are not done, or only count the documents; yields (migration, step, documents)."""
    versions, migrations = Versions(db), list(migrations)
    if not dry_run:
        versions.start(migrations)
    for migration in migrations:
        collection, version = db[migration.collection], migration.to_version
        if versions.of(migration.collection, EXPANDED) < version:
            yield migration, EXPANDED, _run_step(collection, migration.expand, dry_run)
            if not dry_run:
                versions.done(migration, EXPANDED)
        if contract and migration.contract and versions.of(migration.collection, CONTRACTED) < version:
            if not dry_run:
                versions.wait_for_writers(migration)
                _run_step(collection, migration.expand, dry_run)
            yield migration, CONTRACTED, _run_step(collection, migration.contract, dry_run)
            if not dry_run:
                versions.done(migration, CONTRACTED)


def _run_step(collection: PymongoCollection[Document], step: Step, dry_run: bool) -> int:
    """Update every pending document, some hundred in a transaction; returns how many there were."""
    if dry_run:
        return int(collection.count_documents(dict(step.pending)))
    changed = 0
    # One pass over the ids; each batch is read again inside its transaction, so that a service that writes one of its
    # documents at the same time conflicts with the batch, and one of the two repeats.
    with collection.find(dict(step.pending), {"_id": 1}) as rows:
        for ids in chunks((row["_id"] for row in rows), BATCH):
            changed += in_transaction(partial(_update, Collection(collection), step, ids))
    return changed


def _update(collection: Collection[Document], step: Step, ids: list[object]) -> int:
    rows = list(collection.find({"_id": {"$in": ids}, **step.pending}))
    if rows:
        collection.bulk_write([UpdateOne({"_id": row["_id"]}, dict(step.update(row))) for row in rows], ordered=False)
    return len(rows)
