"""Many ids are looked up in several queries of a few ids each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pymongo import monitoring
from wsis_shared import mongo
from wsis_shared.mongo import chunks, find_in_chunks, in_transaction
from wsis_shared.mongo_connection import connect
from wsis_shared.settings import Suite


class Finds(monitoring.CommandListener):
    """The lists of ids of the finds so far."""

    def __init__(self) -> None:
        self.ids: list[list[int]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if event.command_name == "find":
            self.ids.append(event.command["filter"]["_id"]["$in"])

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


@pytest.fixture(autouse=True)
def chunk_of_four(environment: Any, set_setting: Any) -> None:
    set_setting("mongo_chunk", 4)


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> Iterator[Finds]:
    finds = Finds()
    with connect(Suite.load().mongo_uri, event_listeners=[finds]) as client:
        monkeypatch.setattr(mongo, "_client", client)
        yield finds


@pytest.fixture
def rows(finds: Finds, request: Any) -> mongo.Collection:
    rows = mongo.Collection(mongo.database(request.node.name)["rows"])
    rows.insert_many([{"_id": number, "even": number % 2 == 0, "text": "x"} for number in range(20)])
    return rows


def test_all_ids_are_asked_for_a_few_at_a_time(rows: mongo.Collection, finds: Finds) -> None:
    found = find_in_chunks(rows, range(10, 25))
    assert sorted(row["_id"] for row in found) == list(range(10, 20))
    assert finds.ids == [[10, 11, 12, 13], [14, 15, 16, 17], [18, 19, 20, 21], [22, 23, 24]]


def test_nothing_is_asked_for_no_ids(rows: mongo.Collection, finds: Finds) -> None:
    assert list(find_in_chunks(rows, [])) == []
    assert finds.ids == []


def test_query_narrows_and_projection_leaves_out(rows: mongo.Collection) -> None:
    found = find_in_chunks(rows, range(9), {"text": 1}, {"even": True})
    assert list(found) == [{"_id": number, "text": "x"} for number in (0, 2, 4, 6, 8)]


def test_it_reads_inside_the_open_transaction(rows: mongo.Collection) -> None:
    def work() -> list[dict[str, Any]]:
        rows.insert_one({"_id": 99})
        return list(find_in_chunks(rows, [99]))

    assert in_transaction(work) == [{"_id": 99}]


def test_chunks_read_no_further_than_they_are_taken() -> None:
    numbers = iter(range(10))
    first = next(chunks(numbers, 3))
    assert (first, next(numbers)) == ([0, 1, 2], 3)


def test_chunks_keep_the_order_and_the_rest() -> None:
    assert list(chunks("abcdefg", 3)) == [["a", "b", "c"], ["d", "e", "f"], ["g"]]
    assert list(chunks(range(6))) == [[0, 1, 2, 3], [4, 5]], "of the setting"
