from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

import pytest
from wsis_shared.events import new_event
from wsis_shared.mongo import in_transaction

from wsis_consultation.domain.meetings import registration, schedule
from wsis_consultation.events import meetings as events
from wsis_consultation.store.meetings import Interventions, Meetings, Participants


def test_no_more_seats_are_taken_than_there_are(database: Any, edition: dict[str, Any]) -> None:
    store = Meetings(database("consultation"))
    meeting = store.save("meetings", {**schedule.of_phases(edition)[0], "capacity": 5})

    def take(_: int) -> bool:
        return copy_context().run(in_transaction, lambda: store.take_seats(store.find(edition, meeting["_id"])))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(take, range(20))) == 5
    assert store.find(edition, meeting["_id"])["on_site"] == 5


@pytest.mark.parametrize("rows", [1, 10, 100])
def test_commands_do_not_grow_with_the_rows(
    database: Any, edition: dict[str, Any], count_commands: Any, rows: int
) -> None:
    db = database("consultation")
    participants, interventions = Participants(db), Interventions(db)
    meeting = {**schedule.of_phases(edition)[1], "_id": f"2017-rows-{rows}"}
    contact = {"full_name": "Ada", "email": "a@ngo.example", "locale": "en"}
    person = {"contact": contact, "organization": None, "stakeholder_type": "academia", "public_name": True,
              "time_zone": "Europe/Zurich"}  # fmt: skip
    for number in range(rows):
        row = registration.new(f"{rows}-{number}", meeting, person, edition["phases"][0]["start"])
        participants.save("participants", {**row, "number": number, "mode": "remote", "state": "registered"})
        interventions.save("interventions", {"_id": f"{rows}-{number}", "meeting": meeting["_id"], "number": number,
                                             "participant": row["_id"], "state": "done"})  # fmt: skip

    def event(row: Any) -> Any:
        return new_event(events.PARTICIPANT_REMINDED, row["_id"], edition="2017", meeting=meeting["_id"],
                         participant=row["_id"])  # fmt: skip

    live = participants.live(meeting["_id"])
    assert len(live) == rows
    assert count_commands(lambda: participants.change_each(live, {}, event)) == ["update"]
    assert count_commands(lambda: interventions.recent(meeting["_id"], 20)) == ["find"]
    assert count_commands(lambda: interventions.spoken(meeting["_id"])) == ["aggregate"]
    page = count_commands(lambda: participants.page(meeting["_id"], {}, None, 20))
    assert page.count("aggregate") <= 15  # slices, until one is wide enough for the end of the list
