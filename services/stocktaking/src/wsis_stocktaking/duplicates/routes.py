"""Routes of possible duplicates."""

from __future__ import annotations

from wsis_shared.jobs import JobKind
from wsis_shared.plugin import Mode, Route

from wsis_stocktaking.duplicates import schemas

_READ, _MANAGE = "stocktaking:read", "stocktaking:manage"
_UNKNOWN = "stocktaking.entry_unknown"

ROUTES: tuple[Route, ...] = (
    Route(
        "POST",
        "/v1/entry-duplicates",
        handler="find_duplicates",
        summary="Entries that may be the same activity",
        description="For those who write an entry: by titles, organization, website and countries. Nothing is stored. "
        "Over the API alone: the page of a saved draft shows them.",
        body=schemas.DuplicateSearchBody,
        response=schemas.Candidates,
        permission="stocktaking:submit",
        limit="entry",
        error_codes=("stocktaking.index_not_ready",),
    ),
    Route(
        "GET",
        "/v1/me/entries/{entry}/duplicates",
        handler="list_duplicates_of_own",
        summary="Public entries that may be the same activity as an entry of mine",
        response=schemas.Candidates,
        permission="stocktaking:submit",
        limit="entry",
        error_codes=(_UNKNOWN, "stocktaking.index_not_ready"),
    ),
    Route(
        "GET",
        "/v1/entry-duplicates",
        handler="list_duplicates",
        summary="Pairs of entries that may be one activity",
        description="The most alike first, as the last comparison of the register found them.",
        query=schemas.PairQuery,
        response=schemas.PairPage,
        permission=_READ,
        export="duplicates",
    ),
    Route(
        "POST",
        "/v1/entry-duplicate-scans",
        handler="start_duplicate_scan",
        summary="Compare all entries",
        description="Finds pairs that may be one activity. New entries are compared every hour by themselves.",
        body=schemas.ScanBody,
        response=schemas.ScanResult,
        permission=_MANAGE,
        mode=Mode.JOB,
    ),
    Route(
        "GET",
        "/v1/entry-reviews/{entry}/duplicates",
        handler="list_duplicates_of",
        permission=_READ,
        summary="Public entries that may be the same activity as an entry",
        description="Of its draft, or of its public content where it has none. Entries with a verdict are left out.",
        response=schemas.Candidates,
        error_codes=(_UNKNOWN, "stocktaking.index_not_ready"),
    ),
    Route(
        "PUT",
        "/v1/entry-reviews/{entry}/duplicates/{other}",
        handler="decide_duplicate",
        permission=_MANAGE,
        summary="Say whether two entries are one activity",
        description="The verdict is kept: the pair is not shown again as possible. Merge is another operation.",
        body=schemas.VerdictBody,
        response=schemas.Pair,
        error_codes=(_UNKNOWN, "stocktaking.same_entry"),
    ),
)
JOBS: tuple[JobKind, ...] = (
    JobKind(
        "scan_duplicates",
        "Compares the entries of the register with each other",
        permission=_READ,
        result=schemas.ScanResult,
    ),
)
