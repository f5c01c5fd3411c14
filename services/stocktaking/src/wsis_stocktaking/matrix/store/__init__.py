"""Repositories of the WSIS-SDG Matrix: versions, proposals, sessions, pictures."""

from __future__ import annotations

from wsis_shared.collection_specs import CollectionSpec, index

from wsis_stocktaking.matrix.store.pictures import Pictures
from wsis_stocktaking.matrix.store.proposals import Proposals
from wsis_stocktaking.matrix.store.sessions import Sessions
from wsis_stocktaking.matrix.store.versions import MatrixVersions

__all__ = ["COLLECTIONS", "MatrixVersions", "Pictures", "Proposals", "Sessions"]

COLLECTIONS: tuple[CollectionSpec, ...] = (
    CollectionSpec("matrix_versions", small="a handful"),
    CollectionSpec(
        "matrix_proposals",
        indexes=(
            index("newest", "-created_at", "-_id"),
            *(index(f"newest_of_{field}", field, "-created_at", "-_id") for field in ("line", "state")),
            index("by", "by"),
        ),
    ),
    CollectionSpec("matrix_comments", indexes=(index("proposal", "proposal", "at", "_id"), index("by", "by"))),
    CollectionSpec("matrix_pictures"),
    CollectionSpec(
        "matrix_sessions", indexes=(index("newest", "links", "-filed_at", "-_id"),), small="some 200 of a Forum"
    ),
)
