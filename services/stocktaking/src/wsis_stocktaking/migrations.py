"""Changes of documents of the register."""

from __future__ import annotations

from collections.abc import Mapping

from wsis_shared.json_types import Input, JsonObject
from wsis_shared.migrations import Migration, Step


def _without_source(entry: Input) -> Mapping[str, JsonObject]:
    """An import without a date of the update took its own moment for it, as that of the revision: nobody knows it."""
    is_undated = (
        entry["imported"]["revision"] == entry["revision"] and entry.get("last_updated_at") == entry["revised_at"]
    )
    return {"$set": {"import_source": None, **({"last_updated_at": None} if is_undated else {})}}


MIGRATIONS = (
    Migration(
        "entries",
        2,
        "Imported entries have a source, and no date of an update that no file named",
        expand=Step({"imported": {"$exists": True}, "import_source": {"$exists": False}}, _without_source),
    ),
)
