"""Repository of imports of an existing register, with the rows that they refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pymongo import UpdateOne
from wsis_shared import clock
from wsis_shared.collection_specs import CollectionSpec, index
from wsis_shared.imports.repository import ImportRepository

from wsis_stocktaking.errors import imports as errors

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("imports", outbox=True, indexes=(index("created_at", "created_at"),)),
    CollectionSpec("refusals", indexes=(index("import", "import", "number"),)),
)
"""A refusal: {"_id": "<import>/<number>", "import", "number", "row", "key", "field", "message": English, "value"}."""

Row = dict[str, Any]
_HEAD = {"visibility": 1, "revision": 1, "imported": 1, "draft.state": 1, "owner": 1}


class Imports(ImportRepository):
    """Imports, their refusals, and what they need of entries."""

    source = "stocktaking"
    imports = "imports"
    refused_rows = "refusals"
    unknown = errors.import_unknown

    # -- entries ------------------------------------------------------------------------------------------------------

    def entries(self, ids: Sequence[str]) -> dict[str, Row]:
        """What decides about rows: the entries of these ids without their contents, and with them where an import did
        not write the last revision."""
        query = {"_id": {"$in": list(ids)}}
        found = {row["_id"]: {"draft": None, **row} for row in self.collection("entries").find(query, _HEAD)}
        others = [id for id, row in found.items() if (row.get("imported") or {}).get("revision") != row["revision"]]
        for row in self.collection("entries").find({"_id": {"$in": others}}, {"content": 1}) if others else ():
            found[row["_id"]]["content"] = row["content"]
        return found

    def whole_entries(self, ids: Sequence[str]) -> dict[str, Row]:
        """The entries as they are stored, to be replaced."""
        return {row["_id"]: row for row in self.collection("entries").find({"_id": {"$in": list(ids)}})} if ids else {}

    def set_contacts(self, contacts: Mapping[str, Mapping[str, Any]]) -> None:
        """Whom to ask about entries that nobody owns."""
        now = clock.now()
        if contacts:
            self.collection("entry_contacts").bulk_write([
                UpdateOne(
                    {"_id": entry}, {"$set": {"name": each["name"], "email": each["email"], "at": now}}, upsert=True
                )
                for entry, each in contacts.items()
            ], ordered=False)  # fmt: skip
