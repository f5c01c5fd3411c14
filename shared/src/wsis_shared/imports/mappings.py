"""What officers see of the mapping of an import, of what was not understood, and of the mappings of sources."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from wsis_shared import messages
from wsis_shared.context import Context
from wsis_shared.errors import NotFound
from wsis_shared.import_states import MappedImport
from wsis_shared.imports.mapped_repository import MappedImportRepository
from wsis_shared.json_types import JsonObject
from wsis_shared.mapping import confirming
from wsis_shared.mapping.confirming import Fields
from wsis_shared.mapping.documents import UNREAD, UNREAD_CODE, StoredMapping, mapping_of


class MappedImports:
    """`texts` is the package with the messages about fields, `fields` what columns can be. A service names its errors:
    of an import without columns, and of a source without a mapping."""

    texts: ClassVar[str]
    fields: ClassVar[Fields]
    without_columns: ClassVar[Callable[[str], NotFound]]
    without_mapping: ClassVar[Callable[[str], NotFound]]

    def __init__(self, imports: MappedImportRepository[MappedImport]) -> None:
        self._mapped = imports

    def read_mapping(self, id: str) -> JsonObject:
        """How the columns of a file were read. Raises NotFound, also for a file without columns."""
        found = self._mapped.find(id)
        mapping = found.get("mapping")
        if mapping is None:
            raise type(self).without_columns(id)
        examples = {each["column"]: each["values"] for each in found.get("examples") or []}
        unsure = set(found.get("unsure_dates") or [])
        shown = confirming.to_response(mapping)
        columns = [
            {**each, "examples": examples.get(each["column"], []), "unsure": each["column"] in unsure}
            for each in shown["columns"]
        ]
        return {
            **shown,
            "columns": columns,
            "source": found.get("source"),
            "state": found.get("mapping_state"),
            "number": found.get("mapping_number"),
            "missing": confirming.missing(mapping, self.fields),
        }

    def values(self, ctx: Context, id: str, limit: int, after: str | None = None) -> JsonObject:
        """What was not understood or not valid, each value once with its count, the most frequent first. Raises
        NotFound."""
        self._mapped.find(id)
        texts = messages.of_package(self.texts)

        def to_response(row: Mapping[str, object]) -> JsonObject:
            said = texts.translate(str(row["message"]), ctx.locale)
            likely = self.fields.likely(str(row["field"]), str(row["value"])) if self._may_be_mapped(row) else None
            return {**row, "code": said.code, "reason": said.text, "likely": list(likely or ())}

        return self._mapped.values(id, after, limit).response(to_response)

    def mappings(self, limit: int, after: str | None = None) -> JsonObject:
        """All versions of all sources."""
        return self._mapped.mappings(after, limit).response(_stored)

    def source_mapping(self, source: str) -> JsonObject:
        """The newest mapping of a source. Raises NotFound."""
        found = self._mapped.newest_mapping(source)
        if found is None:
            raise type(self).without_mapping(source)
        return _stored(found)

    def _may_be_mapped(self, row: Mapping[str, object]) -> bool:
        """Is it a value without a code, and no invalid one?"""
        return row["field"] in self.fields.coded and bool(row["value"]) and row["message"] in (UNREAD, UNREAD_CODE)


def _stored(found: StoredMapping) -> JsonObject:
    shown = confirming.to_response(mapping_of(found))
    return {**shown, "source": found["source"], "number": found["number"], "at": found["at"]}
