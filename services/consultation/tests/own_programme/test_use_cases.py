"""A member puts a programme together, and follows it in a calendar."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from icalendar import Calendar
from wsis_shared.context import ANONYMOUS
from wsis_testkit import actor, refused

from ..programme_kit import ADA, BEA, Officer, contacts, profile


@pytest.fixture(scope="module", autouse=True)
def accounts(fake_service: Any) -> None:
    fake_service("accounts", contacts=contacts, profile=profile)


@pytest.fixture(scope="module")
def officer(consultation: Any, make_answers: Any) -> Officer:
    return Officer(consultation, make_answers)


@pytest.fixture(scope="module")
def sessions(officer: Officer) -> list[str]:
    """Three published sessions: the first two at the same time, the third later in the room of the first."""
    made = officer.make(*(officer.submit(title=f"Session {number}") for number in range(3)))
    officer.set_up()
    for session, room, hour in zip(made, "AKA", (9, 10, 13), strict=True):
        officer.place(session, room, f"2017-06-12T{hour:02}:00:00Z")
    officer.publish(reason="Speakers are in both")
    return made


class Member:
    """What a member does with their own programme."""

    def __init__(self, officer: Officer, who: Any) -> None:
        self._officer, self._who = officer, who

    def __call__(self, method: str, **arguments: Any) -> Any:
        return self._officer.consultation.call(method, self._who, edition="2017", at="programme", **arguments)

    def choose(self, sessions: Sequence[str]) -> Any:
        return self("choose_sessions", body={"sessions": list(sessions)})

    def calendar(self) -> dict[str, tuple[str, str]]:
        """Code -> (state, begin) by the secret address, for a client that is nobody."""
        address = self("read_own_programme")["calendar"]
        return self.opened(address)

    def opened(self, address: str) -> dict[str, tuple[str, str]]:
        token = address.partition("?")[0].rpartition("/")[2]
        text = self._officer.consultation.call(
            "read_own_calendar", ANONYMOUS, edition="2017", at="programme", token=token
        )["text"]
        return {
            str(event["SUMMARY"]): (str(event["STATUS"]), f"{event['DTSTART'].dt:%H:%M}")
            for event in Calendar.from_ical(text).walk("VEVENT")
        }


@pytest.fixture
def member(officer: Officer, sessions: list[str]) -> Member:
    """Another one for each test."""
    return Member(officer, actor("member"))


def test_the_store_does_not_have_the_address_of_a_calendar(member: Member, sessions: list[str], database: Any) -> None:
    key = {"idempotency_key": "chosen"}
    member("choose_sessions", context=key, body={"sessions": sessions})
    member("drop_session", context=key, session=sessions[0])
    address = member("renew_own_calendar", context=key)["calendar"]
    former = member("renew_own_calendar", context=key)["calendar"]
    assert former != address, "a repeat is another renewal"
    db = database("consultation")
    stored = [str(row) for name in db.list_collection_names() for row in db[name].find()]
    opening = [each.partition("?")[0].rpartition("/")[2] for each in (address, former)]
    assert [row for row in stored if any(token in row for token in opening)] == []


def test_sessions_are_chosen_once_and_shown_in_the_order_of_time(member: Member, sessions: list[str]) -> None:
    before = member("read_own_programme")
    assert (before["sessions"], before["calendar"]) == ([], None)
    member.choose([sessions[2]])
    shown = member.choose([sessions[0], sessions[2]])
    assert [row["id"] for row in shown["sessions"]] == [sessions[0], sessions[2]]
    left = member("drop_session", session=shown["sessions"][0]["code"])
    assert [row["id"] for row in left["sessions"]] == [sessions[2]]
    assert member("drop_session", session=sessions[0]) == left, "a repeat changes nothing"


def test_what_takes_place_at_the_same_time_is_said(member: Member, sessions: list[str]) -> None:
    first, second, third = member.choose(sessions)["sessions"]
    assert (first["overlaps"], second["overlaps"], third["overlaps"]) == ([second["code"]], [first["code"]], [])


def test_only_what_is_published_can_be_chosen(member: Member, officer: Officer, sessions: list[str]) -> None:
    [draft] = officer.make(officer.submit(), status="draft")
    for other in (draft, "unknown"):
        with refused("consultation.session_unknown"):
            member.choose([sessions[0], other])
    assert member("read_own_programme")["sessions"] == []


def test_a_programme_is_its_member_s_alone(member: Member, officer: Officer, sessions: list[str]) -> None:
    member.choose(sessions)
    for other in (ADA, BEA, officer.consultation.officer):
        shown = Member(officer, other)("read_own_programme")
        assert (shown["sessions"], shown["calendar"]) == ([], None)


def test_two_presses_at_a_time_lose_nothing(member: Member, sessions: list[str]) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda session: member.choose([session]), sessions))
    assert len(member("read_own_programme")["sessions"]) == 3


def test_the_address_of_a_calendar_opens_it_until_it_is_replaced(member: Member, sessions: list[str]) -> None:
    with refused("consultation.calendar_unknown"):
        member("renew_own_calendar")
    former = member.choose([sessions[0]])["calendar"]
    assert set(member.opened(former)) == {"Session 0"}
    renewed = member("renew_own_calendar")["calendar"]
    assert set(member.opened(renewed)) == {"Session 0"}
    for wrong in (former, renewed[:-20] + "é", renewed[:-20], "/x"):
        with refused("consultation.calendar_unknown"):
            member.opened(wrong)


def test_sessions_that_move_or_are_cancelled_change_in_the_calendar(
    member: Member, officer: Officer, sessions: list[str]
) -> None:
    member.choose(sessions)
    assert member.calendar()["Session 2"] == ("CONFIRMED", "15:00")
    officer.place(sessions[2], "A", "2017-06-12T14:00:00Z")
    officer("decide_session", session=sessions[1], body={"status": "cancelled", "reason": "The speaker is ill"})
    officer.publish(reason="Changes")
    assert member.calendar() == {
        "Session 0": ("CONFIRMED", "11:00"),
        "Session 1": ("CANCELLED", "12:00"),
        "Session 2": ("CONFIRMED", "16:00"),
    }
    rows = {row["id"]: row for row in member("read_own_programme")["sessions"]}
    assert (rows[sessions[1]]["state"], rows[sessions[0]]["overlaps"]) == ("cancelled", [])
