"""Use cases of mappings: what a list was read as, what was not understood, and the mapping that an officer confirms."""

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

from wsis_notifications.subscribers import errors
from wsis_notifications.subscribers.rules import imports
from wsis_notifications.subscribers.rules.mapping.choices import CHOICES
from wsis_notifications.subscribers.store.imports import SubscriberImports
from wsis_notifications.subscribers.use_cases import starting

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job


class MappingCases(MappedImports):
    """The mapping of an import, and those that are stored for lists."""

    texts = "wsis_notifications"
    fields = CHOICES
    without_columns = errors.import_without_columns
    without_mapping = errors.mapping_unknown

    def __init__(self, imports: SubscriberImports) -> None:
        super().__init__(imports)
        self._imports = imports

    read_subscriber_import_mapping = rpc(inherited(MappedImports.read_mapping))
    list_subscriber_import_values = rpc(inherited(MappedImports.values))
    list_subscriber_import_mappings = rpc(inherited(MappedImports.mappings))
    read_subscriber_source_mapping = rpc(inherited(MappedImports.source_mapping))

    @rpc(writes=True)
    def start_subscriber_import_mapping(self, ctx: Context, jobs: Jobs, blobs: BlobStore, id: str, body: Input) -> Job:
        """Store how the columns and values of a list are read, audited, and try the file of a dry run again. Raises
        NotFound, Invalid, Conflict where the file is gone or another import has not ended."""
        tried = self._imports.find(id)
        starting.require_file(tried, ctx.received_at)
        was, source = tried.get("mapping"), tried.get("source")
        if was is None or not source:
            raise Conflict("notifications.import_not_applicable", id=id)
        if wrong := confirming.errors_of(body, was, CHOICES):
            raise Invalid("notifications.import_mapping_invalid", fields=wrong)
        job = starting.enqueue(self._imports, jobs)
        mapping, former = confirming.confirm(body, was, CHOICES), self._imports.newest_mapping(source)
        stored = next_version(former, source, mapping, by=ctx.actor.id, at=ctx.received_at)
        if stored is not former:
            facts = {"columns": [dict(each) for each in stored["columns"]], "constants": stored["constants"]}
            before = {"number": former["number"]} if former else None
            entry = audit.entry(
                "notifications.subscriber_mapping_confirmed",
                f"subscriber_mapping/{stored['_id']}",
                before,
                facts,
                body["reason"],
            )
            self._imports.save("subscriber_import_mappings", stored, entry)
        again = imports.again(tried, job["_id"], stored["number"], dry_run=True, at=ctx.received_at)
        starting.keep(self._imports, again, blobs, body["reason"])
        self._imports.save("subscriber_imports", {**tried, "application": job["_id"]})
        return job
