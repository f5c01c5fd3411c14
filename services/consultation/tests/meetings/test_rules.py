from __future__ import annotations

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_testkit import refused

from wsis_consultation.meetings.rules import badges, floor, local_times, minutes, registration, schedule


def intervention(number: int, mode: str, participant: str = "", kind: str = "statement") -> floor.Intervention:
    who = participant or f"p{number}"
    return {"_id": f"i{number}", "number": number, "mode": mode, "participant": who, "kind": kind}


def test_each_meeting_of_the_phases_is_there_with_the_times_of_its_phase(edition: dict[str, Any]) -> None:
    found = schedule.of_edition(edition, [])
    assert [meeting["_id"] for meeting in found] == [
        "2017-first_physical_meeting",
        "2017-second_physical_meeting",
        "2017-final_review_meeting",
        "2017-final_brief",
    ]
    assert found[0]["start"] == datetime(2016, 10, 12, 14, 30, tzinfo=UTC)


def test_meeting_moves_with_its_phase_and_is_cancelled_when_the_phase_is_removed(edition: dict[str, Any]) -> None:
    stored = {**schedule.of_phases(edition)[0], "version": 1, "capacity": 40}
    before = schedule.sequence(edition, stored)
    edition["phases"][1]["start"] += timedelta(days=1)
    edition["version"] = 2
    moved = schedule.effective(edition, stored)
    assert (moved["start"].day, moved["capacity"]) == (13, 40)
    assert schedule.sequence(edition, moved) > before
    del edition["phases"][1]
    assert schedule.effective(edition, stored)["state"] == "cancelled"


def test_times_are_told_in_any_zone(edition: dict[str, Any]) -> None:
    start = schedule.of_phases(edition)[0]["start"]
    assert local_times.wall(start, "Asia/Kolkata") == "2016-10-12T20:00:00+05:30"
    assert local_times.wall_in_words(start, "Asia/Kolkata", "fr") == "12 octobre 2016, 20:00 (Asia/Kolkata, UTC+05:30)"
    assert local_times.is_geneva(start, "Europe/Paris")
    assert not local_times.is_geneva(start, "Europe/London")


def test_agenda_items_follow_each_other_and_fit_into_the_meeting(edition: dict[str, Any]) -> None:
    meeting = schedule.of_phases(edition)[0]
    meeting["agenda"] = [{"minutes": 30}, {"minutes": 60}]
    assert [f"{item['start']:%H:%M}" for item in schedule.agenda_with_times(meeting)] == ["14:30", "15:00"]
    schedule.require_fitting_agenda(meeting["agenda"], meeting["start"], meeting["end"])
    with refused("consultation.meeting_invalid") as refusal:
        schedule.require_fitting_agenda([*meeting["agenda"], {"minutes": 1}], meeting["start"], meeting["end"])
    assert list(refusal.value.fields) == ["agenda"]


def test_a_meeting_ends_after_its_start() -> None:
    start = datetime(2016, 10, 12, 14, 30, tzinfo=UTC)
    schedule.require_order(start, start + timedelta(minutes=1))
    with refused("consultation.meeting_invalid"):
        schedule.require_order(start, start)


@pytest.mark.parametrize("mode", registration.MODES)
@pytest.mark.parametrize("state", registration.STATES)
def test_a_seat_is_held_by_who_is_registered_on_site_alone(mode: str, state: str) -> None:
    assert registration.holds_seat({"mode": mode, "state": state}) == ((mode, state) == ("on_site", "registered"))


def test_a_meeting_without_remote_participation_is_followed_in_the_room(edition: dict[str, Any]) -> None:
    meeting = {**schedule.of_phases(edition)[0], "remote": False}
    registration.require_mode(meeting, "on_site")
    with refused("consultation.meeting_not_remote"):
        registration.require_mode(meeting, "remote")


def test_the_list_of_speakers_has_an_end() -> None:
    floor.require_room(floor.MAX_WAITING - 1)
    with refused("consultation.speakers_list_full"):
        floor.require_room(floor.MAX_WAITING)


def test_a_reminder_is_due_once_for_each_start(edition: dict[str, Any]) -> None:
    meeting = schedule.of_phases(edition)[0]
    start = meeting["start"]
    assert not schedule.reminder_due(meeting, start - timedelta(hours=25))
    assert schedule.reminder_due(meeting, start - timedelta(hours=24))
    assert not schedule.reminder_due(meeting, start)
    assert not schedule.reminder_due({**meeting, "reminded_start": start}, start - timedelta(hours=1))
    moved = {**meeting, "reminded_start": start, "start": start + timedelta(days=7)}
    assert schedule.reminder_due(moved, start + timedelta(days=6, hours=12))


def test_first_timers_speak_first_and_the_modes_alternate() -> None:
    waiting = [
        intervention(1, "on_site", "again"),
        intervention(2, "on_site"),
        intervention(3, "on_site"),
        intervention(4, "remote"),
        intervention(5, "remote", "again too"),
    ]
    order = floor.suggested_order(waiting, {"again", "again too"}, "on_site")
    assert order == ["i4", "i2", "i3", "i5", "i1"]


@given(
    st.lists(st.tuples(st.sampled_from(registration.MODES), st.booleans()), max_size=20),
    st.sampled_from([None, *registration.MODES]),
)
def test_suggested_order_is_fair(people: list[tuple[str, bool]], last: str | None) -> None:
    waiting = [intervention(number, mode) for number, (mode, _) in enumerate(people)]
    spoken = {f"p{number}" for number, (_, again) in enumerate(people) if again}
    order = floor.suggested_order(waiting, spoken, last)
    by_id = {item["_id"]: item for item in waiting}
    assert sorted(order) == sorted(by_id)
    repeats = [by_id[id]["participant"] in spoken for id in order]
    assert repeats == sorted(repeats)
    for mode in registration.MODES:
        for again in (False, True):
            numbers = [
                by_id[id]["number"]
                for id, repeat in zip(order, repeats, strict=True)
                if by_id[id]["mode"] == mode and repeat is again
            ]
            assert numbers == sorted(numbers)
    first = [by_id[id]["mode"] for id, repeat in zip(order, repeats, strict=True) if not repeat]
    fewer = min(first.count(mode) for mode in registration.MODES)
    assert all(one != other for one, other in zip(first[: 2 * fewer], first[1 : 2 * fewer], strict=False))


@given(st.lists(st.tuples(st.sampled_from(floor.KINDS), st.sampled_from(registration.MODES)), max_size=20))
def test_points_of_order_stand_first_and_nobody_is_lost(people: list[tuple[str, str]]) -> None:
    asked = {f"i{number}": intervention(number, mode, kind=kind) for number, (kind, mode) in enumerate(people)}
    queue = [item["_id"] for item in floor.queue([], list(asked.values()))]
    points = [id for id, item in asked.items() if item["kind"] == floor.POINT_OF_ORDER]
    assert queue == [*points, *(id for id in asked if id not in points)]
    order = floor.suggested_order(list(asked.values()), set(), None)
    assert sorted(order) == sorted(asked)
    ranks = [{"point_of_order": 0, "right_of_reply": 2}.get(asked[id]["kind"], 1) for id in order]
    assert ranks == sorted(ranks)


def test_who_asks_later_follows_the_order_of_the_chair() -> None:
    kinds = ("statement", "statement", "point_of_order", "statement", "point_of_order")
    waiting = [intervention(number, "remote", kind=kind) for number, kind in enumerate(kinds)]

    def queue(order: list[str]) -> list[str]:
        return [item["_id"] for item in floor.queue(order, waiting)]

    assert queue(["i1", "gone", "i0"]) == ["i2", "i4", "i1", "i0", "i3"]
    assert queue(["i2", "i3", "i1"]) == ["i2", "i4", "i3", "i1", "i0"], "a point of order at the head keeps its place"
    assert queue(["i0", "i2"]) == ["i4", "i0", "i2", "i1", "i3"], "the chair has put another one first"


@given(st.lists(st.tuples(st.integers(0, 300), st.sampled_from(["pause", "resume", "interrupt"])), max_size=12))
def test_the_clock_counts_what_runs_and_nothing_else(acts: list[tuple[int, str]]) -> None:
    now, seconds, runs = datetime(2016, 10, 12, 15, tzinfo=UTC), 0, True
    item = floor.started({**intervention(1, "remote"), "started_at": None}, now)
    for gap, act in acts:
        now, seconds = now + timedelta(seconds=gap), seconds + gap * runs
        if act == "interrupt":
            item, runs = floor.started(floor.interrupted(item, now), now + timedelta(hours=1)), True
            now += timedelta(hours=1)
        else:
            item, runs = (floor.paused if act == "pause" else floor.resumed)(item, now), act == "resume"
        assert floor.used(item, now) == seconds
    done = floor.ended(item, now + timedelta(seconds=7))
    assert (done["seconds"], done["running_since"]) == (seconds + 7 * runs, None)


def test_who_spoke_before_there_were_pauses_has_the_time_since_the_start() -> None:
    start = datetime(2016, 10, 12, 15, tzinfo=UTC)
    old = {**intervention(1, "remote"), "state": "speaking", "started_at": start}
    assert floor.ended(old, start + timedelta(seconds=61))["seconds"] == 61
    assert floor.paused(old, start + timedelta(seconds=5))["used_seconds"] == 5


def test_speaking_time_is_counted_and_names_are_shown_with_consent_only() -> None:
    start = datetime(2016, 10, 12, 15, tzinfo=UTC)
    item = {
        **intervention(1, "remote"),
        "kind": "statement",
        "language": "fr",
        "topic": None,
        "agenda_item": None,
        "state": "waiting",
        "started_at": None,
        "ended_at": None,
        "seconds": None,
    }
    done = floor.ended(floor.started(item, start), start + timedelta(seconds=181))
    person = {"contact": {"full_name": "Ada"}, "organization": "NGO", "stakeholder_type": "civil_society"}
    shown = floor.to_public(done, {**person, "public_name": True}, 180)
    assert (shown["name"], shown["organization"], shown["seconds"], shown["over_limit"]) == ("Ada", "NGO", 181, True)
    hidden = floor.to_public(done, {**person, "public_name": False}, 181)
    assert (hidden["name"], hidden["organization"], hidden["stakeholder_type"]) == (None, None, "civil_society")
    assert hidden["over_limit"] is False


def test_order_of_speakers_names_each_of_those_who_wait() -> None:
    assert floor.reordered(["a", "b"], ["b", "a"]) == ["b", "a"]
    for wrong in (["a"], ["a", "b", "c"], ["a", "a"]):
        with refused("consultation.order_outdated"):
            floor.reordered(["a", "b"], wrong)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("Ada Lovelace", 1),
        ("Her Excellency Dr. Maria Fernanda da Conceição Albuquerque de Vasconcelos e Souza", 2),
        ("صاحب السمو الشيخ محمد بن عبد الرحمن آل خليفة", 2),
        ("王晓明李小龙张三丰欧阳修司马光诸葛亮上官婉儿慕容复", 1),
    ],
)
def test_a_long_name_fits_on_the_badge_and_can_be_read(name: str, lines: int) -> None:
    person = {"number": 7, "contact": {"full_name": name}, "organization": ""}
    root = ET.fromstring(badges.svg(person, "First meeting", "12 October 2016", badges.token("p", "f" * 64)))
    texts = list(root.iter("{http://www.w3.org/2000/svg}text"))[:lines]
    assert " ".join(element.text or "" for element in texts) == name
    for element in texts:
        size = float(element.attrib["font-size"])
        wide = 0.6 if name[0] < "\u3000" else 1
        assert (size >= 10, size * wide * len(element.text or "") <= 320) == (True, True)


def test_badge_is_well_formed_svg_whatever_the_name() -> None:
    person = {"number": 42, "organization": "Réseau <b>&</b> Cie", "contact": {"full_name": 'عائشة "<script>"'}}
    root = ET.fromstring(badges.svg(person, "First meeting", "12 October 2016", badges.token("p", "f" * 64)))
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert texts == ['عائشة "<script>"', "Réseau <b>&</b> Cie", "0042", "First meeting", "12 October 2016"]
    assert badges.participant_of(badges.token("p", "f" * 64)) == "p"
    assert badges.number_of(badges.token("p", "f" * 64)) is None


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"venue": "Room B"}, "moved"),
        ({"state": "cancelled", "venue": "Room B"}, "cancelled"),
        ({"capacity": 5}, None),
        ({"agenda": []}, None),
    ],
)
def test_participants_learn_of_other_times_another_venue_and_cancellation(
    edition: dict[str, Any], change: dict[str, Any], told: str | None
) -> None:
    meeting = schedule.of_phases(edition)[0]
    assert schedule.change_for_participants(meeting, {**meeting, **change}) == told


def test_cancelled_meeting_that_is_held_after_all_has_moved(edition: dict[str, Any]) -> None:
    meeting = schedule.of_phases(edition)[0]
    assert schedule.change_for_participants({**meeting, "state": "cancelled"}, meeting) == "moved"


def test_meeting_has_fifty_documents_at_most(edition: dict[str, Any]) -> None:
    meeting = {**schedule.of_phases(edition)[0], "documents": [{}] * 49}
    schedule.require_space_for_document(meeting)
    with refused("consultation.meeting_documents_full"):
        schedule.require_space_for_document({**meeting, "documents": [{}] * 50})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Call +41 22 730 51 11 or 0041 (22) 730-5111.", 2),
        ("Call 022 730 51 11 today", 1),
        ("Passport AB1234567, card X 12345678, number 123456789012", 3),
        ("A/RES/70/125 of 13 December 2015, 1,234,567 people, 12-16 June 2017, ISO 3166, 10.1234/567, 2016-10-12", 0),
        ("护照 E12345678", 1),
    ],
)
def test_numbers_of_people_are_masked_and_others_stay(text: str, found: int) -> None:
    version: Any = {"text": {"en": text}}
    after, count = minutes.masked(version)
    assert count == found
    assert (after["text"]["en"] == text) == (found == 0)
