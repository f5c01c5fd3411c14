"""Sessions that their organizers take back, and those whose contribution was withdrawn."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit import actor, refused

from wsis_consultation.programme.store import Programme

from ..programme_kit import ADA, BEA, Officer

WHY = {"reason": "Nos intervenants ne peuvent pas venir.", "language": "fr"}


pytestmark = pytest.mark.usefixtures("accounts")


def withdraw(officer: Officer, session: str, who: Any = ADA, at: str = "programme") -> Any:
    body = {"submission": None, "key": None, **WHY}
    return officer.consultation.call("withdraw_session", who, edition="2017", session=session, at=at, body=body)


def page(officer: Officer, session: str) -> Any:
    return officer.consultation.call("read_programme_session", edition="2017", code=session, at="programme")


def test_the_page_of_a_session_says_at_once_that_its_organizers_took_it_back(officer: Officer) -> None:
    officer.set_up()
    [session] = officer.make(officer.submit())
    officer.place(session, "A", "2017-06-12T05:00:00Z")
    officer.publish()
    assert page(officer, session)["state"] == "confirmed"
    with refused("consultation.session_unknown"):
        withdraw(officer, session, BEA)
    with refused("consultation.session_begun"):
        withdraw(officer, session, at="forum")
    assert withdraw(officer, session)["withdrawn_at"]
    shown = page(officer, session)
    assert (shown["state"], shown["cancelled_why"]) == ("cancelled", {"text": WHY["reason"], "language": "fr"})
    officer.consultation.published.wait("session_withdrawn")
    with refused("consultation.session_status"):
        withdraw(officer, session)
    again = {"status": "accepted", "reason": None}
    officer("decide_session", session=session, body=again)
    assert page(officer, session)["state"] == "confirmed"


@pytest.mark.parametrize(("known", "decided"), [("draft", "declined"), ("accepted", "cancelled")])
def test_organizers_who_withdraw_do_not_learn_what_was_decided_and_not_published(
    officer: Officer, known: str, decided: str
) -> None:
    officer.set_up()
    [session] = officer.make(officer.submit())
    if known == "accepted":
        officer.place(session, "A", "2017-06-12T10:00:00Z")
        officer.publish()
    officer("decide_session", session=session, body={"status": decided, "reason": "Too many sessions"})
    with refused("consultation.session_status"):
        withdraw(officer, session, actor("officer"))
    taken_back = withdraw(officer, session)
    assert (taken_back["status"], taken_back["reason"], bool(taken_back["withdrawn_at"])) == (known, None, True)
    if known == "accepted":
        assert page(officer, session)["cancelled_why"] == {"text": WHY["reason"], "language": "fr"}
    stored = officer("read_session", session=session)
    assert (stored["status"], stored["reason"]) == (decided, "Too many sessions")
    with refused("consultation.session_status"):
        withdraw(officer, session)


def test_one_of_several_organizers_does_not_cancel_for_all(officer: Officer) -> None:
    [session] = officer.make(officer.submit(ADA), officer.submit(BEA), merge=True)
    with refused("consultation.session_of_several"):
        withdraw(officer, session)


def test_accepted_sessions_of_a_withdrawn_contribution_are_to_be_decided(officer: Officer) -> None:
    request = officer.submit()
    [session] = officer.make(request)
    assert session not in officer("read_agenda")["withdrawn"]
    body = {"key": None, "reason": None}
    officer.consultation.call("withdraw_submission", ADA, edition="2017", submission=request["submission"], body=body)
    assert session in officer("read_agenda")["withdrawn"]
    officer("decide_session", session=session, body={"status": "cancelled", "reason": "It was withdrawn"})
    assert session not in officer("read_agenda")["withdrawn"]


def test_versions_are_listed_from_their_index_alone(database: Any) -> None:
    db, store = database("consultation"), Programme(database("consultation"))
    for order in (1, 2, 3):
        row = {"edition": "2040", "number": f"0.{order}", "kind": "draft_agenda", "order": order, "note": {"en": "x"}}
        db["programme_versions"].insert_one({"_id": f"2040-0.{order}", **row, "published_at": None, "sessions": []})
    assert [row["number"] for row in store.versions("2040")] == ["0.3", "0.2", "0.1"]
    fields = {"_id": 0, "number": 1, "kind": 1, "published_at": 1, "note": 1, "order": 1}
    found = db["programme_versions"].find({"edition": "2040"}, fields).sort([("order", -1)])
    assert found.explain()["executionStats"]["totalDocsExamined"] == 0
