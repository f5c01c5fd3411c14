"""The log, its results, where a commitment is in it, and its static files."""

from __future__ import annotations

from wsis_shared.collection_specs import CollectionSpec

COLLECTIONS = (
    CollectionSpec("log_batches"),
    CollectionSpec("logs", small="one for each edition"),
    CollectionSpec("log_leaves"),
    CollectionSpec("log_tiles"),
    CollectionSpec("log_heads"),
    CollectionSpec("log_openings"),
    CollectionSpec("log_results", small="one for each count of an edition"),
)
