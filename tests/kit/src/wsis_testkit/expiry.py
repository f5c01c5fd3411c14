"""The store deletes what has expired now, or never."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from pymongo.database import Database
from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.mongo_connection import connect

_SLEEP = "ttlMonitorSleepSecs"


@contextmanager
def quick_expiry(uri: str) -> Iterator[None]:
    """The store looks each second for what has expired, the first time after its usual pause of up to a minute."""
    with connect(uri, stable=False) as client:
        usual = client.admin.command({"setParameter": 1, _SLEEP: 1})["was"]
        try:
            yield
        finally:
            client.admin.command({"setParameter": 1, _SLEEP: usual})


def keep_expired(db: Database[dict[str, Any]], specs: Iterable[CollectionSpec]) -> None:
    """What expires in these collections stays: drops the indexes by which the store would delete it."""
    for spec in specs:
        for document in (model.document for model in spec.models):
            if "expireAfterSeconds" in document:
                db[spec.name].drop_index(document["name"])
