from __future__ import annotations

from typing import Any

from wsis_shared.schemas import LOCALES
from wsis_testkit import actor, refused

from wsis_consultation.submissions.schemas import forms


def test_everybody_reads_the_form_in_their_language(consultation: Any) -> None:
    form = consultation.call("read_form", context={"locale": "fr"}, edition="2017", stakeholder_type="civil_society")
    assert [section["code"] for section in form["sections"]][:2] == ["about", "input"]
    labels = [question["label"] for question in form["sections"][0]["questions"]]
    assert labels[:5] == [
        "Nom complet",
        "Adresse électronique",
        "Nom de l’organisation",
        "Pays de l’organisation",
        "Téléphone",
    ]
    kinds = [choice["code"] for choice in form["sections"][-1]["questions"][0]["choices"]]
    assert "speaking_slot" not in kinds


def test_schema_of_the_form_is_public(consultation: Any) -> None:
    read = consultation.call("read_form_schema", edition="2017", stakeholder_type="government")
    assert (read["version"], read["schema"]["type"]) == (1, "object")


def test_there_is_no_form_without_an_edition(consultation: Any) -> None:
    with refused("consultation.edition_unknown"):
        consultation.call("read_form", edition="1999")


def test_officer_publishes_a_version_which_drafts_then_have(consultation: Any, people: Any) -> None:
    who = actor("member", id="gil")
    opened = {"email": None, "answers": {"telephone": "+250 788 000 000"}, "language": None}
    draft = consultation.call("create_draft", who, edition="2017", body=opened)["draft"]
    version = consultation.call("read_form_version", consultation.officer, edition="2017", number="1")
    sections = forms.NewFormVersion().load(
        {"base": 1, "reason": "Ask for the gender balance", "sections": version["sections"]}
    )
    sections["sections"][0]["questions"] = [
        question for question in sections["sections"][0]["questions"] if question["code"] != "telephone"
    ]
    published = consultation.call("publish_form", consultation.officer, edition="2017", body=sections)
    assert published["version"] == 2
    with refused("consultation.form_changed"):
        consultation.call("publish_form", consultation.officer, edition="2017", body=sections)
    [event] = consultation.published.wait("form_published")
    assert event["data"] == {"edition": "2017", "form_version": 2}
    [taken] = consultation.published.wait("action_taken")
    assert taken["data"]["reason"] == "Ask for the gender balance"
    read = consultation.call("read_draft", who, edition="2017", draft=draft)
    assert read["form_version"] == 2
    assert read["dropped"] == ["telephone"]
    assert read["changes"] == {"added": [], "removed": ["telephone"], "changed": []}
    rows = consultation.call("list_form_versions", consultation.officer, edition="2017")["items"]
    assert [row["version"] for row in rows] == [1, 2]


def test_incomplete_form_is_not_published(consultation: Any) -> None:
    base = len(consultation.call("list_form_versions", consultation.officer, edition="2017")["items"])
    version = consultation.call("read_form_version", consultation.officer, edition="2017", number=str(base))
    body = forms.NewFormVersion().load({"base": base, "reason": "x", "sections": version["sections"]})
    del body["sections"][0]["questions"][0]["label"]["ru"]
    with refused("consultation.form_invalid") as refusal:
        consultation.call("publish_form", consultation.officer, edition="2017", body=body)
    assert refusal.value.fields == {"sections.0.questions.0.label": ["The text is missing in: ru."]}


def test_a_question_changes_in_the_next_version(consultation: Any) -> None:
    officer = consultation.officer
    base = len(consultation.call("list_form_versions", officer, edition="2017")["items"])
    named = {"edition": "2017", "question": "requests.title"}
    body = forms.QuestionChange().load({"version": base, "label": {"en": "Its title"}, "reason": "Clearer"})
    published = consultation.call("change_question", officer, **named, body=body)
    assert (published["version"], published["reason"]) == (base + 1, "Clearer")
    form = consultation.call("read_form", context={"locale": "en"}, edition="2017")
    [section] = [section for section in form["sections"] if section["code"] == "requests"]
    assert "Its title" in [question["label"] for question in section["questions"]]
    with refused("consultation.form_changed"):
        consultation.call("change_question", officer, **named, body=body)
    with refused("consultation.nothing_to_change"):
        consultation.call("change_question", officer, **named, body={**body, "version": base + 1})
    with refused("consultation.form_question_unknown"):
        other = {**named, "question": "none_such"}
        consultation.call("change_question", officer, **other, body={**body, "version": base + 1})
    with refused("consultation.form_invalid") as refusal:
        wrong = {**body, "version": base + 1, "label": {"ru": None}}
        consultation.call("change_question", officer, **named, body=wrong)
    assert refusal.value.fields == {"label": ["The text is missing in: ru."]}


def test_a_question_comes_and_goes_in_the_next_versions(consultation: Any) -> None:
    officer = consultation.officer
    base = len(consultation.call("list_form_versions", officer, edition="2017")["items"])
    named = {"edition": "2017", "section": "format"}
    texts = dict.fromkeys(LOCALES, "What does it cost?")
    body = forms.NewQuestion().load({"version": base, "type": "line", "label": texts, "reason": "Many asked"})
    published = consultation.call("add_question", officer, **named, body=body)
    assert (published["version"], published["reason"]) == (base + 1, "Many asked")
    assert _codes(consultation, "format")[-1] == "what_does_it_cost"
    with refused("consultation.form_changed"):
        consultation.call("add_question", officer, **named, body=body)
    next_one = {**body, "version": base + 1}
    with refused("consultation.form_section_unknown"):
        consultation.call("add_question", officer, edition="2017", section="none_such", body=next_one)
    wrong = {**next_one, "label": {"en": "What?"}, "max": 9_999_999, "when": {"sdgs": ["4"]}}
    with refused("consultation.form_invalid") as refusal:
        consultation.call("add_question", officer, **named, body=wrong)
    assert sorted(refusal.value.fields) == ["label", "max", "when.sdgs"]
    _remove(consultation, "what_does_it_cost", base + 1)
    assert "what_does_it_cost" not in _codes(consultation, "format")
    with refused("consultation.form_question_unknown"):
        _remove(consultation, "what_does_it_cost", base + 2)
    with refused("consultation.form_question_needed"):
        _remove(consultation, "full_name", base + 2)
    again = consultation.call("add_question", officer, **named, body={**body, "version": base + 2})
    assert again["version"] == base + 3
    assert _codes(consultation, "format")[-1] == "what_does_it_cost_2", "it is another question"


def _codes(consultation: Any, section: str) -> list[str]:
    form = consultation.call("read_form", edition="2017")
    [found] = [each for each in form["sections"] if each["code"] == section]
    return [question["code"] for question in found["questions"]]


def _remove(consultation: Any, question: str, version: int) -> Any:
    body = forms.QuestionRemoval().load({"version": version, "reason": "Nobody answers"})
    return consultation.call("remove_question", consultation.officer, edition="2017", question=question, body=body)
