"""Documents by their ids, and lists in parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import monitoring
from wsis_shared import mongo
from wsis_shared.collection import Collection
from wsis_shared.mongo import chunks, in_transaction
from wsis_shared.mongo_connection import connect
from wsis_shared.settings import Suite


class Finds(monitoring.CommandListener):
    """The commands that read, so far."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name in ("find", "getMore"):
            self.names.append(event.command_name)

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


@pytest.fixture
def finds(environment: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Finds]:
    finds = Finds()
    with connect(Suite.load().mongo_uri, event_listeners=[finds]) as client:
        monkeypatch.setattr(mongo, "_client", client)
        yield finds


@pytest.fixture
def rows(finds: Finds, request: Any) -> Collection[Any]:
    rows = Collection(mongo.database(request.node.name)["rows"])
    rows.insert_many([{"_id": number, "even": number % 2 == 0, "text": "x"} for number in range(20)])
    return rows


def test_all_ids_are_asked_for_at_once(rows: Collection[Any], finds: Finds) -> None:
    rows.insert_many([{"_id": number} for number in range(20, 300)])
    found = rows.named(range(10, 310))
    assert sorted(row["_id"] for row in found) == list(range(10, 300))
    assert finds.names == ["find"]


def test_nothing_is_asked_for_no_ids(rows: Collection[Any], finds: Finds) -> None:
    assert rows.named([]) == []
    assert finds.names == []


def test_query_narrows_and_projection_leaves_out(rows: Collection[Any]) -> None:
    found = rows.named(range(9), {"text": 1}, {"even": True})
    assert found == [{"_id": number, "text": "x"} for number in (0, 2, 4, 6, 8)]


def test_it_reads_inside_the_open_transaction(rows: Collection[Any]) -> None:
    def work() -> list[dict[str, Any]]:
        rows.insert_one({"_id": 99})
        return rows.named([99])

    assert in_transaction(work) == [{"_id": 99}]


def test_chunks_read_no_further_than_they_are_taken() -> None:
    numbers = iter(range(10))
    first = next(chunks(numbers, 3))
    assert (first, next(numbers)) == ([0, 1, 2], 3)


def test_chunks_keep_the_order_and_the_rest() -> None:
    assert list(chunks("abcdefg", 3)) == [["a", "b", "c"], ["d", "e", "f"], ["g"]]
