"""Routes of exchange with other systems: changes since a sequence, snapshots."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import PUBLIC, Mode, Route
from wsis_shared.streams import Stream

from wsis_stocktaking.exchange import schemas

_MANAGE = "stocktaking:manage"
_SNAPSHOTS = "/v1/entry-snapshots"
_TAKEN = ("stocktaking.snapshot_taken",)
_CHANGED = ("stocktaking.entry_published", "stocktaking.entry_withdrawn", "stocktaking.entries_imported")
_LINKED_DATA = "application/ld+json"
_SECONDS = 15  # a change appears this much later at most

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/v1/entry-changes",
        handler="list_entry_changes",
        summary="What changed in the register",
        description="The last change of each entry, in the order of publication, without gaps: a client that begins "
        "where it `reached` has missed nothing. An entry that was withdrawn, or left the lines asked for, is one too. "
        "Begin with the files of a snapshot (`/v1/entry-snapshots`), and go on after its `sequence`.",
        permission=PUBLIC,
        query=schemas.ChangesQuery,
        response=schemas.Changes,
        export="entry-changes",
        export_labels="wsis_stocktaking.exchange.files:CHANGE_LABELS",
        export_terms="wsis_stocktaking.exchange.files:terms",
        cache=_SECONDS,
        invalidated_by=_CHANGED,
        stream=Stream(events=_CHANGED, cursor="after", shared=True),
        error_codes=("stocktaking.changes_begin_twice",),
    ),
    Route(
        "GET",
        "/v1/entries/{entry}/linked-data",
        handler="read_entry_linked_data",
        summary="An entry as JSON-LD (DCAT, schema.org)",
        permission=PUBLIC,
        media=_LINKED_DATA,
        inline=True,
        cache=_SECONDS,
        invalidated_by=_CHANGED,
        error_codes=("stocktaking.entry_unknown", "stocktaking.entry_withdrawn"),
    ),
    Route(
        "GET",
        "/v1/entry-catalogue",
        handler="read_entry_catalogue",
        summary="The register as a catalogue in JSON-LD (DCAT-AP)",
        description="The register with a distribution for each format and each file of the newest snapshot, and the "
        "codes that entries name.",
        permission=PUBLIC,
        media=_LINKED_DATA,
        inline=True,
        cache=300,
        invalidated_by=_TAKEN,
    ),
    Route(
        "GET",
        _SNAPSHOTS,
        handler="list_entry_snapshots",
        summary="Snapshots of the register, the newest first",
        permission=PUBLIC,
        response=schemas.Snapshots,
        cache=300,
        invalidated_by=_TAKEN,
    ),
    Route(
        "GET",
        f"{_SNAPSHOTS}/{{snapshot}}/file",
        handler="read_entry_snapshot_file",
        summary="A file of a snapshot: JSON Lines, CSV or JSON-LD, compressed by gzip, or a workbook (XLSX)",
        permission=PUBLIC,
        query=schemas.FileQuery,
        download=True,
        media="application/*",
        error_codes=("stocktaking.snapshot_unknown",),
    ),
    Route(
        "POST",
        _SNAPSHOTS,
        handler="start_entry_snapshot",
        summary="Write all public entries to files",
        description="A snapshot is also taken each week in which the register changed. Over the API alone: only a "
        "program needs one earlier.",
        mode=Mode.JOB,
        response=schemas.SnapshotResult,
        permission=_MANAGE,
        limit="heavy",
    ),
)
JOBS: tuple[JobKind, ...] = (
    JobKind("take_snapshot", "Writes all public entries to files", permission=_MANAGE, result=schemas.SnapshotResult),
)
