"""The same change of many documents, each with an event of its own, in few commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pymongo import UpdateOne
from wsis_shared.events import PendingEvent
from wsis_shared.mongo import chunks
from wsis_shared.outbox import EventfulRepository

_CHUNK = 500


def change_each(
    repository: EventfulRepository, collection: str, rows: Sequence[Mapping[str, Any]], change: Mapping[str, Any],
    event: Callable[[Mapping[str, Any]], PendingEvent],
) -> None:  # fmt: skip
    """Set the fields of `change` in each of `rows` ({_id, version, ...}) and add `event(row)` to its outbox."""
    fields = {"$set": dict(change)} if change else {}
    for chunk in chunks(rows, _CHUNK):
        updates = [
            UpdateOne(
                {"_id": row["_id"]},
                repository.with_events(
                    {"$inc": {"version": 1}, **fields}, row["version"] + 1, event(row), collection=collection
                ),
            )
            for row in chunk
        ]
        repository.collection(collection).bulk_write(updates)
