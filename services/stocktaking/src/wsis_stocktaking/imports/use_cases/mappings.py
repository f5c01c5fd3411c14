"""Use cases of mappings: what a file was read as, what was not understood, and the mapping that an officer confirms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import audit
from wsis_shared.context import Context
from wsis_shared.errors import Conflict, Invalid
from wsis_shared.imports.mappings import MappedImports
from wsis_shared.json_types import Input
from wsis_shared.mapping import confirming
from wsis_shared.mapping.documents import next_version
from wsis_shared.operations import inherited, rpc

from wsis_stocktaking.imports import applying, errors
from wsis_stocktaking.imports.rules.mapping.choices import CHOICES
from wsis_stocktaking.imports.store import Imports
from wsis_stocktaking.imports.use_cases import starting

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.bus import Parts
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job


class MappingCases(MappedImports):
    """The mapping of an import, and those that are stored for registers."""

    texts = "wsis_stocktaking"
    fields = CHOICES
    without_columns = errors.import_without_columns
    without_mapping = errors.mapping_unknown

    def __init__(self, imports: Imports) -> None:
        super().__init__(imports)
        self._imports = imports

    read_import_mapping = rpc(inherited(MappedImports.read_mapping))
    list_import_values = rpc(inherited(MappedImports.values))
    list_import_mappings = rpc(inherited(MappedImports.mappings))
    read_source_mapping = rpc(inherited(MappedImports.source_mapping))

    @rpc(writes=True)
    def start_import_mapping(self, ctx: Context, jobs: Jobs, blobs: BlobStore, id: str, body: Input) -> Job:
        """Store how the columns and values of a register are read, and try the file of a dry run again. Raises
        NotFound, Invalid, Conflict where the file is gone or another import has not ended."""
        tried = self._imports.find(id)
        applying.require_file(tried, ctx.received_at)
        was, source = tried.get("mapping"), tried.get("source")
        if was is None or not source:
            raise Conflict("stocktaking.import_not_applicable", id=id)
        if wrong := confirming.errors_of(body, was, CHOICES):
            raise Invalid("stocktaking.import_mapping_invalid", fields=wrong)
        job = starting.enqueue(self._imports, jobs)
        former = self._imports.newest_mapping(source)
        stored = next_version(
            former, source, confirming.confirm(body, was, CHOICES), by=ctx.actor.id, at=ctx.received_at
        )
        if stored is not former:
            facts = {"columns": [dict(each) for each in stored["columns"]], "values": len(stored["values"])}
            before = {"number": former["number"]} if former else None
            entry = audit.entry(
                "stocktaking.import_mapping_confirmed", f"mapping/{stored['_id']}", before, facts, body["reason"]
            )
            self._imports.save("import_mappings", stored, entry)
        again = applying.tried_again(tried, job["_id"], stored["number"], by=ctx.actor.id, at=ctx.received_at)
        starting.keep(self._imports, again, blobs, body["reason"])
        self._imports.save("imports", {**tried, "application": job["_id"]})
        return job


def compose(parts: Parts) -> MappingCases:
    """The use cases with their collaborators; called once per process."""
    return MappingCases(Imports(parts.db))
