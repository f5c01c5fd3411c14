"""Use cases of the reversal of an import, a job: a step undoes some changes, in a transaction with its checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import audit, clock
from wsis_shared.collection import existing
from wsis_shared.context import Context
from wsis_shared.jobs.run import Finish, Next, Run
from wsis_shared.json_types import Input
from wsis_shared.operations import job, rpc
from wsis_shared.parts import Parts

from wsis_stocktaking.entries.store.entries import Entries
from wsis_stocktaking.imports.rules import reversals
from wsis_stocktaking.imports.rules.imports import CREATED, PROPOSED, RegisterImport, StoredChange
from wsis_stocktaking.imports.store import Imports
from wsis_stocktaking.register.events import withdrawn
from wsis_stocktaking.register.publishing import publication
from wsis_stocktaking.register.rules import entries
from wsis_stocktaking.register.rules.entries import Entry, Imported
from wsis_stocktaking.register.store.register import Register

if TYPE_CHECKING:
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job

KIND, STEP = "reverse_import", 50


class ReversalCases:
    """Undo an import as new revisions. What was changed since stays, and is listed."""

    def __init__(self, imports: Imports, register: Register, revisions: Entries) -> None:
        self._imports, self._register, self._revisions = imports, register, revisions

    @rpc(writes=True)
    def start_import_reversal(self, ctx: Context, jobs: Jobs, id: str, body: Input) -> Job:
        """Start the job; while it runs, it is that one. Raises NotFound, Conflict where there is nothing to undo."""
        found = self._imports.find(id)
        reversals.require_reversible(found)
        job = jobs.enqueue(KIND, {"import": id}, key=f"{KIND}|{id}")
        if not found["reversal"] or found["reversal"]["job"] != job["_id"]:
            about = {"filename": found["filename"], "source": found["source"], "counts": found["counts"]}
            audited = audit.entry("stocktaking.import_reversed", f"import/{id}", about, None, body["reason"])
            reversal = reversals.begin(found["reversal"], job["_id"], ctx.received_at)
            begun: RegisterImport = {**found, "reversal": reversal}
            begun.pop("uncorrected_since", None)
            self._imports.save("imports", begun, audited)
        return job

    @job()
    def reverse_import(self, run: Run) -> Next | Finish:
        """Undo the next changes; those of a reversal before are done."""
        found = self._imports.find(run.arguments["import"])
        first, reversal = run.checkpoint or 0, existing(found["reversal"])
        changes = self._imports.changes_from(found["_id"], first, STEP)
        if not changes:
            self._imports.save("imports", {**found, "reversal": reversals.end(reversal)})
            return run.finish({"id": found["_id"], "reverted": reversal["reverted"], "left": reversal["left"]})
        outcomes = []
        for change in changes:
            if change["reversal"] is None:
                outcomes.append(self._reverse(change, found, run.requested_by))
                self._imports.mark_reversal(change, outcomes[-1])
        self._imports.save("imports", {**found, "reversal": reversals.add_outcomes(reversal, outcomes)})
        following = changes[-1]["number"] + 1
        return run.next(following, done=following, total=found["changes"])

    def _reverse(self, change: StoredChange, found: RegisterImport, by: str | None) -> str:
        entry = self._imports.whole_entries([change["entry"]]).get(change["entry"])
        if entry is None or not reversals.is_as_imported(entry, change):
            return reversals.LEFT
        if change["decision"] == PROPOSED:
            imported: Imported = {**entry["imported"]}
            imported.pop("proposed", None)
            self._register.save("entries", entries.drop_draft({**entry, "imported": imported}, clock.now()))
        elif change["decision"] == CREATED:
            # A later import of this source may make it public again.
            gone: Entry = {**entry, "imported": {**entry["imported"], "reversed": True}}
            self._register.withdraw(gone, clock.now(), announce=lambda ended: (withdrawn(ended),))
        else:
            self._restore(entry, change, by)
        return reversals.REVERTED

    def _restore(self, entry: Entry, change: StoredChange, by: str | None) -> None:
        """The former content as the next revision, which counts as that of the former import."""
        former = existing(change["former"])
        content = self._revisions.revision(entry["_id"], change["revision"] - 1)["content"]
        restored: Entry = {**entry, "imported": {"digest": former["digest"], "revision": entry["revision"] + 1}}
        self._register.publish(
            [
                publication(
                    restored,
                    content,
                    source=entries.OFFICER,
                    by=by,
                    prize=entry["prize"],
                    last_updated_at=former["last_updated_at"],
                    theirs=(content,),
                )
            ],
            clock.now(),
        )


def compose(parts: Parts) -> ReversalCases:
    """The use cases with their collaborators; called once per process."""
    return ReversalCases(Imports(parts.db), Register(parts.db), Entries(parts.db))
