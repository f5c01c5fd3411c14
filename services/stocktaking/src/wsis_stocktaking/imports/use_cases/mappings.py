"""Use cases of mappings: what a file was read as, what was not understood, and the mapping that an officer confirms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from wsis_shared import audit, messages
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, NotFound
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.operations import rpc

from wsis_stocktaking.imports import applying
from wsis_stocktaking.imports.rules.mapping import confirming, values
from wsis_stocktaking.imports.rules.mapping.documents import StoredMapping, mapping_of
from wsis_stocktaking.imports.rules.mapping.fields import GROUPS, UNREAD, UNREAD_CODE
from wsis_stocktaking.imports.store import Imports
from wsis_stocktaking.imports.use_cases import starting

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.bus import Parts
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job


class MappingCases:
    """The mapping of an import, and those that are stored for registers."""

    def __init__(self, imports: Imports) -> None:
        self._imports = imports

    @rpc
    def read_import_mapping(self, id: str) -> JsonObject:
        """How the columns of a file were read. Raises NotFound, also for a file without columns."""
        found = self._imports.find(id)
        mapping = found.get("mapping")
        if mapping is None:
            raise NotFound("stocktaking.import_without_columns", id=id)
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
            "missing": confirming.missing(mapping),
        }

    @rpc
    def list_import_values(self, ctx: Context, id: str, limit: int, after: str | None = None) -> JsonObject:
        """What was not understood or not valid, each value once with its count, the most frequent first. Raises
        NotFound."""
        self._imports.find(id)
        texts = messages.of_package("wsis_stocktaking")

        def to_response(row: Mapping[str, object]) -> JsonObject:
            said = texts.translate(str(row["message"]), ctx.locale)
            likely = values.likely(str(row["field"]), str(row["value"])) if _may_be_mapped(row) else None
            return {**row, "code": said.code, "reason": said.text, "likely": list(likely or ())}

        return self._imports.values(id, after, limit).response(to_response)

    @rpc(writes=True)
    def start_import_mapping(self, ctx: Context, jobs: Jobs, blobs: BlobStore, id: str, body: Input) -> Job:
        """Store how the columns and values of a register are read, and try the file of a dry run again. Raises
        NotFound, Invalid, Conflict where the file is gone or another import has not ended."""
        tried = self._imports.find(id)
        applying.require_file(tried, ctx.received_at)
        was = tried.get("mapping")
        if was is None or not tried.get("source"):
            raise Conflict("stocktaking.import_not_applicable", id=id)
        mapping = confirming.confirm(body, was)
        job = starting.enqueue(self._imports, jobs)
        source = str(tried["source"])
        former = self._imports.newest_mapping(source)
        number = former["number"] if former else 0
        if former is None or mapping_of(former) != mapping:
            number += 1
            stored: StoredMapping = {
                "_id": f"{source}/{number}",
                "source": source,
                "number": number,
                "columns": mapping["columns"],
                "constants": mapping["constants"],
                "values": mapping["values"],
                "by": ctx.actor.id,
                "at": ctx.received_at,
            }
            facts = {"columns": [dict(each) for each in mapping["columns"]], "values": len(mapping["values"])}
            before = {"number": former["number"]} if former else None
            entry = audit.entry(
                "stocktaking.import_mapping_confirmed", f"mapping/{stored['_id']}", before, facts, body["reason"]
            )
            self._imports.save("import_mappings", stored, entry)
        again = applying.tried_again(tried, job["_id"], number, by=ctx.actor.id, at=ctx.received_at)
        starting.keep(self._imports, again, blobs, body["reason"])
        self._imports.save("imports", {**tried, "application": job["_id"]})
        return job

    @rpc
    def list_import_mappings(self, limit: int, after: str | None = None) -> JsonObject:
        """All versions of all registers."""
        return self._imports.mappings(after, limit).response(_stored)

    @rpc
    def read_source_mapping(self, source: str) -> JsonObject:
        """The newest mapping of a register. Raises NotFound."""
        found = self._imports.newest_mapping(source)
        if found is None:
            raise NotFound("stocktaking.import_mapping_unknown", source=source)
        return _stored(found)


def _may_be_mapped(row: Mapping[str, object]) -> bool:
    """Is it a value without a code, and no invalid one?"""
    return row["field"] in GROUPS and bool(row["value"]) and row["message"] in (UNREAD, UNREAD_CODE)


def _stored(found: StoredMapping) -> JsonObject:
    shown = confirming.to_response(mapping_of(found))
    return {**shown, "source": found["source"], "number": found["number"], "at": found["at"]}


def compose(parts: Parts) -> MappingCases:
    """The use cases with their collaborators; called once per process."""
    return MappingCases(Imports(parts.db))
