"""Imports, with the rows that they refused, the values that were not understood, and the mappings of their sources."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import ClassVar, Generic, TypeVar

from pymongo import UpdateOne
from wsis_shared import clock, keyset
from wsis_shared.collection_specs import CollectionSpec, expires, index
from wsis_shared.import_states import Import
from wsis_shared.imports.errors import ImportErrors
from wsis_shared.json_types import JsonObject
from wsis_shared.keyset import Page
from wsis_shared.mapping.documents import StoredMapping
from wsis_shared.mapping.unread import UnreadValue
from wsis_shared.outbox import EventfulRepository

KEPT_SECONDS = 30 * clock.DAY
MAX_VALUES = 5000  # different values of an import that are counted

I = TypeVar("I", bound=Import)  # noqa: E741 -- an import


def collections(values: str, mappings: str) -> tuple[CollectionSpec, CollectionSpec]:
    """The two collections, by their names."""
    return (
        CollectionSpec(values, indexes=(index("frequent", "import", "-count", "_id"), expires("at", KEPT_SECONDS))),
        CollectionSpec(mappings, indexes=(index("number", "source", "-number"), index("newest", "-at", "-_id"))),
    )


class ImportRepository(EventfulRepository, Generic[I]):
    """A service names its collections and its errors. Imports have an index on `created_at`, refused rows one on
    `import, number`, the other two are those of `collections`."""

    imports: ClassVar[str]
    refused_rows: ClassVar[str]
    import_values: ClassVar[str]
    import_mappings: ClassVar[str]
    errors: ClassVar[ImportErrors]

    def find(self, id: str) -> I:
        """An import. Raises NotFound."""
        found = self.known(id)
        if found is None:
            raise self.errors.unknown(id)
        return found

    def known(self, id: str) -> I | None:
        """An import, if there is one."""
        return self.collection(self.imports).find_one({"_id": id})

    def page(self, after: str | None, limit: int) -> Page[I]:
        """Imports, the newest first."""
        order = ("-created_at", "-_id")
        return keyset.find_page(self.collection(self.imports), {}, order, after, limit, counted=True)

    def refusals(self, id: str, after: str | None, limit: int) -> Page[dict[str, object]]:
        """What an import refused, in the order of the file."""
        return keyset.find_page(self.collection(self.refused_rows), {"import": id}, ("number",), after, limit)

    def add_rows(self, collection: str, id: str, first: int, rows: Sequence[Mapping[str, object]]) -> None:
        """Store rows of an import, such as refusals, {"row", "field", "message": English, ...}; the first one has the
        number `first`."""
        if rows:
            self.collection(collection).insert_many(
                [
                    {"_id": f"{id}/{number}", "import": id, "number": number, **row}
                    for number, row in enumerate(rows, start=first)
                ]
            )

    def values(self, id: str, after: str | None, limit: int) -> Page[JsonObject]:
        """Values that were not understood or not valid, the most frequent first."""
        return keyset.find_page(self.collection(self.import_values), {"import": id}, ("-count", "_id"), after, limit)

    def add_values(self, id: str, known: int, values: Sequence[UnreadValue]) -> int:
        """Count values; new ones only up to MAX_VALUES, `known` of which are there. Returns how many are new."""
        now = clock.now()
        writes = []
        for each in values:
            named = hashlib.sha256(repr((each["field"], each["value"], each["message"], each["refused"])).encode())
            first = {name: each[name] for name in ("field", "value", "message", "refused", "row")}
            writes.append(
                UpdateOne(
                    {"_id": f"{id}/{named.hexdigest()[:24]}"},
                    {"$inc": {"count": each["count"]}, "$setOnInsert": {**first, "import": id, "at": now}},
                    upsert=known < MAX_VALUES,
                )
            )
        return self.collection(self.import_values).bulk_write(writes, ordered=False).upserted_count if writes else 0

    def newest_mapping(self, source: str) -> StoredMapping | None:
        """What was confirmed last for a source."""
        found = self.collection(self.import_mappings, StoredMapping)
        return found.find_one({"source": source}, sort=[("number", -1)])

    def mapping_of(self, found: Import) -> StoredMapping | None:
        """The mapping of an import: the version that it names, else the newest of its source."""
        source = found.get("source")
        if source is None:
            return None
        if number := found.get("mapping_number"):
            return self.collection(self.import_mappings, StoredMapping).find_one({"_id": f"{source}/{number}"})
        return self.newest_mapping(source)

    def mappings(self, after: str | None, limit: int) -> Page[StoredMapping]:
        """All versions, the newest first."""
        found = self.collection(self.import_mappings, StoredMapping)
        return keyset.find_page(found, {}, ("-at", "-_id"), after, limit)
