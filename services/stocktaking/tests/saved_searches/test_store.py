"""Saved searches on the store, without a process."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from wsis_testkit import refused

from wsis_stocktaking.saved_searches.store import SavedSearches

NOON = datetime(2017, 3, 1, 12, tzinfo=UTC)


def hours(count: int) -> datetime:
    return NOON + timedelta(hours=count)


def ids(rows: Any) -> list[Any]:
    return [row["_id"] for row in rows]


def test_a_search_runs_when_it_is_due_and_something_is_new(empty_store: Any) -> None:
    store = SavedSearches(empty_store)
    for id, due, position in (
        ("now", 0, 4),
        ("later", 1, 4),
        ("long ago", -9, 4),
        ("nothing new", 0, 5),
        ("not begun", 0, -1),
    ):
        store.put({"_id": id, "owner": "ann", "due_at": hours(due), "position": position, "created_at": NOON})
    assert store.due(NOON, hours(-9), 5, 10) == ["now"]
    assert len(store.due(NOON, hours(-10), 6, 1)) == 1
    assert sorted(store.due(hours(1), hours(-10), 5, 10)) == ["later", "long ago", "now"]


def test_searches_are_of_their_owner(empty_store: Any) -> None:
    store = SavedSearches(empty_store)
    for number, (owner, event) in enumerate((("ann", True), ("ann", False), ("bo", True))):
        store.put({"_id": f"s{number}", "owner": owner, "event": event, "created_at": hours(-number)})
    assert ids(store.of_owner("ann", None, 10).rows) == ["s1", "s0"]
    assert ids(store.firing("ann")) == ["s0"]
    store.remove("s0")
    assert (store.count("ann"), store.count("bo")) == (1, 1)
    with refused("stocktaking.saved_search_unknown"):
        store.find("s0")
    store.add_run({"_id": "r1", "owner": "ann", "at": NOON})
    assert store.run("r1")["owner"] == "ann"
    with refused("stocktaking.nothing_to_mail"):
        store.run("r2")
