"""How an import begins: its job, its file, its line in the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import audit
from wsis_shared.errors import Conflict

from wsis_stocktaking.imports.rules.imports import RegisterImport
from wsis_stocktaking.imports.store import Imports

if TYPE_CHECKING:
    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job

KIND = "import_entries"


def enqueue(imports: Imports, jobs: Jobs) -> Job:
    """The job of a new import. Raises Conflict while another one has not ended."""
    job = jobs.enqueue(KIND, {}, key=KIND)  # the one that is live, if there is one
    if imports.known(job["_id"]) is not None:
        raise Conflict("stocktaking.import_running", id=job["_id"])
    return job


def keep(imports: Imports, found: RegisterImport, blobs: BlobStore, reason: str | None) -> None:
    """Store an import that waits for its job."""
    blobs.keep(found["blob"], owner=f"import/{found['_id']}")
    facts = {
        "filename": found["filename"],
        "sha256": found["sha256"],
        "dry_run": found["dry_run"],
        "source": found.get("source"),
        "adopt_unsourced": found.get("adopt_unsourced"),
        "mapping": found.get("mapping_number"),
    }
    entry = audit.entry("stocktaking.import_started", f"import/{found['_id']}", None, facts, reason)
    imports.save("imports", found, entry)
