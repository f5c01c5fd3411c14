from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_testkit import make_context, refused

from wsis_consultation.editions.rules import editions, reference
from wsis_consultation.editions.rules.reference import session_types
from wsis_consultation.editions.store import Editions
from wsis_consultation.index.store import SubmissionIndex
from wsis_consultation.programme.rules import agendas, requests
from wsis_consultation.programme.store import Programme
from wsis_consultation.programme.use_cases.agendas import AgendaCases
from wsis_consultation.programme.use_cases.public import PublicCases
from wsis_consultation.programme.use_cases.themes import ThemeCases

ROOM = {"code": "A", "name": "Room A", "capacity": 90, "booths": 2, "equipment": [], "remote": True}


def made(edition: str, number: int) -> dict[str, Any]:
    submission = {"_id": f"sub{number}", "edition": edition, "language": "en", "organization": f"NGO {number}"}
    request = {"id": "1", "kind": "workshop", "title": f"Title {number}", "action_lines": ["C3"], "sdgs": [4]}
    return {
        **requests.from_request(submission, request, number, f"{edition}-s{number}", session_types()),
        "status": "accepted",
    }


@pytest.fixture(scope="module")
def db(database: Any) -> Any:
    """Editions "1", "10" and "100" with as many sessions, all placed, and a theme for each ten."""
    db = database("consultation")
    store = Programme(db)
    for count in (1, 10, 100):
        name = str(count)
        store.save("editions", {**editions.from_seed(reference.edition_seed(2017)), "_id": name})
        rows = [made(name, number) for number in range(1, count + 1)]
        for row in rows:
            store.save("sessions", row)
            SubmissionIndex(db).put(
                {
                    "_id": f"{name}-sub{row['number']}",
                    "edition": name,
                    "number": row["number"],
                    "state": "received",
                    "stakeholder_type": "government",
                }
            )
        start = datetime(2017, 6, 12, 7, tzinfo=UTC)
        places = [{"session": row["_id"], "room": "A", "start": start, "pinned": False} for row in rows]
        store.save("agendas", {**agendas.placed(agendas.empty(name), places), "rooms": [ROOM]})
        for number in range(1, count + 1):
            store.save(
                "themes",
                {
                    "_id": f"{name}-t{number}",
                    "edition": name,
                    "title": {"en": "T"},
                    "description": {},
                    "submissions": [f"{name}-sub{number}"],
                    "requests": [],
                },
            )
    return db


CASES: dict[str, Callable[[Programme, Editions, str], Any]] = {
    "agenda": lambda store, edition_store, name: AgendaCases(store, edition_store).read_agenda(make_context(), name),
    "check": lambda store, edition_store, name: AgendaCases(store, edition_store).check_agenda(
        make_context(), name, {"changes": []}
    ),
    "suggestion": lambda store, edition_store, name: AgendaCases(store, edition_store).suggest_agenda(
        make_context(), name, {"keep": "pinned"}
    ),
    "themes": lambda store, edition_store, name: ThemeCases(
        store, edition_store, SubmissionIndex(store.db)
    ).list_themes(name),
    "sessions": lambda store, _, name: store.page_of_sessions(name, {}, None, 100),
}


@pytest.mark.parametrize("case", CASES)
def test_store_commands_do_not_grow_with_the_number_of_sessions(db: Any, count_commands: Any, case: str) -> None:
    store, edition_store = Programme(db), Editions(db)
    store.page_of_sessions("1", {}, None, 100)  # reads the indexes once
    counts = [count_commands(lambda name=name: CASES[case](store, edition_store, name)) for name in ("1", "10", "100")]
    assert len(counts[0]) <= (5 if case == "agenda" else 4)  # it asks which submissions were withdrawn, too
    assert counts[0] == counts[1] == counts[2]


def test_list_of_sessions_has_all_of_them_page_by_page(db: Any) -> None:
    store = Programme(db)
    seen, after = [], None
    while True:
        page = store.page_of_sessions("100", {"status": "accepted"}, after, 30)
        seen += [row["number"] for row in page.rows]
        after = page.next
        if after is None:
            break
    assert seen == list(range(1, 101))


def test_request_is_found_in_its_session(db: Any) -> None:
    found = Programme(db).sessions_of_requests("10", ["sub3/1", "sub9/1", "none/1"])
    assert found == {"sub3/1": "10-s3", "sub9/1": "10-s9"}


def test_numbers_are_reserved_in_blocks(db: Any) -> None:
    store = Programme(db)
    assert [store.take_numbers("numbers", 3), store.take_numbers("numbers", 1), store.take_numbers("numbers", 1)] == [
        0,
        3,
        4,
    ]


def test_agenda_is_not_overwritten_by_a_save_of_the_same_revision(db: Any) -> None:
    store = Programme(db)
    first, second = store.agenda("1"), store.agenda("1")
    store.save("agendas", {**first, "turnaround": 5})
    with refused("suite.changed_meanwhile"):
        store.save("agendas", {**second, "turnaround": 20})
    assert store.agenda("1")["turnaround"] == 5


def test_what_is_in_another_edition_is_unknown(db: Any) -> None:
    store = Programme(db)
    with refused("consultation.session_unknown"):
        store.session("1", "10-s3")
    with refused("consultation.programme_unknown"):
        PublicCases(store, Editions(db), "").version("1")
