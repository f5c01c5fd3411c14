"""The list of speakers and the minutes of meetings."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from wsis_testkit import actor, refused

from wsis_consultation.meetings.schemas import arrangements, participants

from ..meeting_kit import BODY, DURING, contacts, events_of, profile

ASK = {"kind": "statement", "language": "en", "topic": "ICTs for all", "agenda_item": None}


@pytest.fixture(scope="module", autouse=True)
def accounts(fake_service: Any) -> None:
    fake_service("accounts", contacts=contacts, profile=profile)


def test_one_speaks_at_a_time_from_one_list_for_room_and_remote(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting, officer = new_meeting(speaking_seconds=60), consultation.officer
    room, remote, silent = actor(), actor(), actor()
    call("register_for_meeting", room, meeting, body=BODY)
    call("register_for_meeting", silent, meeting, body={**BODY, "public_name": False})
    call("register_for_meeting", remote, meeting, body={**BODY, "mode": "remote"})
    ids = [call("request_floor", who, meeting, DURING, body=ASK)["id"] for who in (room, silent, remote)]
    assert call("request_floor", room, meeting, DURING, body=ASK)["id"] == ids[0], "the same hand"
    with refused("consultation.already_on_list"):
        call("request_floor", room, meeting, DURING, body={**ASK, "kind": "question"})
    with refused("consultation.not_registered"):
        call("request_floor", actor(), meeting, DURING, body=ASK)
    suggested = call("suggest_speaking_order", officer, meeting)["order"]
    assert suggested == [ids[0], ids[2], ids[1]]
    call("order_speakers", officer, meeting, body={"order": suggested})
    call("start_intervention", officer, meeting, DURING, intervention=ids[0])
    with refused("consultation.already_on_list"):  # who speaks asks for no second turn
        call("request_floor", room, meeting, DURING, body=ASK)
    call("start_intervention", officer, meeting, DURING + timedelta(seconds=75), intervention=ids[2])
    seen = participants.Floor().dump(call("read_floor", actor(), meeting))
    assert (seen["speaking"]["id"], [row["id"] for row in seen["waiting"]]) == (ids[2], [ids[1]])
    assert seen["waiting"][0]["name"] is None
    [ended] = seen["recent"]
    assert (ended["id"], ended["seconds"], ended["over_limit"]) == (ids[0], 75, True)
    assert ended["name"] == f"Ada {room.id[:6]}"
    call("end_intervention", officer, meeting, DURING + timedelta(seconds=100), intervention=ids[2])
    assert call("read_registration", silent, meeting)["floor_request"] == ids[1]
    call("withdraw_intervention", silent, meeting, intervention=ids[1])
    assert call("read_registration", silent, meeting)["floor_request"] is None
    assert call("read_floor", actor(), meeting)["waiting"] == []
    with refused("consultation.intervention_state"):
        call("start_intervention", officer, meeting, DURING, intervention=ids[1])
    # Who has spoken comes after who has not.
    again = call("request_floor", room, meeting, DURING, body=ASK)["id"]
    first = call("request_floor", silent, meeting, DURING, body=ASK)["id"]
    assert call("suggest_speaking_order", officer, meeting)["order"] == [first, again]
    assert len(events_of(consultation, "floor_changed", meeting, 8)) >= 8


def test_who_leaves_is_off_the_list_of_speakers(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting, leaver, other = new_meeting(capacity=1), actor(), actor()
    call("register_for_meeting", leaver, meeting, body=BODY)
    call("register_for_meeting", other, meeting, body={**BODY, "mode": "remote"})
    for who in (leaver, other):
        call("request_floor", who, meeting, DURING, body=ASK)
    call("cancel_registration", leaver, meeting)
    assert [row["mode"] for row in call("read_floor", actor(), meeting)["waiting"]] == ["remote"]
    assert call("read_managed_meeting", consultation.officer, meeting)["on_site"] == 0


def test_officers_who_give_the_floor_at_once_leave_one_speaker(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting, people = new_meeting(), [actor() for _ in range(4)]
    for who in people:
        call("register_for_meeting", who, meeting, body={**BODY, "mode": "remote"})
    ids = [call("request_floor", who, meeting, DURING, body=ASK)["id"] for who in people]
    with ThreadPoolExecutor(4) as pool:
        list(
            pool.map(lambda id: call("start_intervention", consultation.officer, meeting, DURING, intervention=id), ids)
        )
    page = call("list_interventions", consultation.officer, meeting, limit=20, after=None)
    states = sorted(row["state"] for row in page["items"])
    assert states == ["done", "done", "done", "speaking"]
    [speaking] = [row["id"] for row in page["items"] if row["state"] == "speaking"]
    assert call("read_floor", actor(), meeting)["speaking"]["id"] == speaking


def test_hands_at_once_are_all_on_the_list_in_the_order_of_their_numbers(
    consultation: Any, call: Any, new_meeting: Any
) -> None:
    meeting, people = new_meeting(), [actor() for _ in range(24)]
    for who in people:
        call("register_for_meeting", who, meeting, body={**BODY, "mode": "remote"})
    with ThreadPoolExecutor(12) as pool:
        ids = list(pool.map(lambda who: call("request_floor", who, meeting, DURING, body=ASK)["id"], people))
    waiting = call("read_floor", actor(), meeting)["waiting"]
    assert sorted(row["id"] for row in waiting) == sorted(ids)
    numbers = [row["number"] for row in waiting]
    assert numbers == sorted(set(numbers))


def test_who_asks_twice_at_once_is_on_the_list_once(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting, member = new_meeting(), actor()
    call("register_for_meeting", member, meeting, body=BODY)

    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(lambda _: call("request_floor", member, meeting, DURING, body=ASK)["id"], range(4)))
    assert [row["id"] for row in call("read_floor", actor(), meeting)["waiting"]] == [*ids]


def test_who_waits_may_rise_to_a_point_of_order(call: Any, new_meeting: Any) -> None:
    meeting, member = new_meeting(), actor()
    call("register_for_meeting", member, meeting, body=BODY)
    order = {**ASK, "kind": "point_of_order"}
    statement, *both = [call("request_floor", member, meeting, DURING, body=each)["id"] for each in (ASK, order, order)]
    assert [row["id"] for row in call("read_floor", actor(), meeting)["waiting"]] == [both[0], statement]
    assert both[0] == both[1], "the same one"
    assert call("read_registration", member, meeting)["floor_request"] == statement
    call("cancel_registration", member, meeting)
    assert call("read_floor", actor(), meeting)["waiting"] == []


def test_a_point_of_order_interrupts_and_the_speaker_goes_on(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting, officer, people = new_meeting(speaking_seconds=60), consultation.officer, [actor() for _ in range(4)]
    for who in people:
        call("register_for_meeting", who, meeting, body=BODY)
    kinds = ("statement", "statement", "point_of_order", "point_of_order")
    ids = [
        call("request_floor", who, meeting, DURING, body={**ASK, "kind": kind})["id"]
        for who, kind in zip(people, kinds, strict=True)
    ]

    def act(method: str, id: str, seconds: int) -> Any:
        return call(method, officer, meeting, DURING + timedelta(seconds=seconds), intervention=id)

    def queue() -> tuple[Any, list[str]]:
        seen = participants.Floor().dump(call("read_floor", actor(), meeting))
        return seen["speaking"] and seen["speaking"]["id"], [row["id"] for row in seen["waiting"]]

    assert queue() == (None, [ids[2], ids[3], ids[0], ids[1]])
    act("start_intervention", ids[0], 0)
    paused = act("pause_intervention", ids[0], 20)
    assert (paused["used_seconds"], paused["running_since"]) == (20, None)
    assert act("pause_intervention", ids[0], 30)["used_seconds"] == 20, "a repeat changes nothing"
    act("resume_intervention", ids[0], 50)
    act("start_intervention", ids[2], 60)
    assert queue() == (ids[2], [ids[0], ids[3], ids[1]]), "who was interrupted goes on next"
    act("start_intervention", ids[3], 70)
    assert queue() == (ids[3], [ids[0], ids[1]]), "a point of order ends with the next one"
    act("start_intervention", ids[0], 80)
    act("end_intervention", ids[0], 95)
    assert queue() == (None, [ids[1]])
    page = call("list_interventions", officer, meeting, limit=20, after=None)["items"]
    assert {row["id"]: row["seconds"] for row in page} == {ids[0]: 45, ids[1]: None, ids[2]: 10, ids[3]: 10}
    with refused("consultation.intervention_state"):
        act("pause_intervention", ids[0], 100)


def test_interventions_are_recorded_and_listed(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting, officer, member = new_meeting(), consultation.officer, actor()
    participant = call("register_for_meeting", member, meeting, body={**BODY, "public_name": False})["participant"]
    asked = call("request_floor_for", officer, meeting, DURING, body={**ASK, "participant": participant})
    call("start_intervention", officer, meeting, DURING, intervention=asked["id"])
    call(
        "summarize_intervention",
        officer,
        meeting,
        DURING,
        intervention=asked["id"],
        body={"summary": "Asked for more interpretation.", "reason": None},
    )
    page = call("list_interventions", officer, meeting, limit=20, after=None, state="speaking")
    [row] = participants.InterventionPage().dump(page)["items"]
    assert (row["summary"], row["full_name"], row["country"]) == (
        "Asked for more interpretation.",
        f"Ada {member.id[:6]}",
        "RW",
    )


def test_published_minutes_stay_readable_and_drafts_are_hidden(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting, officer = new_meeting(), consultation.officer

    def write(text: str, *, publish: bool) -> int:
        body = {"text": {"en": text}, "publish": publish, "reason": "After the meeting"}
        return int(call("write_minutes", officer, meeting, body=body)["version"])

    assert [write("First.", publish=True), write("Second.", publish=False)] == [1, 2]
    assert call("read_minutes", actor(), meeting)["text"] == "First."
    with refused("consultation.minutes_unknown"):
        call("read_minutes", actor(), meeting, version=2)
    call("publish_minutes", officer, meeting, version="2", body={"reason": "Approved"})
    assert call("read_minutes", actor(), meeting)["text"] == "Second."
    assert call("read_minutes", actor(), meeting, version=1)["text"] == "First."
    listed = arrangements.MinutesVersions().dump(call("list_minutes_versions", officer, meeting))
    assert [(row["version"], row["languages"]) for row in listed["items"]] == [(2, ["en"]), (1, ["en"])]
    assert listed["texts"] == {"en": "Second."}


def test_minutes_with_a_wrong_name_are_corrected_and_those_in_the_meeting_are_told(
    consultation: Any, call: Any, new_meeting: Any
) -> None:
    meeting, officer, member = new_meeting(), consultation.officer, actor()
    call("register_for_meeting", member, meeting, body=BODY)

    def write(text: str, *, publish: bool = True) -> None:
        body = {"text": {"en": text}, "publish": publish, "reason": "After the meeting"}
        call("write_minutes", officer, meeting, body=body)

    def correct(version: int, mark: str, reason: str) -> None:
        body = {"mark": mark, "reason": reason, "language": None}
        call("correct_minutes", officer, meeting, version=str(version), body=body)

    write("Ada Mensa spoke.")
    write("Ada Mensah spoke.")
    write("Nobody has read this.", publish=False)
    for _ in range(2):  # a repeat tells nobody again
        correct(1, "corrected", "Her name was wrong")
    read = arrangements.Minutes().dump(call("read_minutes", actor(), meeting, version=1))
    assert (read["text"], read["correction"]["reason"]) == ("Ada Mensa spoke.", "Her name was wrong")
    correct(2, "withdrawn", "She did not speak")
    assert call("read_minutes", actor(), meeting)["text"] == "Ada Mensa spoke.", "the last one that is public"
    for refusal in (lambda: call("read_minutes", actor(), meeting, version=2), lambda: correct(2, "corrected", "No")):
        with refused("consultation.minutes_withdrawn"):
            refusal()
    with refused("consultation.minutes_not_published"):
        correct(3, "withdrawn", "A draft")
    listed = arrangements.MinutesCorrections().dump(call("list_minutes_corrections", actor(), meeting))["items"]
    assert [(row["version"], row["correction"]["mark"], row["correction"]["reason"]) for row in listed] == [
        (2, "withdrawn", "She did not speak"),
        (1, "corrected", "Her name was wrong"),
    ]
    told = [event["data"] for event in events_of(consultation, "minutes_corrected", meeting, 2)]
    assert sorted((row["number"], row["mark"]) for row in told) == [(1, "corrected"), (2, "withdrawn")]


def test_numbers_of_people_in_minutes_are_masked_for_good(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting, officer = new_meeting(), consultation.officer
    text = "Resolution A/RES/70/125 of 2015; her passport AB1234567, telephone +41 22 730 5111."
    body = {"text": {"en": text}, "publish": True, "reason": "After the meeting"}
    call("write_minutes", officer, meeting, body=body)
    masking = {"version": "1", "body": {"reason": "Private"}}
    assert [call("mask_minutes", officer, meeting, **masking)["masked"] for _ in range(2)] == [2, 0]
    assert call("read_minutes", actor(), meeting)["text"] == (
        "Resolution A/RES/70/125 of 2015; her passport […], telephone […]."
    )


def test_text_of_withdrawn_minutes_does_not_come_back_with_the_next_version(
    consultation: Any, call: Any, new_meeting: Any
) -> None:
    meeting, officer = new_meeting(), consultation.officer

    def write(**text: str) -> Any:
        body = {"text": text, "publish": True, "reason": "After the meeting"}
        return call("write_minutes", officer, meeting, body=body)["languages"]

    def texts() -> Any:
        return call("list_minutes_versions", officer, meeting)["texts"]

    assert write(en="Opened.") == ["en"]
    assert write(en="She spoke.", fr="Elle a parlé.") == ["en", "fr"]
    body = {"mark": "withdrawn", "reason": "She did not speak", "language": None}
    call("correct_minutes", officer, meeting, version="2", body=body)
    assert texts() == {"en": "Opened."}
    assert write(es="Abierta.") == ["en", "es"]
    assert texts() == {"en": "Opened.", "es": "Abierta."}
