"""Pairs of duplicates, proposals for the matrix, its versions and saved searches: on the store, without a process."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from wsis_testkit import refused

from wsis_stocktaking.duplicates.rules.pairs import OPEN
from wsis_stocktaking.duplicates.store import Duplicates
from wsis_stocktaking.matrix import rules as links
from wsis_stocktaking.matrix.store import MatrixVersions, Proposals
from wsis_stocktaking.saved_searches.store import SavedSearches

NOON = datetime(2017, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def db(database: Any) -> Any:
    db = database("stocktaking")
    for name in db.list_collection_names():
        db[name].delete_many({})
    return db


def hours(count: int) -> datetime:
    return NOON + timedelta(hours=count)


def ids(rows: Any) -> list[Any]:
    return [row["_id"] for row in rows]


# -- duplicates ------------------------------------------------------------------------------------------------------


def test_a_verdict_stays_whatever_is_compared_again(db: Any) -> None:
    store = Duplicates(db)
    store.add("first", {}, NOON)
    store.add("first", {("b", "a"): 80, ("a", "c"): 90, ("d", "e"): 70}, NOON)
    pair = store.find("a", "b")
    assert pair is not None
    assert (pair["entries"], pair["state"], pair["version"], pair["found_at"]) == (["a", "b"], OPEN, 1, NOON)
    decided = store.decide({**pair, "state": "different"})
    with refused("suite.changed_meanwhile"):
        store.decide({**pair, "state": "same"})
    store.add("second", {("a", "b"): 85, ("a", "c"): 91}, hours(1))
    again = store.find("b", "a")
    assert again is not None
    assert [again[name] for name in ("state", "score", "found_at", "version")] == ["different", 85, NOON, 2]
    assert decided["version"] == 2
    assert store.decided("a", ["b", "c", "d"]) == {"b"}
    store.drop_stale("second")
    assert [store.find(*entries) is None for entries in (("a", "b"), ("a", "c"), ("d", "e"))] == [False, False, True]


def test_pairs_are_listed_the_most_alike_first(db: Any) -> None:
    store = Duplicates(db)
    store.add("first", {("a", "b"): 80, ("a", "c"): 100, ("a", "d"): 79, ("a", "e"): 90}, NOON)
    first = store.page(OPEN, 80, None, 2)
    assert [row["score"] for row in first.rows] == [100, 90]
    assert [row["score"] for row in store.page(OPEN, 80, first.next, 2).rows] == [80]
    assert store.page("same", 0, None, 2).rows == []


def test_the_register_is_never_compared_from_further_back(db: Any) -> None:
    store, seen = Duplicates(db), []
    for position in (0, 7, 3):
        store.set_scanned(position)
        seen.append(store.scanned())
    assert seen == [0, 7, 7]


# -- the matrix ------------------------------------------------------------------------------------------------------


def test_proposals_are_found_by_line_and_state(db: Any) -> None:
    store = Proposals(db)
    for number, (line, state) in enumerate(
        (
            ("C1", "open"),
            ("C2", "accepted"),
            ("C1", "accepted"),
            ("C1", "rejected"),
            ("C2", "published"),
        )
    ):
        store.save(
            "matrix_proposals", {"_id": f"p{number}", "line": line, "state": state, "created_at": hours(-number)}
        )
    assert ids(store.page(None, None, None, 10).rows) == ["p0", "p1", "p2", "p3", "p4"]
    first = store.page(["C1"], None, None, 2)
    assert [ids(first.rows), ids(store.page(["C1"], None, first.next, 2).rows)] == [["p0", "p2"], ["p3"]]
    assert ids(store.page(None, "accepted", None, 10).rows) == ["p1", "p2"]
    assert ids(store.in_state("accepted")) == ["p2", "p1"], "the oldest first"
    assert sorted(ids(store.pending(["C1"]))) == ["p0", "p2"]
    assert ids(store.named(["p3", "p1", "p3"])) == ["p3", "p1"]
    for unknown in (lambda: store.named(["p1", "p9"]), lambda: store.find("p9")):
        with refused("stocktaking.matrix_proposal_unknown"):
            unknown()


def test_comments_are_those_of_a_proposal_the_oldest_first(db: Any) -> None:
    store = Proposals(db)
    for id, proposal, at in (("c1", "p1", 2), ("c2", "p1", 1), ("c3", "p2", 0)):
        store.add_comment({"_id": id, "proposal": proposal, "at": hours(at)})
    assert ids(store.comments("p1", None, 10).rows) == ["c2", "c1"]


def test_a_version_is_in_force_from_its_day_on(db: Any) -> None:
    store = MatrixVersions(db)
    first = links.first_version()
    assert (store.newest()["_id"], ids(store.headers())) == (links.FIRST, [links.FIRST])
    assert [store.add_first(), store.add_first()] == [True, False]
    number, day = links.FIRST + 1, date(2030, 5, 1)
    version = {**first, "_id": number, "valid_from": day.isoformat(), "links": first["links"][:3]}
    store.publish(version, NOON)
    with refused("stocktaking.matrix_version_superseded"):
        store.publish(version, NOON)
    assert ids(store.headers()) == [number, links.FIRST], "seen at once where it was published"
    assert store.newest()["_id"] == number
    assert [len(store.links_on(day - timedelta(days=before))) for before in (0, 1)] == [3, len(first["links"])]
    assert store.current()["_id"] == links.FIRST
    for unknown in (lambda: store.find(number + 1), lambda: store.on(date(1990, 1, 1))):
        with refused("stocktaking.matrix_version_unknown"):
            unknown()


# -- saved searches --------------------------------------------------------------------------------------------------


def test_a_search_runs_when_it_is_due_and_something_is_new(db: Any) -> None:
    store = SavedSearches(db)
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


def test_searches_are_of_their_owner(db: Any) -> None:
    store = SavedSearches(db)
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
