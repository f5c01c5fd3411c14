"""Repository of imports of an existing register, with the rows that they refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TypedDict

from pymongo import UpdateOne
from wsis_shared import clock, keyset
from wsis_shared.collection_specs import CollectionSpec, expires, index, present
from wsis_shared.imports.repository import KEPT_SECONDS, ImportRepository, collections
from wsis_shared.keyset import Page
from wsis_shared.mapping.documents import Problem

from wsis_stocktaking.imports.errors import ERRORS
from wsis_stocktaking.imports.rules.imports import RegisterImport, RowContact, StoredChange
from wsis_stocktaking.register.rules.entries import Entry

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec(
        "imports",
        indexes=(index("newest", "-created_at", "-_id"), present("uncorrected", "uncorrected_since", "source")),
    ),
    CollectionSpec("refusals", indexes=(index("import", "import", "number"),)),
    # As they came, with the contacts in them: for as long as somebody may correct them.
    CollectionSpec("refused_rows", indexes=(index("import", "import", "number"), expires("at", KEPT_SECONDS))),
    CollectionSpec("import_changes", indexes=(index("import", "import", "number"),)),
    *collections("import_values", "import_mappings"),
)
"""All have {"_id": "<import>/<number>", "import", "number", "row", "key"}. A refusal: {"field", "message": English,
"value"}."""

_HEAD = {
    "visibility": 1,
    "revision": 1,
    "imported": 1,
    "import_source": 1,
    "draft.state": 1,
    "draft.import": 1,
    "owner": 1,
    "last_updated_at": 1,
    "revised_at": 1,
}


class RefusedRow(TypedDict):
    """A row as it came: columns with their texts, the problems, and the email of its contact."""

    row: int
    key: str
    cells: list[tuple[str, str]]
    problems: Sequence[Problem]
    email: str | None
    at: datetime


class Imports(ImportRepository[RegisterImport]):
    """Imports, their refusals, and what they need of entries."""

    imports = "imports"
    refused_rows = "refusals"
    import_values = "import_values"
    import_mappings = "import_mappings"
    errors = ERRORS

    # -- rows ---------------------------------------------------------------------------------------------------------

    def refused(self, id: str, after: str | None, limit: int) -> Page[RefusedRow]:
        """The refused rows as they came."""
        found = self.collection("refused_rows", RefusedRow)
        return keyset.find_page(found, {"import": id}, ("number",), after, limit)

    def changes(self, id: str, after: str | None, limit: int) -> Page[StoredChange]:
        """What the rows changed, or would change."""
        found = self.collection("import_changes", StoredChange)
        return keyset.find_page(found, {"import": id}, ("number",), after, limit)

    def changes_from(self, id: str, first: int, limit: int) -> list[StoredChange]:
        """The next changes, from a number on."""
        query = {"import": id, "number": {"$gte": first}}
        return list(self.collection("import_changes", StoredChange).find(query).sort("number", 1).limit(limit))

    def forget_uncorrected(self, source: str | None) -> None:
        """What imports of a source refused does not wait any more: a later one has brought all of it anew."""
        waiting = {"uncorrected_since": {"$exists": True}, "source": source}
        over = {"$unset": {"uncorrected_since": 1}, "$inc": {"version": 1}}
        self.collection("imports").update_many(waiting, over)

    def mark_reversal(self, change: StoredChange, outcome: str) -> None:
        """Keep what the reversal did with a change."""
        self.collection("import_changes").update_one({"_id": change["_id"]}, {"$set": {"reversal": outcome}})

    # -- entries ------------------------------------------------------------------------------------------------------

    def entries(self, ids: Sequence[str]) -> dict[str, Entry]:
        """What decides about rows: the entries of these ids without their contents, and with them where an import did
        not write the last revision."""
        query = {"_id": {"$in": list(ids)}}
        entries = self.collection("entries", Entry)
        found = {row["_id"]: row for row in entries.find(query, _HEAD)}
        for row in found.values():
            row.setdefault("draft", None)
        others = [id for id, row in found.items() if not _wrote_last(row)]
        for row in entries.find({"_id": {"$in": others}}, {"content": 1}) if others else ():
            found[row["_id"]]["content"] = row["content"]
        return found

    def whole_entries(self, ids: Sequence[str]) -> dict[str, Entry]:
        """The entries as they are stored, to be replaced."""
        return (
            {row["_id"]: row for row in self.collection("entries", Entry).find({"_id": {"$in": list(ids)}})}
            if ids
            else {}
        )

    def adopt(self, ids: Sequence[str], source: str | None) -> None:
        """Give entries of before sources their source. Whoever has read them for a change reads them again."""
        if ids:
            self.collection("entries").update_many(
                {"_id": {"$in": list(ids)}}, {"$set": {"import_source": source}, "$inc": {"version": 1}}
            )

    def set_contacts(self, contacts: Mapping[str, RowContact]) -> None:
        """Whom to ask about entries that nobody owns."""
        now = clock.now()
        if contacts:
            self.collection("entry_contacts").bulk_write(
                [
                    UpdateOne(
                        {"_id": entry}, {"$set": {"name": each["name"], "email": each["email"], "at": now}}, upsert=True
                    )
                    for entry, each in contacts.items()
                ],
                ordered=False,
            )


def _wrote_last(entry: Entry) -> bool:
    """Did an import write the last revision?"""
    imported = entry.get("imported")
    return imported is not None and imported["revision"] == entry["revision"]
