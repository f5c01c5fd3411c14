"""One decision on many sessions."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit import refused, wait_for

from wsis_consultation.editions.rules.reference import session_types
from wsis_consultation.programme.rules import sessions
from wsis_consultation.programme.store import Programme

from ..programme_kit import Officer

MANY = 250


@pytest.fixture(scope="module")
def made(consultation: Any, database: Any) -> list[str]:
    """Sessions that nobody has decided on."""
    store = Programme(database("consultation"))
    workshop = sessions.type_of("thematic_workshop", session_types())
    rows = [
        sessions.new("2017", workshop, number, f"many-{number}", {"en": f"Workshop {number}"})
        for number in range(1, MANY + 1)
    ]
    store.collection("sessions").insert_many([{**row, "version": 1} for row in rows])
    return [row["_id"] for row in rows]


def decide(officer: Officer, ids: list[str], status: str, reason: str | None = None) -> int:
    body = {"sessions": ids, "status": status, "reason": reason}
    return int(officer("decide_sessions", body=body)["decided"])


def test_a_decision_on_250_sessions_is_one_call_with_an_entry_for_each(officer: Officer, made: list[str]) -> None:
    with refused("consultation.reason_needed"):
        decide(officer, made, "declined")
    assert decide(officer, made, "declined", "The rooms are taken") == MANY
    assert decide(officer, made, "declined", "The rooms are taken") == 0, "a repeat changes nothing"
    read = officer("read_session", session=made[-1])
    assert (read["status"], read["reason"]) == ("declined", "The rooms are taken")

    def entries() -> bool:
        rows = [event["data"] for event in officer.consultation.published.of("action_taken")]
        return {row["object"] for row in rows if row["action"] == "consultation.session_decided"} >= {
            f"session/{id}" for id in made
        }

    wait_for(entries, what="an entry in the audit log for each session")


def test_where_one_cannot_be_decided_so_none_is(officer: Officer, made: list[str], database: Any) -> None:
    decide(officer, made, "accepted")
    decide(officer, made[:1], "cancelled", "No visa")
    with refused("consultation.sessions_not_decided") as problem:
        decide(officer, [*made[1:3], made[0], "nothing"], "declined", "The rooms are taken")
    assert sorted(problem.value.fields) == ["sessions.2", "sessions.3"]
    queues = {
        row["code"]: row for row in officer.consultation.call("list_waiting", officer.consultation.officer)["items"]
    }
    missing = queues["sessions_without_details"]
    assert (missing["count"], missing["page"]) == (MANY - 1, f"/desk/consultations/2017/sessions/{made[1]}")
    left = Programme(database("consultation")).sessions_by_id(made[1:])
    assert {row["status"] for row in left} == {"accepted"}
