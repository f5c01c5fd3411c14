"""One field of many documents, in one command."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pymongo import UpdateOne
from wsis_shared.mongo import Collection


def set_each(collection: Collection, field: str, values: Mapping[str, Any]) -> None:
    """Set `field` to another value in each document, by id."""
    if values:
        collection.bulk_write([UpdateOne({"_id": id}, {"$set": {field: value}}) for id, value in values.items()])
