"""Public reading of one entry."""

from __future__ import annotations

from wsis_shared.plugin import PUBLIC, Route
from wsis_shared.schemas import PageQuery

from wsis_stocktaking.entries.schemas import public

_ENTRY = "/v1/entries/{entry}"
_UNKNOWN = ("stocktaking.entry_unknown", "stocktaking.entry_withdrawn")
CHANGES = ("stocktaking.entry_published", "stocktaking.entry_withdrawn", "stocktaking.entries_imported")
_MERGED = "The id of an entry that was merged leads to the survivor."

ROUTES = (
    Route(
        "GET",
        _ENTRY,
        handler="read_entry",
        summary="An entry of the register",
        response=public.Entry,
        permission=PUBLIC,
        cache=60,
        invalidated_by=(*CHANGES, "stocktaking.matrix_published"),
        error_codes=_UNKNOWN,
        description=f"The last revision that was approved. {_MERGED}",
    ),
    Route(
        "GET",
        f"{_ENTRY}/revisions",
        handler="list_revisions",
        summary="Revisions of an entry",
        query=PageQuery,
        response=public.RevisionPage,
        permission=PUBLIC,
        cache=60,
        invalidated_by=CHANGES,
        error_codes=_UNKNOWN,
        description=f"The last one first. {_MERGED}",
    ),
    Route(
        "GET",
        f"{_ENTRY}/revisions/{{number}}",
        handler="read_revision",
        summary="A revision of an entry",
        response=public.Revision,
        permission=PUBLIC,
        cache=60,
        invalidated_by=CHANGES,
        error_codes=(*_UNKNOWN, "stocktaking.revision_unknown"),
    ),
    Route(
        "GET",
        f"{_ENTRY}/differences",
        handler="compare_revisions",
        summary="What changed between two revisions",
        query=public.DifferencesQuery,
        response=public.Differences,
        permission=PUBLIC,
        cache=60,
        invalidated_by=CHANGES,
        error_codes=(*_UNKNOWN, "stocktaking.revision_unknown"),
        description="By default between the last two.",
    ),
)
