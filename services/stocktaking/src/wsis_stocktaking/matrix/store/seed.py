"""What an empty suite starts with: the first version of the WSIS-SDG Matrix."""

from __future__ import annotations

from typing import Any

from pymongo.database import Database
from wsis_shared.mongo import in_transaction

from wsis_stocktaking.matrix.store import MatrixVersions


def seed(db: Database[dict[str, Any]]) -> str:
    """Load it unless it is there; returns what was done, for the operator."""
    loaded = in_transaction(MatrixVersions(db).add_first)
    return "WSIS-SDG Matrix loaded" if loaded else "WSIS-SDG Matrix is there"
