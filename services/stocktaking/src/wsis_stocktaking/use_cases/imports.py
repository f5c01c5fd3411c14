"""Use cases of imports of an existing register.

A file is read by a child process and stored in batches, each in one transaction with the position of its last row: a
process that is killed resumes behind it.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wsis_shared import audit, clock
from wsis_shared import import_states as states
from wsis_shared.context import Context
from wsis_shared.import_states import Import
from wsis_shared.imports.use_cases import FollowedImports
from wsis_shared.mongo import in_transaction

from wsis_stocktaking.domain import imports as domain
from wsis_stocktaking.errors import imports as errors
from wsis_stocktaking.events import imports as events
from wsis_stocktaking.importing import FileRefused
from wsis_stocktaking.importing.child import Reader
from wsis_stocktaking.store.imports import Imports
from wsis_stocktaking.store.register import Publication, Register

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.bus import Parts
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.run import Finish, Run
    from wsis_shared.jobs.states import Job

KIND = "import_entries"


class ImportsCases(FollowedImports):
    """Import a file, follow it, read what it refused."""

    texts = "wsis_stocktaking.notices"

    def __init__(self, imports: Imports, register: Register) -> None:
        super().__init__(imports)
        self._imports, self._register = imports, register

    def start(
        self, ctx: Context, jobs: Jobs, blobs: BlobStore, upload: Mapping[str, Any], body: Mapping[str, Any]
    ) -> Job:
        """Keep the file and start its job. Raises Conflict while another import has not ended."""
        job = jobs.enqueue(KIND, {}, key=KIND)  # the one that is live, if there is one
        if self._imports.known(job["_id"]) is not None:
            raise errors.import_running(job["_id"])
        found = domain.new(job["_id"], upload, dry_run=body["dry_run"], encoding=body["encoding"], by=ctx.actor.id,
                           at=ctx.received_at)  # fmt: skip
        blobs.keep(upload["id"], owner=f"import/{found['_id']}")
        facts = {"filename": found["filename"], "sha256": found["sha256"], "dry_run": found["dry_run"]}
        entry = audit.entry("stocktaking.import_started", f"import/{found['_id']}", None, facts, body["reason"])
        self._imports.save("imports", found, entry)
        return job

    def step(self, run: Run, blobs: BlobStore) -> Finish:
        """Read the file from where the import is, to its end. Raises Invalid for a file that is refused."""
        found = self._imports.find(run.id)
        if found["refusal"]:
            raise errors.file_refused(found["refusal"])
        with tempfile.NamedTemporaryFile(prefix="wsis-import-") as file:
            for chunk in blobs.open(found["blob"]):
                file.write(chunk)
            file.flush()
            try:
                self._read(run, Path(file.name), found)
            except FileRefused as refused:
                self._refuse(run.id, str(refused))
                raise errors.file_refused(str(refused)) from None
        return run.finish({"id": run.id}, partial(self._end, run.id, states.COMPLETED, blobs))

    # -- the job ------------------------------------------------------------------------------------------------------

    def _read(self, run: Run, path: Path, found: Import) -> None:
        with Reader(path, found["named_encoding"], found["position"]) as reader:
            for batch in reader.batches():
                stored = in_transaction(partial(self._store, run.id, batch, reader.about))
                run.report(stored["rows"], note="")

    def _store(self, id: str, batch: Sequence[Mapping[str, Any]], about: Mapping[str, Any]) -> Import:
        """The effects of some rows, with the position of the last one."""
        found = self._imports.find(id)
        rows = [row for row in batch if row["row"] > found["position"]]
        if not rows and found.items() >= about.items():
            return found
        counts, refusals, sequences = self._apply(found, rows)
        self._imports.add_refusals(id, found["refusals"], refusals)
        position = rows[-1]["row"] if rows else found["position"]
        changed = domain.add_counts({**found, **about}, position, counts, len(refusals), sequences)
        if not changed["sample"]:
            changed["sample"] = domain.sample_of(rows)
        return self._imports.save("imports", changed)

    def _apply(
        self, found: Import, rows: Sequence[Mapping[str, Any]]
    ) -> tuple[Counter[str], list[dict[str, Any]], list[int]]:
        counts: Counter[str] = Counter()
        refusals: list[dict[str, Any]] = []
        wanted: dict[str, Mapping[str, Any]] = {}
        stored = self._imports.entries([row["entry"] for row in rows if "content" in row])
        changed = []
        for row in rows:
            about = {"row": row["row"], "key": row["key"]}
            if "content" not in row:
                counts[domain.REFUSED] += 1
                refusals += [{**about, "field": field, "message": text, "value": value}
                             for field, text, value in row["problems"]]  # fmt: skip
                continue
            id = row["entry"]
            decision, reason = domain.decide(stored.get(id), row)
            counts[decision] += 1
            if reason:
                refusals.append({**about, "field": "", "message": reason, "value": None})
            if decision in (domain.CREATED, domain.UPDATED):
                wanted[id] = row
            if decision == domain.UPDATED:
                changed.append(id)
        sequences = [] if found["dry_run"] else self._publish(found, wanted, self._imports.whole_entries(changed))
        return counts, refusals, sequences

    def _publish(
        self, found: Import, wanted: Mapping[str, Mapping[str, Any]], stored: Mapping[str, dict[str, Any]]
    ) -> list[int]:
        now = clock.now()
        publications, contacts = [], {}
        for id, row in wanted.items():
            entry = stored.get(id) or self._register.new_entry(id, "import", None, now)
            known = {"import_key": row["key"], "imported": {"digest": row["digest"], "revision": entry["revision"] + 1}}
            publications.append(Publication(
                {**entry, **known}, row["content"], entry["prize"], found["by"], source="import",
                last_updated_at=domain.updated_at(row, now),
            ))  # fmt: skip
            if row["contact"] and entry["owner"] is None:
                contacts[id] = row["contact"]
        self._imports.set_contacts(contacts)
        return [entry["sequence"] for entry in self._register.publish(publications, now)]

    def _end(self, id: str, state: str, blobs: BlobStore) -> None:
        found = self._imports.find(id)
        if found["state"] not in states.LIVE:
            return
        ended = states.end(found, state, clock.now())
        announced = [events.imported(ended)] if domain.has_changed_the_register(ended) else []
        self._imports.save("imports", ended, *announced)
        blobs.delete(found["blob"])


def compose(parts: Parts) -> ImportsCases:
    """The use cases with their collaborators; called once per process."""
    return ImportsCases(Imports(parts.db), Register(parts.db))
