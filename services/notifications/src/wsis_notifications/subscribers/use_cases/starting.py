"""How an import of readers begins: its job, its file, its line in the audit log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wsis_shared import audit
from wsis_shared.errors import Conflict
from wsis_shared.import_states import has_file

from wsis_notifications.subscribers.rules.imports import SubscriberImport
from wsis_notifications.subscribers.store.imports import SubscriberImports

if TYPE_CHECKING:
    from datetime import datetime

    from wsis_shared.blobs.store import BlobStore
    from wsis_shared.jobs.repository import Jobs
    from wsis_shared.jobs.states import Job

KIND = "import_subscribers"


def enqueue(imports: SubscriberImports, jobs: Jobs) -> Job:
    """The job of a new import. Raises Conflict while another one has not ended."""
    job = jobs.enqueue(KIND, {}, key=KIND)  # the one that is live, if there is one
    if imports.known(job["_id"]) is not None:
        raise Conflict("notifications.import_running", id=job["_id"])
    return job


def keep(imports: SubscriberImports, found: SubscriberImport, blobs: BlobStore, reason: str) -> None:
    """Store an import that waits for its job."""
    about = f"subscriber_import/{found['_id']}"
    blobs.keep(found["blob"], owner=about)
    facts = {
        "sha256": found["sha256"],
        "dry_run": found["dry_run"],
        "source": found.get("source"),
        "mapping": found.get("mapping_number"),
    }
    imports.save(
        "subscriber_imports", found, audit.entry("notifications.subscribers_imported", about, None, facts, reason)
    )


def require_file(tried: SubscriberImport, now: datetime) -> None:
    """Raise Conflict unless the file of a dry run is still there for its next import."""
    if not has_file(tried, now):
        raise Conflict("notifications.import_not_applicable", id=tried["_id"])
