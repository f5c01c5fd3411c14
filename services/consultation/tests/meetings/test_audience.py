"""Written questions, shows of hands and the lists of speakers of the items of an agenda."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from wsis_testkit import actor, refused

from wsis_consultation.meetings.schemas import audience, participants

from ..meeting_kit import BODY, DURING, contacts, profile

REMOTE = {**BODY, "mode": "remote"}
QUESTION = {"text": "Who pays for the cables?", "language": "en", "agenda_item": None}
ASKED = {"text": "Shall we go on until seven?", "language": "en", "kind": "yes_no"}
ASK = {"kind": "statement", "language": "en", "topic": None, "agenda_item": None}


@pytest.fixture(scope="module", autouse=True)
def accounts(fake_service: Any) -> None:
    fake_service("accounts", contacts=contacts, profile=profile)


def live(call: Any, meeting: str) -> Any:
    """The floor as everybody reads it."""
    return participants.Floor().dump(call("read_floor", actor(), meeting))


def test_a_written_question_is_public_once_it_is_handled(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting, officer, named, silent = new_meeting(), consultation.officer, actor(), actor()
    call("register_for_meeting", named, meeting, body=REMOTE)
    call("register_for_meeting", silent, meeting, body={**REMOTE, "public_name": False})
    with refused("consultation.not_registered"):
        call("ask_question", actor(), meeting, DURING, body=QUESTION)
    ids = [call("ask_question", who, meeting, DURING, body=QUESTION)["id"] for who in (named, silent, named)]
    page = audience.QuestionPage().dump(call("list_questions", officer, meeting, limit=20, after=None, state="waiting"))
    assert [(row["id"], row["full_name"]) for row in page["items"]] == [
        (ids[0], f"Ada {named.id[:6]}"),
        (ids[1], f"Ada {silent.id[:6]}"),
        (ids[2], f"Ada {named.id[:6]}"),
    ]
    seen = live(call, meeting)
    assert (seen["questions"], seen["questions_waiting"]) == ([], 3)

    def handle(question: str, state: str, **more: Any) -> None:
        body = {"state": state, "answer": None, "reason": None, **more}
        call("handle_question", officer, meeting, DURING, question=question, body=body)

    handle(ids[0], "answered", answer="The fund.")
    handle(ids[1], "taken")
    handle(ids[2], "removed", reason="Asked twice")
    seen = live(call, meeting)
    assert [(row["id"], row["state"], row["answer"], row["name"]) for row in seen["questions"]] == [
        (ids[1], "taken", None, None),
        (ids[0], "answered", "The fund.", f"Ada {named.id[:6]}"),
    ]
    assert seen["questions_waiting"] == 0
    with refused("consultation.question_unknown"):
        handle("unknown", "taken")


def test_a_participant_has_few_questions_that_wait(call: Any, new_meeting: Any) -> None:
    meeting, member = new_meeting(), actor()
    call("register_for_meeting", member, meeting, body=REMOTE)
    for _ in range(5):
        call("ask_question", member, meeting, DURING, body=QUESTION)
    with refused("consultation.questions_used_up", limit=5):
        call("ask_question", member, meeting, DURING, body=QUESTION)


def test_hands_are_counted_and_nobody_is_recorded(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting, officer, people = new_meeting(), consultation.officer, [actor() for _ in range(8)]
    for who in people:
        call("register_for_meeting", who, meeting, body=REMOTE)
    show = call("open_show_of_hands", officer, meeting, DURING, body=ASKED)["id"]
    with refused("consultation.hands_open"):
        call("open_show_of_hands", officer, meeting, DURING, body=ASKED)
    answers = ["yes"] * 5 + ["no"] * 2 + ["abstain"]

    def answer(who: Any, wanted: str) -> None:
        call("show_hand", who, meeting, DURING, show=show, body={"answer": wanted})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(answer, people, answers))
    for wrong, code in ((people[0], "hands_answered"), (actor(), "not_registered")):
        with refused(f"consultation.{code}"):
            answer(wrong, "no")
    [seen] = live(call, meeting)["shows_of_hands"]
    assert (seen["answered"], seen["counts"], seen["closed_at"]) == (8, [], None)
    closed = audience.ShowOfHands().dump(call("close_show_of_hands", officer, meeting, DURING, show=show))
    assert {row["answer"]: row["count"] for row in closed["counts"]} == {"yes": 5, "no": 2, "abstain": 1}
    again = audience.ShowOfHands().dump(call("close_show_of_hands", officer, meeting, DURING, show=show))
    assert again == closed, "a repeat changes nothing"
    [seen] = live(call, meeting)["shows_of_hands"]
    assert (seen["answered"], seen["counts"]) == (8, closed["counts"])
    with refused("consultation.hands_closed"):
        answer(people[0], "no")
    call("open_show_of_hands", officer, meeting, DURING, body={**ASKED, "kind": "raised"})
    with refused("consultation.hands_unknown"):
        call("show_hand", people[0], meeting, DURING, show="unknown", body={"answer": "raised"})


def test_nothing_in_the_store_leads_from_an_account_to_its_answer(
    consultation: Any, call: Any, new_meeting: Any, database: Any
) -> None:
    """Least of all a hash of the request under its Idempotency-Key: there are three answers to try."""
    meeting, member = new_meeting(), actor()
    call("register_for_meeting", member, meeting, body=REMOTE)
    show = call("open_show_of_hands", consultation.officer, meeting, DURING, body=ASKED)["id"]
    sent = {"show": show, "body": {"answer": "no"}}
    call("show_hand", member, meeting, DURING, context={"idempotency_key": "shown"}, **sent)
    with refused("consultation.hands_answered"):
        call("show_hand", member, meeting, DURING, context={"idempotency_key": "shown"}, **sent)
    call("close_show_of_hands", consultation.officer, meeting, DURING, show=show)
    db = database("consultation")
    names = [name for name in db.list_collection_names() if not name.startswith("system.")]
    found = [f"{name} {row}" for name in names for row in db[name].find()]
    about = [row for row in found if show in row or "show_hand|" in row]
    assert about != []
    assert [row for row in about if member.id in row] == []


def test_who_answers_twice_at_once_is_counted_once(consultation: Any, call: Any, new_meeting: Any) -> None:
    meeting, member = new_meeting(), actor()
    call("register_for_meeting", member, meeting, body=BODY)
    raised = {**ASKED, "kind": "raised"}
    show = call("open_show_of_hands", consultation.officer, meeting, DURING, body=raised)["id"]
    with refused("consultation.hands_other_answer") as refusal:
        call("show_hand", member, meeting, DURING, show=show, body={"answer": "yes"})
    assert list(refusal.value.fields) == ["answer"]

    def answer(_: int) -> None:
        call("show_hand", member, meeting, DURING, show=show, body={"answer": "raised"})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(answer, range(4)))
    assert [seen["answered"] for seen in live(call, meeting)["shows_of_hands"]] == [1]


def test_each_item_of_the_agenda_has_its_list(consultation: Any, call: Any, new_meeting: Any) -> None:
    agenda = [{"title": {"en": title}, "minutes": 10, "presenter": None} for title in ("Opening", "Access")]
    meeting, officer, people = new_meeting(agenda=agenda), consultation.officer, [actor() for _ in range(4)]
    for who in people:
        call("register_for_meeting", who, meeting, body=BODY)
    first, second, none, urgent = (
        call("request_floor", who, meeting, DURING, body={**ASK, "agenda_item": item, "kind": kind})["id"]
        for who, item, kind in zip(
            people, (1, 2, None, 1), ("statement", "statement", "statement", "point_of_order"), strict=True
        )
    )

    def waiting() -> list[str]:
        return [row["id"] for row in live(call, meeting)["waiting"]]

    assert waiting() == [urgent, first, second, none]
    call("call_agenda_item", officer, meeting, DURING, body={"agenda_item": 2})
    assert (waiting(), live(call, meeting)["agenda_item"]) == ([urgent, second, none, first], 2)
    assert call("suggest_speaking_order", officer, meeting)["order"] == [urgent, second, none, first]
    call("call_agenda_item", officer, meeting, DURING, body={"agenda_item": None})
    assert waiting() == [urgent, first, second, none]
    with refused("consultation.agenda_item_unknown") as refusal:
        call("call_agenda_item", officer, meeting, DURING, body={"agenda_item": 3})
    assert list(refusal.value.fields) == ["agenda_item"]


def test_an_answer_has_a_text_and_a_removal_a_reason() -> None:
    assert list(audience.QuestionHandling().validate({"state": "answered"})) == ["answer"]
    assert list(audience.QuestionHandling().validate({"state": "removed"})) == ["reason"]
    assert audience.QuestionHandling().validate({"state": "taken"}) == {}
    assert list(audience.CurrentItem().validate({})) == ["agenda_item"]
