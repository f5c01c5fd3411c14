from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_consultation.programme.rules import clashes
from wsis_consultation.programme.rules.bookings import Booking, Interval, Needs, Room, Venue, minute
from wsis_consultation.programme.rules.keys import lookalikes, organization_key, person_key

ROOMS = {
    "A": Room("A", 500, booths=6, equipment=frozenset({"stage"})),
    "K": Room("K", 80, booths=1),
    "L": Room("L", 40, remote=False),
}
VENUE = Venue(
    rooms=ROOMS,
    zone="Europe/Zurich",
    days=("2017-06-12", "2017-06-16"),
    high_level_days=frozenset({"2017-06-13", "2017-06-14"}),
    interpreters={"fr": 1, "es": 2},
    parallel={"itu": 3},
)


def at(day: int, hour: float) -> int:
    """A minute of June 2017, by the clock of Geneva."""
    return minute(datetime(2017, 6, day, tzinfo=UTC)) + int(hour * 60) - 120


SLOTS: Sequence[Interval] = [(at(day, hour), at(day, hour + 1.5)) for day in range(12, 17) for hour in (9, 11, 14.5)]


def booking(session: str, room: str = "A", start: int = at(12, 9), minutes: int = 60, **needs: Any) -> Booking:
    given = {name: frozenset(value) if isinstance(value, set) else value for name, value in needs.items()}
    return Booking(Needs(session, minutes, **given), room, start)


def kinds(*bookings: Booking) -> list[str]:
    return [clash.kind for clash in clashes.check(bookings, VENUE)]


def test_room_needs_ten_minutes_between_two_sessions() -> None:
    first = booking("1")
    assert kinds(first, booking("2", start=at(12, 10))) == ["room"]
    assert kinds(first, replace(booking("2"), start=at(12, 10) + 9)) == ["room"]
    assert kinds(first, replace(booking("2"), start=at(12, 10) + 10)) == []
    assert kinds(first, booking("2", room="K")) == []


def test_person_is_in_one_session_at_a_time_whatever_the_spelling_and_role() -> None:
    first = booking("1", people={person_key("Dr. José Núñez")})
    second = booking("2", room="K", people={person_key("NUNEZ, Jose"), "li na"})
    [clash] = clashes.check([first, second], VENUE)
    assert (clash.kind, clash.sessions, clash.name, clash.hard) == ("speaker", ("1", "2"), "jose nunez", True)
    assert kinds(first, replace(second, start=at(12, 10))) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dr. José Núñez", "NUNEZ, Jose"),
        ("H.E. Mr. Wangari Otieno", "Otieno Wangari"),
        ("Ólafur Þór", "Olafur Thor"),
        ("O’Brien", "O'Brien"),
    ],
)
def test_two_spellings_of_one_person_have_the_same_key(one: str, other: str) -> None:
    assert person_key(one) == person_key(other)


def test_keys_that_look_alike_are_shown_as_pairs() -> None:
    keys = [person_key(name) for name in ("Mohamed Aly", "Ali, Mohammed", "Wangari Otieno", "Li Na")]
    assert [(one, other) for one, other, _ in lookalikes(keys)] == [("ali mohammed", "aly mohamed")]


def test_different_people_and_organizations_have_different_keys() -> None:
    names = ["Ada Umutoni", "Ada Umutesi", "李娜", "王芳", "Анна Иванова", "محمد علي", "Dr.", "???"]
    assert len({person_key(name) for name in names}) == len(names)
    assert organization_key("Université de Genève") == "universite de geneve"
    assert organization_key("Bank of Industry") != organization_key("Industry of Bank")


def test_organizer_holds_one_session_at_a_time_or_as_many_as_it_can() -> None:
    rows = [booking(str(number), room, organizers={"itu", "who"}) for number, room in enumerate("AKL")]
    assert [clash.name for clash in clashes.check(rows, VENUE)] == ["who", "who"]
    fourth = booking("3", "M", organizers={"itu"})
    assert ("organizer", "itu") in {(clash.kind, clash.name) for clash in clashes.check([*rows, fourth], VENUE)}


def test_interpretation_needs_booths_and_teams() -> None:
    assert kinds(booking("1", "L", interpretation={"fr"})) == ["booths"]
    assert kinds(booking("1", "K", interpretation={"fr", "es"})) == ["booths"]
    both = booking("1", interpretation={"fr"}), booking("2", "K", interpretation={"fr"})
    assert kinds(*both) == ["interpreters"]
    assert kinds(booking("1", interpretation={"es"}), booking("2", "K", interpretation={"es"})) == []
    assert kinds(booking("1", interpretation={"ru"})) == ["interpreters"]
    anything = replace(VENUE, interpreters={})
    assert clashes.check([booking("1", interpretation={"ru"})], anything) == []


def test_room_has_seats_equipment_and_remote_speakers_or_clashes() -> None:
    assert kinds(booking("1", "K", capacity=81)) == ["capacity"]
    assert kinds(booking("1", "K", capacity=80)) == []
    assert kinds(booking("1", "K", equipment={"stage"})) == ["equipment"]
    assert kinds(booking("1", "L", remote=True)) == ["remote_room"]
    assert kinds(booking("1", "Z")) == ["room_unknown"]


@pytest.mark.parametrize(
    ("zone", "hour", "clash"),
    [
        ("America/New_York", 13, []),
        ("America/New_York", 12, ["remote_hours"]),
        ("Asia/Tokyo", 14, []),
        ("Asia/Tokyo", 14.5, ["remote_hours"]),
        ("Asia/Kolkata", 18, ["remote_hours"]),
        ("Africa/Kigali", 9, []),
    ],
)
def test_remote_speakers_are_between_7_and_22_where_they_are(zone: str, hour: float, clash: list[str]) -> None:
    assert kinds(booking("1", start=at(12, hour), zones={zone}, remote=True)) == clash


def test_days_of_the_forum_and_of_the_high_level_track() -> None:
    assert kinds(booking("1", start=at(11, 9))) == ["forum_days"]
    assert kinds(booking("1", start=at(16, 23.5))) == ["forum_days"]
    assert kinds(booking("1", start=at(12, 9), track="high_level")) == ["high_level_days"]
    assert kinds(booking("1", start=at(13, 9), track="high_level")) == []
    exhibition = booking("1", start=at(12, 9), minutes=4 * 24 * 60 + 9 * 60)
    assert kinds(exhibition) == []
    assert kinds(exhibition, booking("2", start=at(15, 3))) == ["room"]


def test_organizers_can_only_when_they_said() -> None:
    free = ((at(12, 9), at(12, 10)),)
    assert kinds(booking("1", availability=free)) == []
    assert kinds(booking("1", availability=free, minutes=61)) == ["availability"]


def test_sessions_of_one_action_line_at_a_time_are_a_soft_clash() -> None:
    rows = [booking("1", lines={"C3"}), booking("2", "K", lines={"C3", "C4"})]
    [clash] = clashes.check(rows, VENUE)
    assert (clash.kind, clash.hard) == ("action_line", False)
    assert clashes.hard([clash]) == []


needs = st.builds(
    Needs,
    session=st.integers(0, 10_000).map(str),
    minutes=st.sampled_from([30, 45, 90, 120]),
    track=st.sampled_from(["forum", "forum", "high_level"]),
    people=st.frozensets(st.sampled_from(["ada", "bea", "cai", "dov", "eve", "fay"]), max_size=3),
    organizers=st.frozensets(st.sampled_from(["itu", "who", "fao"]), max_size=2),
    lines=st.frozensets(st.sampled_from(["C1", "C2", "C3"]), max_size=2),
    capacity=st.sampled_from([0, 60, 400, 900]),
    interpretation=st.frozensets(st.sampled_from(["fr", "es"]), max_size=2),
    zones=st.frozensets(st.sampled_from(["America/New_York", "Asia/Tokyo", "Africa/Kigali"]), max_size=1),
    remote=st.booleans(),
    equipment=st.frozensets(st.sampled_from(["stage"]), max_size=1),
    availability=st.sampled_from([(), ((at(12, 8), at(13, 12)),)]),
)
sessions = st.lists(needs, max_size=40, unique_by=lambda each: each.session)


@given(sessions, st.integers(0, 10), st.data())
def test_suggestion_never_makes_a_hard_clash_and_keeps_what_is_pinned(
    wanted: list[Needs], pinned: int, data: st.DataObject
) -> None:
    kept = [
        Booking(each, data.draw(st.sampled_from("AKL")), data.draw(st.sampled_from(SLOTS))[0], pinned=True)
        for each in wanted[:pinned]
    ]
    suggested = clashes.suggest(wanted[pinned:], kept, SLOTS, VENUE)
    placed = {each.needs.session for each in suggested.bookings}
    assert placed | suggested.unplaced.keys() == {each.session for each in wanted[pinned:]}
    assert not placed & suggested.unplaced.keys()
    before = clashes.hard(clashes.check(kept, VENUE))
    after = clashes.hard(clashes.check([*kept, *suggested.bookings], VENUE))
    assert after == before


@given(sessions)
def test_check_does_not_depend_on_the_order(wanted: list[Needs]) -> None:
    rows = [Booking(each, "AKL"[number % 3], SLOTS[number % 4][0]) for number, each in enumerate(wanted)]
    assert clashes.check(rows, VENUE) == clashes.check(rows[::-1], VENUE)


@given(sessions)
def test_every_pair_that_shares_a_person_or_room_at_a_time_is_found(wanted: list[Needs]) -> None:
    rows = [Booking(each, "AKL"[number % 3], SLOTS[number % 5][0]) for number, each in enumerate(wanted)]
    together = {
        pair
        for clash in clashes.check(rows, VENUE)
        if clash.kind in ("room", "speaker")
        for pair in _pairs(clash.sessions)
    }
    for number, one in enumerate(rows):
        for other in rows[:number]:
            overlap = one.start < other.end and other.start < one.end
            near = one.start < other.end + VENUE.turnaround and other.start < one.end + VENUE.turnaround
            if (one.room == other.room and near) or (overlap and one.needs.people & other.needs.people):
                assert tuple(sorted((one.needs.session, other.needs.session))) in together


def _pairs(names: Sequence[str]) -> set[tuple[str, str]]:
    return {(one, other) for one in names for other in names if one < other}


def test_suggestion_says_why_a_session_has_no_place() -> None:
    wanted = [
        Needs("huge", 60, capacity=900),
        Needs("long", 200),
        *(Needs(f"s{number}", 90, people=frozenset({"ada"})) for number in range(len(SLOTS) + 1)),
    ]
    suggested = clashes.suggest(wanted, [], SLOTS, VENUE)
    assert suggested.unplaced.pop("huge") == "room"
    assert suggested.unplaced.pop("long") == "time"
    assert list(suggested.unplaced.values()) == ["occupied"]


def test_suggestion_spreads_the_sessions_of_an_action_line() -> None:
    wanted = [Needs(f"s{number}", 90, lines=frozenset({"C3"})) for number in range(len(SLOTS))]
    suggested = clashes.suggest(wanted, [], SLOTS, VENUE)
    assert len({each.start for each in suggested.bookings}) == len(SLOTS)


def test_a_session_that_names_no_number_of_seats_fits_into_any_room() -> None:
    bare = replace(VENUE, rooms={"Z": Room("Z", 0)})
    assert clashes.check([Booking(Needs("s", 60), "Z", at(12, 9))], bare) == []
    assert [clash.kind for clash in clashes.check([Booking(Needs("s", 60, capacity=1), "Z", at(12, 9))], bare)]


def test_moments_are_whole_minutes() -> None:
    moment = datetime(2017, 6, 12, 7, tzinfo=UTC)
    assert minute(moment + timedelta(seconds=59)) == minute(moment)


def test_suggestion_leaves_no_minute_of_overlap() -> None:
    late = booking("kept", "L", start=at(12, 9) - 59, people={"ada"})  # ends a minute after the first slot begins
    wanted = Needs("new", 60, people=frozenset({"ada"}))
    [placed] = clashes.suggest([wanted], [late], SLOTS[:2], VENUE).bookings
    assert placed.start == SLOTS[1][0]
