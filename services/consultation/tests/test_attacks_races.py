"""Two people change the same thing at once: one of them wins, and the other learns of it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared.errors import Conflict
from wsis_testkit import actor, wait_for

ADA = actor("member", id="ada")
IN_TIME = datetime(2016, 11, 20, 21, tzinfo=UTC)


pytestmark = pytest.mark.usefixtures("people")


def at_once(*work: Callable[[], Any]) -> list[Any]:
    """The results, "conflict" where that was raised."""

    def run(one: Callable[[], Any]) -> Any:
        try:
            return one()
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def test_of_amendments_of_one_version_one_wins(consultation: Any, make_answers: Any) -> None:
    body = {"draft": None, "key": None, "answers": make_answers(email=None), "language": None}
    where = {"edition": "2017", "submission": consultation.call("submit", ADA, edition="2017", body=body)["id"]}

    def amend(goal: int) -> Any:
        sent = {"base": 1, "key": None, "answers": make_answers(email=None, sdgs=[goal]), "language": None}
        return consultation.call("amend_submission", ADA, **where, body=sent)["version"]

    results = at_once(*(lambda goal=goal: amend(goal) for goal in range(4, 10)))  # type: ignore[misc]
    assert sorted(map(str, results)) == ["2", *["conflict"] * 5]
    read = consultation.call("read_submission", ADA, **where)
    assert [version["number"] for version in read["versions"]] == [1, 2]
    [goal] = [goal for goal, result in zip(range(4, 10), results, strict=True) if result == 2]
    assert read["answers"]["sdgs"] == [goal]


def test_of_merges_of_one_candidate_one_wins(consultation: Any) -> None:
    coordinator = actor("coordinator")
    mechanism = {"name": "P", "constituencies": ["civil_society"], "coordinators": [coordinator.id], "reason": "Ok"}
    consultation.call("set_mechanism", consultation.officer, edition="2017", mechanism="races", body=mechanism)
    for number in range(3):
        consultation.call(
            "nominate",
            coordinator,
            at=IN_TIME,
            edition="2017",
            body={
                "mechanism": "races",
                "constituency": "civil_society",
                "full_name": "Vic Tim",
                "organization": "NGO",
                "country": "RW",
                "gender": "female",
                "bio": "Twenty years of work.",
                "language": "en",
                "email": f"vic{number}@ngo.example",
                "locale": "fr",
                "endorsement": "Known.",
            },
        )
    events = wait_for(
        lambda: (
            [event["data"]["candidate"] for event in consultation.published.of("nomination_received")][2:]
            and consultation.published.of("nomination_received")
        )
    )
    source, *targets = (event["data"]["candidate"] for event in events)

    def merge(target: str) -> Any:
        body = {"source": source, "reason": "The same"}
        return consultation.call("merge_candidates", consultation.officer, edition="2017", candidate=target, body=body)

    results = at_once(*(lambda target=target: merge(target) for target in targets))  # type: ignore[misc]
    assert results.count("conflict") == 1
    counts = [
        len(consultation.call("read_candidate", consultation.officer, edition="2017", candidate=id)["nominations"])
        for id in (source, *targets)
    ]
    assert sorted(counts) == [0, 1, 2]


def test_of_agenda_saves_on_one_revision_one_wins(consultation: Any) -> None:
    def save(code: str) -> Any:
        room = {"code": code, "name": code, "capacity": 10, "booths": 0, "equipment": [], "remote": False}
        body = {
            "revision": 0,
            "rooms": [room],
            "slots": [],
            "interpreters": {},
            "organizers_in_parallel": {},
            "turnaround": 10,
        }
        return consultation.call("set_up_agenda", consultation.officer, edition="2017", body=body)["revision"]

    results = at_once(*(lambda code=code: save(code) for code in "ABCDEF"))  # type: ignore[misc]
    assert sorted(map(str, results)) == ["1", *["conflict"] * 5]
    agenda = consultation.call("read_agenda", consultation.officer, edition="2017")
    assert (agenda["revision"], [room["code"] for room in agenda["rooms"]]) == (1, ["ABCDEF"[results.index(1)]])
