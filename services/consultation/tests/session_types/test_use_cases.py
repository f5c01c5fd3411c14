"""Types of sessions as data of an edition: what officers change, until when, and what reads them."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.schemas import LOCALES
from wsis_testkit import refused

from wsis_consultation.session_types.rules import MAX

TITLE = {**dict.fromkeys(LOCALES, "Hackathon for peace"), "fr": "Hackathon pour la paix"}
NEW = {
    "code": "peace_hackathon",
    "title": TITLE,
    "track": "special",
    "requestable": True,
    "minutes": 240,
    "reason": "A new building block",
}


@pytest.fixture
def edition(consultation: Any) -> Any:
    """Calls a method about an edition of its own, before its call opens."""
    year = str(2030 + len(consultation.call("list_editions")["items"]))
    consultation.open_edition(year)

    def call(method: str, **arguments: Any) -> Any:
        return consultation.call(
            method, consultation.officer, at=arguments.pop("at", "before"), edition=year, **arguments
        )

    call.year = year  # type: ignore[attr-defined]
    return call


def codes(listed: dict[str, Any]) -> list[str]:
    return [row["code"] for row in listed["items"]]


def choices(edition: Any, **more: Any) -> list[tuple[str, str]]:
    form = edition("read_form", stakeholder_type="civil_society", **more)
    [asked] = [
        question
        for section in form["sections"]
        for question in section["questions"]
        if section["code"] == "requests" and question["code"] == "session_type"
    ]
    return [(row["code"], row["label"]) for row in asked["choices"]]


def test_an_edition_starts_with_the_usual_types(edition: Any) -> None:
    listed = edition("list_session_types", context={"locale": "fr"})
    assert len(listed["items"]) == 20
    assert listed["fixed"] is False
    [exhibition] = [row for row in listed["items"] if row["code"] == "exhibition"]
    assert (exhibition["title"], exhibition["minutes"], exhibition["needed"]) == ("Exposition", 540, True)
    assert ("peace_hackathon", "Hackathon pour la paix") not in choices(edition, context={"locale": "fr"})


def test_a_new_type_is_a_choice_of_the_form_and_its_answer_is_accepted(
    edition: Any, consultation: Any, make_answers: Any
) -> None:
    edition("add_session_type", body=NEW)
    assert choices(edition, context={"locale": "fr"})[-1] == ("peace_hackathon", "Hackathon pour la paix")
    answers = make_answers()
    answers["requests"][0]["session_type"] = "peace_hackathon"
    schema = edition("read_form_schema", stakeholder_type="civil_society")["schema"]
    asked = schema["properties"]["requests"]["items"]["properties"]["session_type"]
    assert "peace_hackathon" in asked["enum"]
    [event] = consultation.published.wait("session_types_changed")[-1:]
    assert (event["data"]["edition"], event["data"]["types"][-1]) == (edition.year, "peace_hackathon")
    with refused("consultation.session_type_exists"):
        edition("add_session_type", body=NEW)


def test_a_session_has_the_track_the_length_and_the_title_of_its_type(edition: Any) -> None:
    edition("add_session_type", body=NEW)
    body = {"type": "peace_hackathon", "title": {"en": "Code for peace"}}
    made = edition("create_session", body=body)
    assert (made["track"], made["duration"], made["type_title"]["fr"]) == ("special", 240, "Hackathon pour la paix")
    [listed] = edition("list_sessions")["items"]
    assert listed["type_title"]["fr"] == "Hackathon pour la paix"
    changed = edition("change_session", session=made["id"], body={"type": "policy_statements"})
    assert changed["track"] == "high_level"


def test_what_is_removed_cannot_be_chosen(edition: Any) -> None:
    edition("add_session_type", body=NEW)
    left = edition("remove_session_type", type="hackathon", body={"reason": "One of peace instead"})
    assert "hackathon" not in codes(left)
    assert "hackathon" not in dict(choices(edition))
    with refused("consultation.session_type_unknown") as refusal:
        edition("create_session", body={"type": "hackathon", "title": {"en": "Code"}})
    assert set(refusal.value.fields) == {"type"}
    with refused("consultation.session_type_missing"):
        edition("remove_session_type", type="hackathon", body={"reason": "Again"})
    with refused("consultation.session_type_needed"):
        edition("remove_session_type", type="exhibition", body={"reason": "No stands"})


def test_once_the_call_is_open_titles_change_and_meaning_stays(consultation: Any, edition: Any) -> None:
    def call(method: str, **arguments: Any) -> Any:
        return consultation.call(method, consultation.officer, at="open", edition="2017", **arguments)

    assert call("list_session_types")["fixed"] is True
    for change in ({"minutes": 60}, {"requestable": False}, {"track": "forum"}):
        with refused("consultation.session_types_fixed"):
            call("change_session_type", type="hackathon", body={**change, "reason": "Shorter"})
    with refused("consultation.session_types_fixed"):
        call("remove_session_type", type="hackathon", body={"reason": "Not this year"})
    renamed = call("change_session_type", type="hackathon", body={"title": TITLE, "reason": "For peace"})
    assert [row["title"] for row in renamed["items"] if row["code"] == "hackathon"] == ["Hackathon for peace"]
    with refused("consultation.nothing_to_change"):
        call("change_session_type", type="hackathon", body={"title": TITLE, "reason": "Again"})
    assert "Hackathon for peace" not in dict(choices(edition)).values(), "another edition keeps its own"


def test_somebody_can_request_something(edition: Any) -> None:
    types = edition("list_session_types")["items"]
    *others, last = [row["code"] for row in types if row["requestable"]]
    for code in others:
        edition("change_session_type", type=code, body={"requestable": False, "reason": "By invitation"})
    with refused("consultation.session_types_unrequestable") as refusal:
        edition("change_session_type", type=last, body={"requestable": False, "reason": "By invitation"})
    assert set(refusal.value.fields) == {"requestable"}


def test_a_copied_edition_has_the_types_of_its_model(edition: Any, consultation: Any) -> None:
    edition("add_session_type", body=NEW)
    copy = str(int(edition.year) + 500)
    consultation.open_edition(copy, copy_from=edition.year)
    listed = consultation.call("list_session_types", edition=copy)
    assert codes(listed)[-1] == "peace_hackathon"


def test_an_edition_has_as_many_types_as_it_may_have(edition: Any) -> None:
    for number in range(MAX - 20):
        edition("add_session_type", body={**NEW, "code": f"type_{number}"})
    with refused("consultation.session_types_full"):
        edition("add_session_type", body={**NEW, "code": "one_more"})
