"""What officers see of imports, of what was not understood, and of the mappings of sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Generic

from wsis_shared import messages
from wsis_shared.context import Context
from wsis_shared.import_states import Import
from wsis_shared.imports.repository import I, ImportRepository
from wsis_shared.json_types import JsonObject
from wsis_shared.mapping import confirming
from wsis_shared.mapping.confirming import Fields
from wsis_shared.mapping.documents import UNREAD, UNREAD_CODE, StoredMapping, mapping_of

Row = dict[str, Any]


class ImportReads(Generic[I]):
    """`texts` is the package with the messages about fields, `fields` what columns can be."""

    texts: ClassVar[str]
    fields: ClassVar[Fields]

    def __init__(self, imports: ImportRepository[I]) -> None:
        self._imports, self._errors = imports, imports.errors

    def page(self, limit: int, after: str | None = None) -> Row:
        """Imports, the newest first."""
        return self._imports.page(after, limit).response(_in_list)

    def read(self, ctx: Context, id: str) -> Row:
        """An import. Raises NotFound."""
        found = _to_response(self._imports.find(id))
        texts = messages.of_package(self.texts)
        refusal = found["refusal"] and texts.translate(found["refusal"], ctx.locale).text
        reading = found.get("reading")
        if reading:
            notes = [{**each, "text": texts.translate(each["text"], ctx.locale).text} for each in reading["notes"]]
            reading = {**reading, "notes": notes}
        return {**found, "refusal": refusal, "reading": reading}

    def refusals(self, ctx: Context, id: str, limit: int, after: str | None = None) -> Row:
        """What an import refused, in the order of the file and the reader's language. Raises NotFound."""
        self._imports.find(id)
        texts = messages.of_package(self.texts)

        def to_response(row: Mapping[str, Any]) -> Row:
            message = texts.translate(row["message"], ctx.locale)
            return {**row, "code": message.code, "reason": message.text}

        return self._imports.refusals(id, after, limit).response(to_response)

    def read_mapping(self, id: str) -> JsonObject:
        """How the columns of a file were read. Raises NotFound, also for a file without columns."""
        found: Import = self._imports.find(id)
        mapping = found.get("mapping")
        if mapping is None:
            raise self._errors.without_columns(id)
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
        self._imports.find(id)
        texts = messages.of_package(self.texts)

        def to_response(row: Mapping[str, object]) -> JsonObject:
            said = texts.translate(str(row["message"]), ctx.locale)
            likely = self.fields.likely(str(row["field"]), str(row["value"])) if self._may_be_mapped(row) else None
            return {**row, "code": said.code, "reason": said.text, "likely": list(likely or ())}

        return self._imports.values(id, after, limit).response(to_response)

    def mappings(self, limit: int, after: str | None = None) -> JsonObject:
        """All versions of all sources."""
        return self._imports.mappings(after, limit).response(_stored)

    def source_mapping(self, source: str) -> JsonObject:
        """The newest mapping of a source. Raises NotFound."""
        found = self._imports.newest_mapping(source)
        if found is None:
            raise self._errors.without_mapping(source)
        return _stored(found)

    def _may_be_mapped(self, row: Mapping[str, object]) -> bool:
        """Is it a value without a code, and no invalid one?"""
        return row["field"] in self.fields.coded and bool(row["value"]) and row["message"] in (UNREAD, UNREAD_CODE)


def _in_list(found: Mapping[str, object]) -> Row:
    return {name: value for name, value in _to_response(found).items() if name != "reading"}


def _to_response(found: Mapping[str, object]) -> Row:
    return {"id": found["_id"], **{name: value for name, value in found.items() if name != "_id"}}


def _stored(found: StoredMapping) -> JsonObject:
    shown = confirming.to_response(mapping_of(found))
    return {**shown, "source": found["source"], "number": found["number"], "at": found["at"]}
