"""The same change of many documents, each with an event of its own, in few commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from wsis_shared.events import PendingEvent
from wsis_shared.mongo import chunks, transactional
from wsis_shared.outbox import EventfulRepository

_CHUNK = 500


@transactional
def change_each(
    repository: EventfulRepository, collection: str, rows: Sequence[Mapping[str, Any]], change: Mapping[str, Any],
    event: Callable[[Mapping[str, Any]], PendingEvent],
) -> None:  # fmt: skip
    """Set the fields of `change` in each of `rows` ({_id, version, ...}) and store `event(row)`."""
    update = {"$inc": {"version": 1}, **({"$set": dict(change)} if change else {})}
    for chunk in chunks(rows, _CHUNK):
        repository.collection(collection).update_many({"_id": {"$in": [row["_id"] for row in chunk]}}, update)
        repository.store_each((row["version"] + 1, event(row)) for row in chunk)
