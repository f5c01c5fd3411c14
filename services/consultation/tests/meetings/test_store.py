from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from typing import Any

import pytest
from wsis_shared.events import new_event
from wsis_shared.mongo import in_transaction
from wsis_testkit import refused

from wsis_consultation.meetings import events
from wsis_consultation.meetings.rules import registration, schedule
from wsis_consultation.meetings.store import Interventions, Meetings, Participants


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
    person = {
        "contact": contact,
        "organization": None,
        "stakeholder_type": "academia",
        "public_name": True,
        "time_zone": "Europe/Zurich",
    }
    for number in range(rows):
        row = registration.new(f"{rows}-{number}", meeting, person, edition["phases"][0]["start"])
        participants.save("participants", {**row, "number": number, "mode": "remote", "state": "registered"})
        interventions.save(
            "interventions",
            {
                "_id": f"{rows}-{number}",
                "meeting": meeting["_id"],
                "number": number,
                "participant": row["_id"],
                "state": "done",
            },
        )

    def event(row: Any) -> Any:
        return new_event(
            events.PARTICIPANT_REMINDED, row["_id"], edition="2017", meeting=meeting["_id"], participant=row["_id"]
        )

    live = participants.live(meeting["_id"])
    assert len(live) == rows
    told = count_commands(lambda: participants.change_each(live, {}, event))
    assert told == ["update", "insert", "commitTransaction"]
    assert count_commands(lambda: interventions.recent(meeting["_id"], 20)) == ["find"]
    assert count_commands(lambda: interventions.spoken(meeting["_id"])) == ["aggregate"]
    page = count_commands(lambda: participants.page(meeting["_id"], {}, None, 20))
    assert page.count("aggregate") <= 15  # slices, until one is wide enough for the end of the list


def test_a_seat_that_is_given_back_can_be_taken_again(database: Any, edition: dict[str, Any]) -> None:
    store = Meetings(database("consultation"))
    meeting = store.save("meetings", {**schedule.of_phases(edition)[0], "_id": "2017-seats", "capacity": 2})
    assert [store.take_seats(meeting, count) for count in (3, 2, 1)] == [False, True, False]
    store.release_seat(meeting["_id"])
    assert [store.take_seats(meeting) for _ in range(2)] == [True, False]
    for _ in range(3):
        store.release_seat(meeting["_id"])
    assert store.collection("meetings").find_one({"_id": meeting["_id"]})["on_site"] == 0
    assert [store.next_badge_number(meeting["_id"]) for _ in range(3)] == [1, 2, 3]
    open_to_all = store.save("meetings", {**schedule.of_phases(edition)[0], "_id": "2017-open", "capacity": None})
    assert store.take_seats(open_to_all, 1000)


def test_versions_of_minutes_are_listed_without_their_text(database: Any, edition: dict[str, Any]) -> None:
    store = Meetings(database("consultation"))
    assert store.last_minutes("m1") == 0
    for number in (1, 2):
        store.save("minutes", {"_id": f"m1-{number}", "meeting": "m1", "number": number, "text": f"Text {number}"})
    assert store.last_minutes("m1") == 2
    listed = store.minutes_versions("m1")
    assert [(row["number"], "text" in row) for row in listed] == [(2, False), (1, False)]
    assert store.minutes("m1", 1)["text"] == "Text 1"
    with refused("consultation.minutes_unknown"):
        store.minutes("m2", 1)
    with refused("consultation.meeting_unknown"):
        store.find(edition, "nowhere")


def test_who_waits_longest_is_first(database: Any, edition: dict[str, Any]) -> None:
    store = Participants(database("consultation"))
    noon = edition["phases"][0]["start"]
    for number, (id, state, hours, mode) in enumerate(
        (
            ("w1", "waiting", 2, "on_site"),
            ("w2", "waiting", 1, "on_site"),
            ("w3", "waiting", 1, "on_site"),
            ("r1", "registered", 0, "remote"),
            ("r2", "registered", 0, "on_site"),
            ("c1", "cancelled", 0, "remote"),
        )
    ):
        store.save(
            "participants",
            {
                "_id": id,
                "meeting": "queue",
                "state": state,
                "number": number,
                "mode": mode,
                "account": f"of {id}",
                "waiting_since": noon + timedelta(hours=hours) if state == "waiting" else None,
                "checked_in": noon if id == "r2" else None,
            },
        )
    waiting = store.waiting("queue", 10)
    assert [(row["_id"], store.waiting_before(row)) for row in waiting] == [("w2", 0), ("w3", 1), ("w1", 2)]
    assert [row["_id"] for row in store.waiting("queue", 1)] == ["w2"]
    assert store.counts("queue") == {"remote_participants": 1, "waiting": 3, "checked_in": 1}
    assert {row["_id"] for row in store.live("queue")} == {"w1", "w2", "w3", "r1", "r2"}
    found = store.of_account("queue", "of r1")
    assert found is not None
    assert found["_id"] == "r1"
    assert store.get("elsewhere", "r1") is None
    with refused("consultation.participant_unknown"):
        store.find("elsewhere", "r1")
