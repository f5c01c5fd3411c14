from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.events import new_event
from wsis_testkit import refused

from wsis_consultation.facilitators import events
from wsis_consultation.facilitators.store import Candidates, Nominations


@pytest.mark.parametrize("rows", [1, 10, 30])
def test_commands_do_not_grow_with_the_rows(database: Any, count_commands: Any, rows: int) -> None:
    db, edition = database("consultation"), f"rows{rows}"
    people, nominations = Candidates(db), Nominations(db)
    for number in range(rows):
        people.save(
            "candidates",
            {"_id": f"{rows}-{number}", "edition": edition, "number": number, "state": "nominated", "full_name": "Ada"},
        )
        nominations.save(
            "nominations",
            {"_id": f"{rows}-{number}", "edition": edition, "number": number, "candidate": f"{rows}-{number}"},
        )
    found = people.unmerged(edition)
    assert [row["number"] for row in found] == list(range(rows))

    def event(row: Any) -> Any:
        return new_event(events.CANDIDATE_CONFIRMED, row["_id"], edition=edition, candidate=row["_id"], accounts=[])

    ids = [row["_id"] for row in found]
    told = count_commands(lambda: people.change_each(found, {"state": "confirmed"}, event))
    assert told == ["update", "insert", "commitTransaction"]
    assert count_commands(lambda: people.by_ids(edition, ids)) == ["find"]
    assert count_commands(lambda: nominations.of_candidates(ids)) == ["find"]
    assert count_commands(lambda: nominations.point(ids, "other")) == ["update"]
    assert len(nominations.of_candidate("other")) == rows
    nominations.point(ids, f"gone-{rows}")


def test_key_of_consent_is_bound_to_the_person_and_the_address() -> None:
    one = {"_id": "c1", "email": "ada@ngo.example"}
    keys = {
        Candidates.consent_key(one),
        Candidates.consent_key({**one, "_id": "c2"}),
        Candidates.consent_key({**one, "email": "eve@ngo.example"}),
    }
    assert len(keys) == 3
    assert Candidates.consent_key(one) in keys


def test_mechanisms_and_nominations_are_of_their_edition_in_order(database: Any) -> None:
    store = Nominations(database("consultation"))
    for edition, slug, coordinators in (("o1", "b", ["ann"]), ("o1", "a", ["ann", "bo"]), ("o2", "a", ["bo"])):
        row = {"_id": f"{edition}-{slug}", "edition": edition, "name": slug.upper(), "coordinators": coordinators}
        store.save("mechanisms", row)
    assert [row["name"] for row in store.mechanisms("o1")] == ["A", "B"]
    assert [store.mechanism("o1", slug) is not None for slug in ("a", "c")] == [True, False]
    assert sorted(row["_id"] for row in store.mechanisms_of("bo")) == ["o1-a", "o2-a"]
    for number, (edition, nominator, candidate) in enumerate(
        (
            ("o1", "ann", "c1"),
            ("o1", "bo", "c1"),
            ("o1", "ann", "c2"),
            ("o2", "ann", "c3"),
        )
    ):
        store.save(
            "nominations",
            {
                "_id": f"on{number}",
                "edition": edition,
                "number": 9 - number,
                "nominator": nominator,
                "candidate": candidate,
            },
        )
    assert [row["_id"] for row in store.of_candidate("c1")] == ["on1", "on0"]
    first = store.of_nominator("o1", "ann", None, 1)
    assert [row["_id"] for row in first.rows] == ["on2"]
    assert [row["_id"] for row in store.of_nominator("o1", "ann", first.next, 1).rows] == ["on0"]
    assert store.find("on9") is None


def test_who_was_merged_is_found_behind_the_survivor_and_nowhere_else(database: Any) -> None:
    store = Candidates(database("consultation"))
    states = {"m1": ("confirmed", None), "m2": ("merged", "m1"), "m3": ("merged", "m2"), "m4": ("nominated", None)}
    for number, (id, (state, target)) in enumerate(states.items()):
        email = "" if id == "m4" else f"{id}@ngo.example"
        store.save(
            "candidates",
            {
                "_id": id,
                "edition": "merged",
                "number": number,
                "state": state,
                "full_name": id,
                "merged_into": target,
                "email": email,
            },
        )
    assert [row["_id"] for row in store.merged_into(store.find("merged", "m1"))] == ["m2", "m3"]
    assert [row["_id"] for row in store.unmerged("merged")] == ["m1", "m4"]
    assert [row["_id"] for row in store.compared("merged")] == ["m1"], "nobody is like someone without an address"
    assert list(store.by_ids("merged", ["m1", "m9"])) == ["m1"]
    with refused("consultation.candidate_unknown"):
        store.find("2018", "m1")
    undone = {"edition": "merged", "target": "m1", "undone": {"by": "ann"}}
    store.save("candidate_merges", {"_id": "g1", **undone, "undone": None})
    store.save("candidate_merges", {"_id": "g2", **undone})
    assert [row["_id"] for row in store.merges("m1")] == ["g1"]
    assert store.merge("merged", "g1")["target"] == "m1"
    for edition, merge in (("merged", "g2"), ("2018", "g1")):
        with refused("consultation.merge_unknown"):
            store.merge(edition, merge)
