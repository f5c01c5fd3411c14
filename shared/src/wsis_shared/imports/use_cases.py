"""Imports of tables of others, from their file to their end: tried, mapped by an officer, and applied.

A job reads the file in batches, each in one transaction with the position of its last row: a process that is killed
resumes behind it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from wsis_shared import audit, clock
from wsis_shared import import_states as states
from wsis_shared.context import Context
from wsis_shared.events import PendingEvent
from wsis_shared.imports.reads import ImportReads
from wsis_shared.imports.repository import I
from wsis_shared.jobs.states import ends_by_request
from wsis_shared.json_types import Input, JsonObject
from wsis_shared.mapping import confirming
from wsis_shared.mapping.documents import PROPOSED, StoredMapping, next_version
from wsis_shared.tables import TableRefused
from wsis_shared.tables.child import ReaderBusy

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.run import Finish, Run
    from wsis_shared.jobs.states import Job


class ImportCases(ImportReads[I]):
    """A service names its job, what its audit log calls an import and a mapping, and the audited actions. `repeated` is
    what the next import of a file has from the one before, beside how to read it."""

    kind: ClassVar[str]
    noun: ClassVar[str] = "import"
    mapping_noun: ClassVar[str] = "mapping"
    started: ClassVar[str]
    confirmed: ClassVar[str]
    repeated: ClassVar[tuple[str, ...]] = ("source",)

    def start(self, ctx: Context, jobs: Jobs, blobs: BlobStore, upload: Input, body: Input) -> Job:
        """Keep the file and start its job, audited. Raises Conflict while another import has not ended."""
        job = self._enqueue(jobs)
        self._keep(self._new(job["_id"], upload, body, by=ctx.actor.id, at=ctx.received_at), blobs, body["reason"])
        return job

    def apply(self, ctx: Context, jobs: Jobs, blobs: BlobStore, id: str, body: Input) -> Job:
        """Import the file of a dry run, once, audited. Raises NotFound, Conflict where it cannot be, or another import
        has not ended."""
        tried = self._tried(id, ctx.received_at)
        if tried.get("mapping_state") == PROPOSED:
            raise self._errors.mapping_unconfirmed(id)
        self._require_may_apply(ctx, tried)
        job = self._enqueue(jobs)
        known: states.Import = tried
        self._again(ctx, job, blobs, tried, known.get("mapping_number"), body, dry_run=False)
        return job

    def confirm_mapping(self, ctx: Context, jobs: Jobs, blobs: BlobStore, id: str, body: Input) -> Job:
        """Store how columns and values are read, audited, and try the file of a dry run again. Raises NotFound,
        Invalid, Conflict where the file is gone or another import has not ended."""
        tried = self._tried(id, ctx.received_at)
        known: states.Import = tried
        was, source = known.get("mapping"), known.get("source")
        if was is None or not source:
            raise self._errors.not_applicable(id)
        if wrong := confirming.errors_of(body, was, self.fields):
            raise self._errors.mapping_invalid(wrong)
        job = self._enqueue(jobs)
        mapping, former = confirming.confirm(body, was, self.fields), self._imports.newest_mapping(source)
        stored = next_version(former, source, mapping, by=ctx.actor.id, at=ctx.received_at)
        if stored is not former:
            before = {"number": former["number"]} if former else None
            target, facts = f"{self.mapping_noun}/{stored['_id']}", self._mapping_facts(stored)
            entry = audit.entry(self.confirmed, target, before, facts, body["reason"])
            self._imports.save(self._imports.import_mappings, stored, entry)
        self._again(ctx, job, blobs, tried, stored["number"], body, dry_run=True)
        return job

    def read_file(self, run: Run, blobs: BlobStore) -> Finish:
        """Read the file from where the import is, to its end. Raises Invalid for a file that is refused, Unavailable
        where it cannot be read now: the job tries again, behind the last row."""
        found = self._imports.find(run.id)
        if found["refusal"]:
            raise self._errors.file_refused(found["refusal"])
        with tempfile.NamedTemporaryFile(prefix="wsis-import-") as copy:
            for chunk in blobs.open(found["blob"]):
                copy.write(chunk)
            copy.flush()
            try:
                self._read(run, Path(copy.name), found)
            except TableRefused as refused:
                self._refuse(run.id, str(refused))
                raise self._errors.file_refused(str(refused)) from None
            except ReaderBusy:
                raise self._errors.busy() from None
        return run.finish({"id": run.id}, partial(self._end, run.id, states.COMPLETED, blobs))

    def clean_up(self, run: Run, jobs: Jobs, blobs: BlobStore) -> None:
        """The job failed or was cancelled. What is imported stays."""
        job = jobs.get(run.id)
        self._end(run.id, states.CANCELLED if job and ends_by_request(job) else states.FAILED, blobs)

    # -- what a service adds ------------------------------------------------------------------------------------------

    def _new(self, id: str, upload: Input, body: Input, *, by: str | None, at: datetime) -> I:
        """An import that waits for its job, whose id is its own."""
        raise NotImplementedError

    def _facts(self, found: I) -> JsonObject:
        """What the audit log keeps of an import."""
        raise NotImplementedError

    def _mapping_facts(self, stored: StoredMapping) -> JsonObject:
        """What the audit log keeps of a mapping."""
        raise NotImplementedError

    def _read(self, run: Run, path: Path, found: I) -> None:
        """Take the rows behind its position. Raises TableRefused, ReaderBusy."""
        raise NotImplementedError

    def _require_may_apply(self, ctx: Context, tried: I) -> None:
        """Raise Conflict for an officer who may not import the file that was tried."""

    def _file_kept(self) -> timedelta:
        """How long the file of a dry run is there for its next import."""
        return states.FILE_KEPT

    def _events(self, _ended: I) -> Sequence[PendingEvent]:
        """What others learn of an import that has ended."""
        return ()

    def _conclude(self, ended: I) -> None:
        """What else is kept of an import that has ended, in it or beside it: it is saved next, and after a kill before
        that this is called again."""

    # -- its job, its file, its line in the audit log -----------------------------------------------------------------

    def _tried(self, id: str, now: datetime) -> I:
        """A dry run whose file is still there. Raises NotFound, Conflict."""
        tried = self._imports.find(id)
        if not states.has_file(tried, now):
            raise self._errors.not_applicable(id)
        return tried

    def _again(
        self, ctx: Context, job: Job, blobs: BlobStore, tried: I, number: int | None, body: Input, *, dry_run: bool
    ) -> None:
        """The next import of the file of a dry run, by this version of the mapping."""
        upload = {**tried, "id": tried["blob"]}
        said = {**states.read_options(tried), "dry_run": dry_run, **{name: tried.get(name) for name in self.repeated}}
        found = self._new(job["_id"], upload, said, by=ctx.actor.id, at=ctx.received_at)
        found["mapping_number"] = number
        self._keep(found, blobs, body["reason"])
        applied = tried.copy()
        applied["application"] = job["_id"]
        self._imports.save(self._imports.imports, applied)

    def _enqueue(self, jobs: Jobs) -> Job:
        job = jobs.enqueue(self.kind, {}, key=self.kind)  # the one that is live, if there is one
        if self._imports.known(job["_id"]) is not None:
            raise self._errors.running(job["_id"])
        return job

    def _keep(self, found: I, blobs: BlobStore, reason: str | None) -> None:
        about = f"{self.noun}/{found['_id']}"
        blobs.keep(found["blob"], owner=about)
        entry = audit.entry(self.started, about, None, self._facts(found), reason)
        self._imports.save(self._imports.imports, found, entry)

    def _refuse(self, id: str, refusal: str) -> None:
        """Keep why the file was refused. The job fails next, and the import with it."""
        refused = self._imports.find(id).copy()
        refused["refusal"] = refusal
        self._imports.save(self._imports.imports, refused)

    def _end(self, id: str, state: str, blobs: BlobStore) -> None:
        ended = self._imports.find(id).copy()
        if ended["state"] not in states.LIVE:
            return
        ended["state"], ended["ended_at"] = state, clock.now()
        until = clock.now() + self._file_kept() if state == states.COMPLETED and ended["dry_run"] else None
        if until is not None:
            ended["file_until"] = until
        self._conclude(ended)
        self._imports.save(self._imports.imports, ended, *self._events(ended))
        blobs.release(ended["blob"], until or clock.now())
