"""Routes of the search of the register."""

from __future__ import annotations

from wsis_shared.exports import ExportFormat
from wsis_shared.plugin import PUBLIC, Route

from wsis_stocktaking.search import schemas

SECONDS = 15  # a response that was cached just before the index followed a publication is shown no longer

ROUTES: tuple[Route, ...] = (
    Route(
        "GET",
        "/v1/entries",
        handler="search_entries",
        summary="Search the register",
        description=(
            "Full text in seven languages with accents folded, typing errors tolerated and the last word completed; "
            "filters and facets, whose counts agree with the list. By relevance the first 1,000 entries can be read; "
            "an export has all. For the whole register take the files of a snapshot (`/v1/entry-snapshots`): they are "
            "there already."
        ),
        permission=PUBLIC,
        query=schemas.EntriesQuery,
        response=schemas.EntryPage,
        export="entries",
        export_formats=(
            ExportFormat("jsonld", "application/ld+json", "wsis_stocktaking.exchange.linked_data:LinkedData"),
        ),
        export_labels="wsis_stocktaking.exchange.files:LABELS",
        export_terms="wsis_stocktaking.exchange.files:terms",
        cache=SECONDS,
        invalidated_by=("stocktaking.entry_published", "stocktaking.entry_withdrawn"),
        error_codes=("stocktaking.query_invalid", "stocktaking.index_not_ready"),
    ),
    Route(
        "GET",
        "/v1/entry-counts",
        handler="count_entries",
        summary="Count the entries of a search by a facet",
        description="Codes with titles and entries, as JSON or a file. All filters narrow them, that of the facet too.",
        permission=PUBLIC,
        query=schemas.GroupsQuery,
        response=schemas.Groups,
        export="entry-counts",
        export_terms="wsis_stocktaking.exchange.files:terms",
        cache=SECONDS,
        error_codes=("stocktaking.query_invalid", "stocktaking.index_not_ready"),
    ),
)
