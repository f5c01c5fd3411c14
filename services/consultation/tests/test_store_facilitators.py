from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.events import new_event

from wsis_consultation.events import facilitators as events
from wsis_consultation.store.facilitators import Candidates, Nominations


@pytest.mark.parametrize("rows", [1, 10, 30])
def test_commands_do_not_grow_with_the_rows(database: Any, count_commands: Any, rows: int) -> None:
    db, edition = database("consultation"), f"rows{rows}"
    people, nominations = Candidates(db), Nominations(db)
    for number in range(rows):
        people.save("candidates", {"_id": f"{rows}-{number}", "edition": edition, "number": number,
                                   "state": "nominated", "full_name": "Ada"})  # fmt: skip
        nominations.save("nominations", {"_id": f"{rows}-{number}", "edition": edition, "number": number,
                                         "candidate": f"{rows}-{number}"})  # fmt: skip
    found = people.unmerged(edition)
    assert [row["number"] for row in found] == list(range(rows))

    def event(row: Any) -> Any:
        return new_event(events.CANDIDATE_CONFIRMED, row["_id"], edition=edition, candidate=row["_id"], accounts=[])

    ids = [row["_id"] for row in found]
    assert count_commands(lambda: people.change_each(found, {"state": "confirmed"}, event)) == ["update"]
    assert count_commands(lambda: people.by_ids(edition, ids)) == ["find"]
    assert count_commands(lambda: nominations.of_candidates(ids)) == ["find"]
    assert count_commands(lambda: nominations.point(ids, "other")) == ["update"]
    assert len(nominations.of_candidate("other")) == rows
    nominations.point(ids, f"gone-{rows}")


def test_key_of_consent_is_bound_to_the_person_and_the_address() -> None:
    one = {"_id": "c1", "email": "ada@ngo.example"}
    keys = {Candidates.consent_key(one), Candidates.consent_key({**one, "_id": "c2"}),
            Candidates.consent_key({**one, "email": "eve@ngo.example"})}  # fmt: skip
    assert len(keys) == 3
    assert Candidates.consent_key(one) in keys
