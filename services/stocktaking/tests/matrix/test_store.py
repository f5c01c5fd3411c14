"""Proposals and versions on the store, without a process."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from wsis_testkit import refused

from wsis_stocktaking.matrix.rules import patches
from wsis_stocktaking.matrix.store import MatrixVersions, Proposals

NOON = datetime(2017, 3, 1, 12, tzinfo=UTC)


def hours(count: int) -> datetime:
    return NOON + timedelta(hours=count)


def ids(rows: Any) -> list[Any]:
    return [row["_id"] for row in rows]


def test_proposals_are_found_by_line_and_state(empty_store: Any) -> None:
    store = Proposals(empty_store)
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


def test_comments_are_those_of_a_proposal_the_oldest_first(empty_store: Any) -> None:
    store = Proposals(empty_store)
    for id, proposal, at in (("c1", "p1", 2), ("c2", "p1", 1), ("c3", "p2", 0)):
        store.add_comment({"_id": id, "proposal": proposal, "at": hours(at)})
    assert ids(store.comments("p1", None, 10).rows) == ["c2", "c1"]


def test_a_version_is_in_force_from_its_day_on(empty_store: Any) -> None:
    store, reader = MatrixVersions(empty_store), MatrixVersions(empty_store)
    first = patches.first_version()
    assert ids(reader.headers()) == [patches.FIRST]
    assert (store.newest()["_id"], ids(store.headers())) == (patches.FIRST, [patches.FIRST])
    assert [store.add_first(), store.add_first()] == [True, False]
    number, day = patches.FIRST + 1, date(2030, 5, 1)
    version = {**first, "_id": number, "valid_from": day.isoformat(), "links": first["links"][:3]}
    store.publish(version, NOON)
    with refused("stocktaking.matrix_version_superseded"):
        store.publish(version, NOON)
    assert ids(store.headers()) == [number, patches.FIRST]
    assert ids(reader.headers()) == [number, patches.FIRST], "seen at once in a process that has read before"
    assert store.newest()["_id"] == number
    assert [len(store.links_on(day - timedelta(days=before))) for before in (0, 1)] == [3, len(first["links"])]
    assert store.current()["_id"] == patches.FIRST
    for unknown in (lambda: store.find(number + 1), lambda: store.on(date(1990, 1, 1))):
        with refused("stocktaking.matrix_version_unknown"):
            unknown()
