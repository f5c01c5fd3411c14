"""The Forum of 2018, opened from 2017 with the days that were announced: 21 to 25 May 2018."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.blobs import store as blob_store
from wsis_testkit import actor, refused

from wsis_consultation.dates.schemas import Revision
from wsis_consultation.editions import schemas
from wsis_consultation.people.store import Contacts

EDITION = "2018"
DAYS = [f"2018-05-{day}" for day in range(21, 26)]
FORUM = {"starts_on": DAYS[0], "ends_on": DAYS[-1], "high_level_days": DAYS[1:3]}
OPEN, APRIL = datetime(2017, 12, 1, 12, tzinfo=UTC), datetime(2018, 4, 1, 12, tzinfo=UTC)
REQUESTS = 4


@pytest.fixture(scope="module", autouse=True)
def accounts(fake_service: Any) -> None:
    fake_service(
        "accounts",
        contacts=lambda ids: [
            {"account": id, "email": f"{id}@ngo.example", "names": "Ada", "locale": "fr"} for id in ids
        ],
        profile=lambda account: {
            "account": account,
            "organization": "Health for All",
            "country": "RW",
            "stakeholder_type": "civil_society",
        },
    )


@pytest.fixture(scope="module")
def ask(consultation: Any) -> Any:
    """Calls a method about 2018 as an officer."""
    consultation.open_edition(EDITION, **FORUM)

    def of(method: str, who: Any = consultation.officer, at: datetime = APRIL, **arguments: Any) -> Any:
        return consultation.call(method, who, at=at, edition=EDITION, **arguments)

    return of


@pytest.fixture(scope="module")
def sessions(ask: Any, make_answers: Any) -> list[str]:
    """Accepted sessions, one of them in the High-Level Track."""
    made = []
    for number in range(REQUESTS):
        who = actor("member", id=f"ada{number}")
        answers = make_answers(email=None)
        answers["requests"] = [{**answers["requests"][0], "speakers": [{"name": f"Speaker {number}"}]}]
        body = {"draft": None, "key": None, "answers": answers, "language": "en"}
        id = ask("submit", who, at=OPEN, body=body)["id"]
        asked = {"requests": [{"submission": id, "request": f"{id}.1"}], "merge": False, "into": None}
        [session] = ask("make_sessions", body=asked)["made"]
        ask("decide_session", session=session, body={"status": "accepted", "reason": None})
        made.append(session)
    ask("change_session", session=made[0], body={"type": "ministerial_round_table"})
    room = {"code": "A", "name": "Room A", "capacity": 500, "booths": 6, "equipment": [], "remote": True}
    slots = [{"date": day, "start": "09:00", "end": "10:30"} for day in ("2018-05-18", *DAYS)]
    ask(
        "set_up_agenda",
        body={
            "rooms": [room],
            "slots": slots,
            "interpreters": {},
            "organizers_in_parallel": {},
            "turnaround": 10,
            "revision": ask("read_agenda")["revision"],
        },
    )
    return made


def test_the_edition_says_the_announced_days(consultation: Any, ask: Any) -> None:
    read = schemas.Edition().dump(ask("read_edition", context={"locale": "fr"}))
    assert read["forum"] == {**FORUM, "venue": "Trust", "theme": "Trust"}
    assert read["conflicts"] == []


def test_sessions_are_suggested_on_these_days_without_a_clash(consultation: Any, ask: Any, sessions: list[str]) -> None:
    result = consultation.run("start_placing_sessions", at=APRIL, edition=EDITION, body={"keep": "all"})
    assert (result["placed"], result["unplaced"]) == (REQUESTS, 0)
    agenda = ask("read_agenda")
    placed = {row["session"]: row["start"][:10] for row in agenda["placements"]}
    assert set(placed.values()) <= set(DAYS)
    assert placed[sessions[0]] in FORUM["high_level_days"]
    assert [clash for clash in agenda["clashes"] if clash["hard"]] == [], "the sessions share nobody and no room"


def test_a_session_outside_of_the_days_is_the_only_clash(consultation: Any, ask: Any, sessions: list[str]) -> None:
    before = ask("read_agenda")
    placed = next(row for row in before["placements"] if row["session"] == sessions[1])
    start = placed["start"].replace(placed["start"][:10], "2018-05-18")
    move = {"session": placed["session"], "room": placed["room"], "start": start, "pinned": False}
    clashes = ask("check_agenda", body={"changes": [move]})["clashes"]
    assert [(row["kind"], row["sessions"]) for row in clashes if row["hard"]] == [("forum_days", [sessions[1]])]


def test_schedule_and_brief_say_these_days(consultation: Any, ask: Any, sessions: list[str]) -> None:
    consultation.run(
        "publish_programme",
        at=APRIL,
        edition=EDITION,
        body={"kind": "draft_agenda", "note": {}, "reason": "Soft clashes"},
    )
    conference = ask("read_programme_schedule")["schedule"]["conference"]
    assert [row["date"] for row in conference["days"]] == DAYS
    wanted = {
        "kind": "final_brief",
        "as_of": APRIL,
        "version": "1.1",
        "merge_academia_technical": True,
        "languages": ["en"],
    }
    built = consultation.run("start_document", at=APRIL, edition=EDITION, body=wanted)
    found = ask("read_document_version_file", document=built["document"], format="html", language="en")
    page = b"".join(blob_store.of("consultation").open(found["blob"])).decode()
    assert "21 May 2018 – 25 May 2018" in page


def test_facilitators_are_told_these_days(consultation: Any, ask: Any, database: Any) -> None:
    candidate = {
        "_id": "leila",
        "edition": EDITION,
        "state": "confirmed",
        "consent": "given",
        "locale": "fr",
        "full_name": "Leila Mansur",
        "email": "leila@ngo.example",
    }
    database("consultation")["candidates"].insert_one(candidate)
    mail = consultation.call("candidate_details", data={"edition": EDITION, "candidate": "leila"})
    assert mail["high_level_days"] == "22 mai 2018; 23 mai 2018"


def test_moved_forum_is_public_audited_and_told_to_everybody(consultation: Any, database: Any) -> None:
    consultation.open_edition("2025", starts_on="2025-07-05", ends_on="2025-07-09", high_level_days=["2025-07-07"])
    contact = Contacts(database("consultation")).add("2025", "ama@ngo.example", "Ama", "en", "draft", at=clock.now())
    change = {"starts_on": "2025-07-07", "ends_on": "2025-07-11", "reason": "No weekend"}
    moved = consultation.call("change_forum", consultation.officer, edition="2025", body=change)
    assert (moved["forum"]["ends_on"], moved["conflicts"]) == ("2025-07-11", [])
    [event] = [row["data"] for row in consultation.published.wait("forum_changed") if row["data"]["edition"] == "2025"]
    assert (event["starts_on"], event["former_starts_on"], event["reason"]) == (
        "2025-07-07",
        "2025-07-05",
        "No weekend",
    )
    [entry] = [
        row["data"]
        for row in consultation.published.of("action_taken")
        if row["data"]["action"] == "consultation.forum_changed"
    ]
    assert (entry["before"], entry["after"]) == (
        {"days": ["2025-07-05", "2025-07-09"]},
        {"days": ["2025-07-07", "2025-07-11"]},
    )
    [notice] = consultation.published.wait("date_notice_requested")
    assert notice["data"] == {"edition": "2025", "contact": contact, "revision": 0}
    mail = consultation.call("describe_revision", data=notice["data"])
    assert [row["text"]["es"] for row in mail["changes"]] == ["7 de julio de 2025 – 11 de julio de 2025"]
    [revision] = consultation.call("list_revisions", consultation.officer, edition="2025")["items"]
    shown = Revision().dump(revision)["changes"]
    assert [(row["what"], row["code"], row["former_text"]) for row in shown] == [
        ("forum", "days", "5 July 2025 – 9 July 2025")
    ]


def test_days_that_make_no_forum_are_refused_by_field(consultation: Any) -> None:
    with refused("consultation.forum_days_invalid") as error:
        consultation.open_edition("2026", ends_on="2026-06-11")
    assert list(error.value.fields) == ["ends_on"]


def test_an_edition_opened_by_mistake_is_removed_and_can_be_opened_again(consultation: Any) -> None:
    consultation.open_edition("2028")
    consultation.call("remove_edition", consultation.officer, edition="2028", body={"reason": "It was meant as 2027"})
    with refused("consultation.edition_unknown", edition="2028"):
        consultation.call("read_edition", edition="2028")
    assert "2028" not in [row["edition"] for row in consultation.call("list_editions")["items"]]
    assert [row["data"] for row in consultation.published.wait("edition_removed")] == [{"edition": "2028"}]
    actions = [row["data"]["action"] for row in consultation.published.of("action_taken")]
    assert "consultation.edition_removed" in actions
    again = consultation.open_edition("2028", high_level_days=["2028-06-14"])
    assert again["forum"]["high_level_days"] == ["2028-06-14"]
    assert consultation.call("read_edition", edition="2028")["edition"] == "2028"


def test_an_edition_stays_once_anything_belongs_to_it(consultation: Any, ask: Any, sessions: list[str]) -> None:
    consultation.open_edition("2029")
    theme = {"title": {"en": "Health"}, "description": {}, "submissions": [], "requests": []}
    consultation.call("create_theme", consultation.officer, edition="2029", body=theme)
    for edition in ("2029", EDITION):
        with refused("consultation.edition_in_use"):
            consultation.call("remove_edition", consultation.officer, edition=edition, body={"reason": "A mistake"})
