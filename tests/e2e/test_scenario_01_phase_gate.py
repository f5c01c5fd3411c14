"""Scenario 1: accepted until the very end of the phase, refused after it, in the language of whoever comes too late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from wsis_testkit import wait_for

from wsis_demo import phases
from wsis_demo.client import Person, Problem


@pytest.fixture(scope="module")
def accepted(contest: Any, people: Any) -> tuple[Person, dict[str, Any], datetime]:
    """A submitter, a project that came in seconds before the end, and the end, which is over when this returns."""
    submitter = people.member()
    end = phases.now().replace(microsecond=0) + timedelta(seconds=15)
    phases.move(contest.officer, contest.edition, "submission", "The deadline", end=end)
    project = contest.submit(submitter, "C1")
    wait_for(lambda: "submission" not in contest.officer.get(contest.path)["current"], 40, "the phase to end")
    return submitter, project, end


def test_in_time_is_accepted_with_a_numbered_receipt(contest: Any, accepted: tuple[Person, dict[str, Any], datetime]):
    submitter, project, end = accepted
    receipt = project["receipt"]
    received = datetime.fromisoformat(receipt["received_at"])
    assert project["state"] == "submitted"
    assert receipt["receipt"] == f"WSIS-{contest.edition}-0001"
    assert received < end
    assert datetime.fromisoformat(receipt["received_utc"]) == received
    geneva = received.astimezone(ZoneInfo("Europe/Zurich"))
    assert receipt["received_geneva"].startswith(f"{geneva:%Y-%m-%d %H:%M:%S}")
    # The mail says the same number, and both times.
    submitter.suite.mailbox.wait(
        submitter.email, saying=[receipt["receipt"], project["title"], f"{geneva:%H:%M}", f"{received:%H:%M}"]
    )


@pytest.mark.parametrize(
    ("language", "script"), [("ar", range(0x600, 0x700)), ("fr", range(0x20, 0x250)), ("ru", range(0x400, 0x500))]
)
def test_too_late_is_refused_in_the_requested_language(
    contest: Any, accepted: tuple[Person, dict[str, Any], datetime], language: str, script: range
):
    submitter, _, end = accepted
    answer = submitter.send(
        "POST", f"{contest.path}/projects", contest.form("C2"), headers={"Accept-Language": language}
    )
    told = answer.json()
    assert (answer.status_code, told["code"]) == (409, "prizes.submission_closed")
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    letters = [char for char in told["title"] if char.isalpha()]
    assert letters
    assert all(ord(char) in script for char in letters)
    english = submitter.send("POST", f"{contest.path}/projects", contest.form("C2")).json()
    assert told["title"] != english["title"]
    assert datetime.fromisoformat(told["params"]["closed_utc"]) == end.astimezone(UTC)


def test_a_draft_is_late_too_and_what_came_in_stays_as_it_is(
    contest: Any, accepted: tuple[Person, dict[str, Any], datetime]
):
    submitter, project, _ = accepted
    with pytest.raises(Problem, match=r"prizes\.submission_closed"):
        submitter.post(f"{contest.path}/projects", contest.form("C3") | {"submit": False})
    with pytest.raises(Problem, match=r"prizes\.submission_closed"):
        submitter.patch(f"/v1/projects/{project['id']}", {"title": "Another title"})
    assert submitter.get(f"/v1/projects/{project['id']}")["title"] == project["title"]
    assert [row["id"] for row in submitter.each("/v1/me/projects")] == [project["id"]]


def test_an_officer_who_moves_the_end_opens_it_again(contest: Any, accepted: tuple[Person, dict[str, Any], datetime]):
    submitter, _, _ = accepted
    phases.move(contest.officer, contest.edition, "submission", "Two more hours", end=phases.now() + timedelta(hours=2))
    assert contest.submit(submitter, "C2")["receipt"]["number"] == 2
