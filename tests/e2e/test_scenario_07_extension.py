"""Scenario 7: more time to vote shows everywhere, is told to everyone and to agencies, and is in the audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from wsis_testkit import wait_for

from wsis_demo import phases
from wsis_demo.client import Person, Problem
from wsis_demo.people import Organization

REASON = "Many voters asked for more time"
EXTENDED = "wsis.prizes.voting_extended.v1"


@pytest.fixture(scope="module")
def webhook(new_webhook: Callable[..., Any]) -> Any:
    """Of an agency that has subscribed to extensions before there is one."""
    return new_webhook(types=[EXTENDED])


@pytest.fixture(scope="module")
def extended(contest: Any, people: Any, webhook: Any) -> tuple[Any, Person, datetime, datetime]:
    """Voting was to end in an hour and ends in nine: the contest, a voter, the old end and the new one."""
    contest.limit_to("C1")
    contest.submit(people.member(country="RW"), "C1", Organization("Entity", "academia", "RW", "en"))
    contest.nominate()
    voter = people.member(locale="en")
    old = contest.open_voting(hours=1)
    new = old.replace(microsecond=0) + timedelta(hours=8)
    phases.move(contest.officer, contest.edition, "public_voting", REASON, end=new)
    return contest, voter, old, new


def _close(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_edition_and_voting_and_ballot_show_the_new_end(extended: tuple[Any, Person, datetime, datetime]):
    contest, voter, _, new = extended
    phase = next(row for row in contest.officer.get(contest.path)["phases"] if row["code"] == "public_voting")
    assert _close(phase["end"]) == new
    wall = new.astimezone(ZoneInfo("Europe/Zurich"))
    assert phase["end_geneva"].startswith(f"{wall:%Y-%m-%d %H:%M:%S}")
    wait_for(lambda: _close(contest.voting()["closes_at"]) == new, 60, "the page of voting to show the new end")
    wait_for(lambda: _close(voter.get(f"{contest.path}/ballot")["closes_at"]) == new, 60, "the ballot to show it")


def test_everyone_gets_a_mail_with_the_new_end(extended: tuple[Any, Person, datetime, datetime]):
    contest, voter, _, new = extended
    wall = f"{new.astimezone(ZoneInfo('Europe/Zurich')):%H:%M}"
    voter.suite.mailbox.wait(voter.email, saying=[REASON, wall])


def test_agencies_have_the_new_end_within_a_minute(
    extended: tuple[Any, Person, datetime, datetime], webhook: Any, events_since: Callable[[int], list[dict[str, Any]]]
):
    contest, _, _, new = extended

    def ends(events: list[dict[str, Any]]) -> list[datetime]:
        ours = [event["data"] for event in events if event["type"] == EXTENDED]
        return [_close(data["closes_at"]) for data in ours if data["edition"] == contest.edition]

    wait_for(lambda: ends([one.event for one in webhook.taken]) == [new], 60, "the event by webhook")
    wait_for(lambda: ends(events_since(0)) == [new], 60, "the event in the feed")
    assert {one.event["type"] for one in webhook.taken} == {EXTENDED}
    assert webhook.refused == []


def test_phases_that_overlap_now_are_shown(extended: tuple[Any, Person, datetime, datetime]):
    contest, _, _, _ = extended
    conflicts = contest.officer.get(contest.path)["conflicts"]
    assert ("winner_selection", "public_voting") in {(row["phase"], row["with"]) for row in conflicts}


def test_the_audit_holds_old_and_new_and_why(extended: tuple[Any, Person, datetime, datetime]):
    contest, _, old, new = extended
    object_ = f"edition/{contest.edition}/phase/public_voting"
    entry = wait_for(lambda: _entry(contest, object_), 60, "the audit")
    assert abs(_close(entry["before"]["end"]) - old) < timedelta(milliseconds=2)
    assert _close(entry["after"]["end"]) == new
    assert entry["actor"] == contest.officer.account


def _entry(contest: Any, object_: str) -> dict[str, Any] | None:
    rows = contest.officer.each("/v1/audit", object=object_)
    return next((row for row in rows if row["reason"] == REASON), None)


def test_voting_goes_on_and_ballots_are_as_they_were(extended: tuple[Any, Person, datetime, datetime]):
    contest, voter, _, _ = extended
    assert contest.vote(voter, "C1")["complete"]
    assert voter.get(f"{contest.path}/ballot")["complete"]
    tally = contest.close_voting()
    assert tally["ballots"] == {"started": 1, "complete": 1}


def test_whoever_has_read_the_tally_bends_the_vote_no_more(
    extended: tuple[Any, Person, datetime, datetime], second: Person
):
    """No officer moves the end or the start of what is certified, nor changes its rules, nor a second one."""
    contest, _, _, _ = extended
    if contest.voting()["state"] != "certified":
        contest.close_voting()
    before, later = contest.officer.get(f"{contest.path}/tally"), phases.now() + timedelta(hours=1)
    for officer in (contest.officer, second):
        with pytest.raises(Problem, match=r"prizes\.phase_done"):
            phases.move(officer, contest.edition, "public_voting", "Again", end=later)
        with pytest.raises(Problem, match=r"prizes\.voting_opened"):
            phases.move(officer, contest.edition, "public_voting", "Again", start=phases.now())
        for patch in ({"finalists_per_category": 1}, {"tie_rule": "expert_group_decides"}, {"every_category": False}):
            with pytest.raises(Problem, match=r"prizes\.settings_fixed"):
                officer.patch(contest.path, {**patch, "reason": "A better rule"})
    assert contest.voting()["state"] == "certified"
    assert contest.officer.get(f"{contest.path}/tally") == before
