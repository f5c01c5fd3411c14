"""Pages of any size, put together, are the sorted list: with filters, ties, and whatever the distances between keys."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import IndexModel
from wsis_shared import keyset, mongo, paging
from wsis_shared.collection import Collection
from wsis_testkit import refused

NOW = datetime(2017, 4, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def rows(environment: dict[str, str]) -> Collection[Any]:
    """A collection with indexes as lists have them."""
    db = mongo.database("keyset")
    db["rows"].create_indexes(
        [
            IndexModel([("run", 1), ("number", 1)]),
            IndexModel([("run", 1), ("kind", 1), ("number", 1)]),
            IndexModel([("run", 1), ("at", -1)]),
            IndexModel([("at", -1), ("_id", -1)]),
        ]
    )
    return mongo.Repository(db).collection("rows")


def walk(read: Callable[[str | None], keyset.Page]) -> list[Any]:
    """The ids of all rows, page by page."""
    ids: list[Any] = []
    page = read(None)
    while True:
        ids += [row["_id"] for row in page.rows]
        assert len(ids) == len(set(ids)), "a row came twice"
        if page.next is None:
            return ids
        page = read(page.next)


def insert(rows: Collection[Any], documents: list[dict[str, Any]]) -> str:
    run = uuid.uuid4().hex
    if documents:
        rows.insert_many([{**document, "run": run, "_id": f"{run}-{n}"} for n, document in enumerate(documents)])
    return run


# Dense, sparse and far numbers, some before the usual start; moments in bursts, years apart, and in the future.
numbers = st.lists(st.one_of(st.integers(-5, 40), st.integers(0, 10**12)), unique=True, max_size=40)
seconds = st.one_of(st.integers(0, 3), st.integers(0, 10**9), st.integers(-5000, 0))
some = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@some
@given(values=numbers, kinds=st.data(), limit=st.integers(1, 12), kind=st.sampled_from([None, "a", "b"]))
def test_pages_by_number_are_the_sorted_list(
    rows: Collection[Any], values: list[int], kinds: st.DataObject, limit: int, kind: str | None
) -> None:
    documents = [
        {"number": value, "kind": kinds.draw(st.sampled_from("ab")), "even": value % 2 == 0} for value in values
    ]
    run = insert(rows, documents)
    query = {"run": run, **({"kind": kind} if kind else {}), "even": {"$in": [True]}}
    found = walk(lambda after: keyset.find_page(rows, query, ("number",), after, limit))
    expected = [n for n, row in enumerate(documents) if row["even"] and kind in (None, row["kind"])]
    expected.sort(key=lambda n: documents[n]["number"])
    assert found == [f"{run}-{n}" for n in expected]


@some
@given(ago=st.lists(seconds, max_size=40), limit=st.integers(1, 12))
def test_pages_by_moment_with_ties_are_the_sorted_list(rows: Collection[Any], ago: list[int], limit: int) -> None:
    documents = [{"at": NOW - timedelta(seconds=value)} for value in ago]
    run = insert(rows, documents)
    found = walk(
        lambda after: keyset.find_page(rows, {"run": run}, ("-at", "-_id"), after, limit, projection={"run": 0})
    )
    ids = {f"{run}-{n}": document["at"] for n, document in enumerate(documents)}
    assert found == sorted(ids, key=lambda id: (ids[id], id), reverse=True)


def test_keys_of_both_directions(rows: Collection[Any]) -> None:
    documents = [{"score": score} for score in (5, 9, 5, 5, 1, 9)]
    run = insert(rows, documents)
    found = walk(lambda after: keyset.find_page(rows, {"run": run}, ("-score", "_id"), after, 2))
    assert [int(id.rpartition("-")[2]) for id in found] == [1, 5, 0, 2, 3, 4]


def test_a_deep_page_reads_as_little_as_the_first(rows: Collection[Any]) -> None:
    """Of an index, and in its order: what a filter passes over is all that is read beside the page."""
    run = insert(rows, [{"number": number, "kind": "ab"[number % 2]} for number in range(500)])
    asked: list[Any] = []

    class Asked(Collection):
        def find(self, condition: dict[str, Any], projection: Any) -> Any:
            asked.append(condition)
            return rows.find(condition, projection)

    for query in ({"run": run}, {"run": run, "kind": "a"}, {"run": run, "other": None, "kind": {"$ne": "a"}}):
        after = None
        for _ in range(10):
            page = keyset.find_page(Asked(rows._collection), query, ("number",), after, 20)
            assert len(page.rows) == 20
            command = {"find": "rows", "filter": asked[-1], "sort": {"number": 1}, "limit": 21}
            told = mongo.database("keyset").command("explain", command, verbosity="executionStats")["executionStats"]
            assert told["totalDocsExamined"] <= 42
            after = page.next


def test_a_cursor_shows_no_value_by_which_a_list_is_sorted(rows: Collection[Any]) -> None:
    """A list may show days and be sorted by moments."""
    run = insert(rows, [{"number": 271_828_000 + number} for number in range(3)])
    first, again = (keyset.find_page(rows, {"run": run}, ("number",), None, 1).next for _ in range(2))
    assert first == again, "one page has one ETag"
    assert first is not None
    assert b"271828" not in base64.urlsafe_b64decode(first + "=" * (-len(first) % 4))


def test_a_cursor_is_good_for_its_own_list_only(rows: Collection[Any]) -> None:
    run = insert(rows, [{"number": number} for number in range(5)])

    def page(handler: str, after: str | None, **filters: Any) -> keyset.Page:
        with paging.bound_to_list(handler, {"limit": 2, "after": after, **filters}):
            return keyset.find_page(rows, {"run": run}, ("number",), after, 2)

    cursor = page("x.list_rows", None, country="NO", state=None).next
    assert cursor is not None
    assert [row["number"] for row in page("x.list_rows", cursor, country="NO").rows] == [2, 3]
    for handler, filters in (
        ("x.list_rows", {"country": "SE"}),
        ("x.list_others", {"country": "NO"}),
        ("x.list_rows", {}),
    ):
        with refused("suite.cursor_invalid") as refusal:
            page(handler, cursor, **filters)
        assert (refusal.value.code, list(refusal.value.fields or {})) == ("suite.cursor_invalid", ["after"])
