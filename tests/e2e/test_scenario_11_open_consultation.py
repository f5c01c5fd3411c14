"""Scenario 11: an NGO sends the official form in French with two binding requests; the receipt, WHO, the officer; and
after the deadline only an officer's override lets an amendment in.

The demonstration plays it: `services/consultation/tests/demo_act` sends a form with mistakes and the right one, moves
the deadline and lets the amendment in; WHO is the agency with the webhook. Here is what it left.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest

from wsis_demo.acts.of_services import act_of
from wsis_demo.client import Person, Problem

ACT = act_of("consultation")
HEALTH = "C7.e-health"


@pytest.fixture(scope="module")
def consultation(demo: Any) -> Any:
    """All that the acts know; what they compared fits."""
    assert demo.err == ""
    return ACT.state.of(demo.play)


@pytest.fixture(scope="module")
def input_(consultation: Any) -> Any:
    """Of the NGO: two binding requests, one for C7 e-health and SDG 3."""
    found = consultation.first
    assert (found.organization, found.language) == (ACT.contributing.NGO, "fr")
    assert [(row["action_lines"], row["sdgs"]) for row in found.answers["requests"]] == [([HEALTH], [3]), (["C8"], [4])]
    return found


@pytest.fixture(scope="module")
def ngo(input_: Any) -> Person:
    """Its account."""
    return input_.person  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def who(demo: Any) -> Any:
    """The agency, with the events that it got."""
    agency = act_of("agencies").state.of(demo.play).by_way["webhook"]
    assert agency.slug == "who"
    return agency


def test_the_form_is_in_french(consultation: Any, ngo: Person):
    form = ngo.get(f"{consultation.path}/form", stakeholder_type="civil_society")
    labels = {question["code"]: question["label"] for section in form["sections"] for question in section["questions"]}
    assert labels["full_name"] == "Nom complet"
    assert labels["organization_country"] == "Pays de l’organisation"
    [requests] = [section for section in form["sections"] if section["code"] == "requests"]
    assert requests["title"] == "Demandes fermes"
    kinds = {
        row["code"] for question in requests["questions"] if question["code"] == "kind" for row in question["choices"]
    }
    assert "workshop" in kinds
    assert "speaking_slot" not in kinds  # of governments and international organizations


def test_what_is_missing_is_named_field_by_field_in_french(consultation: Any, input_: Any):
    said = {name.removeprefix("answers."): " ".join(messages) for name, messages in consultation.wrong.items()}
    assert {"full_name", "organization_country", "requests.0.description", "requests.1.description"} <= set(said)
    assert "obligatoire" in said["full_name"]
    assert "écrivez-en 20 ou plus" in said["requests.0.description"]  # words


def test_the_receipt_is_in_french_with_a_copy(consultation: Any, input_: Any):
    receipt, mailbox = input_.receipt, consultation.play.suite.mailbox
    assert re.fullmatch(rf"OCP-{consultation.play.edition}-\d{{4}}", receipt["receipt"])
    copied = [text for request in input_.answers["requests"] for text in (request["title"], request["description"])]
    said = [receipt["receipt"], "Nous avons bien reçu", "Demandes fermes", *copied]
    mail = mailbox.wait(input_.form["email"], saying=[" ".join(text.split()) for text in said])
    assert receipt["receipt"] in mailbox.read(mail["id"])["subject"]
    received = datetime.fromisoformat(receipt["received_at"])
    assert f"{received.astimezone(ACT.opening.GENEVA):%H:%M}" in mailbox.plain(mail["id"])
    assert f"{received:%H:%M}" in mailbox.plain(mail["id"])


def test_who_gets_the_event_without_personal_data(consultation: Any, input_: Any, who: Any):
    events = [event for event in who.events if event["type"] == "wsis.consultation.submission_received.v1"]
    assert any("who" not in event["data"]["agencies"] for event in events)  # not each line is of WHO
    [event] = [event["data"] for event in events if event["data"]["submission"] == input_.id]
    assert "who" in event["agencies"]
    assert event["region"] == "africa"
    assert HEALTH in event["action_lines"]
    assert 3 in event["sdgs"]
    assert event["requests"] == [{"kind": "workshop", "session_type": "thematic_workshop"}] * 2
    speakers = [speaker["name"] for request in input_.answers["requests"] for speaker in request["speakers"]]
    private = [input_.answers["full_name"], "@", input_.organization.name, *speakers]
    assert [text for text in private if text in str(event)] == []


def test_the_officer_sees_it_in_civil_society_and_in_its_region(consultation: Any, input_: Any, officer: Person):
    path, kind = f"{consultation.path}/submissions", {"stakeholder_type": "civil_society"}
    found = {row["receipt"] for row in officer.each(path, **kind, region="africa", action_line=HEALTH, sdg=3)}
    african = {row["receipt"] for row in officer.each(path, **kind, region="africa")}
    assert input_.receipt["receipt"] in found
    assert found <= african
    assert input_.receipt["receipt"] not in {row["receipt"] for row in officer.each(path, **kind, region="europe")}
    counts = officer.get(f"{path}/counts", **kind)
    assert {row["code"]: row["count"] for row in counts["region"]}["africa"] == len(african)
    assert counts["total"] == ACT.volumes.shares(consultation.volumes.inputs)["civil_society"]


def test_who_reads_what_names_its_line_without_contact(consultation: Any, input_: Any, who: Any):
    path = f"{consultation.path}/submissions"
    read = {row["id"] for row in who.person.each(path)}
    assert input_.id in read
    assert len(read) < consultation.volumes.inputs
    said = who.person.get(f"{path}/{input_.id}/input")
    assert [row["title"] for row in said["requests"]] == [row["title"] for row in input_.answers["requests"]]
    assert input_.form["email"] not in str(said)


def test_after_the_deadline_only_an_override_lets_an_amendment_in(
    consultation: Any, input_: Any, ngo: Person, officer: Person
):
    path, play = f"{consultation.path}/submissions/{input_.id}", consultation.play
    play.suite.mailbox.wait(ngo.email, saying=[ACT.opening.REASON])  # everybody concerned is told
    found = officer.get(path)
    assert (found["late"]["by"], found["late"]["reason"]) == (play.officer.account, ACT.opening.LATE)
    assert sorted(row["number"] for row in found["versions"]) == [1, 2]
    first, second = (ngo.get(path, version=number)["answers"] for number in (1, 2))
    assert (first["telephone"], second["telephone"]) == (input_.answers["telephone"], ACT.opening.TELEPHONE)
    with pytest.raises(Problem, match=r"consultation\.submissions_closed") as refused:  # it was for one amendment
        ngo.put(path, {"answers": first})
    assert refused.value.title == "Les soumissions sont closes"
    entries = [row for row in officer.each("/v1/audit") if row["reason"] == ACT.opening.LATE]
    assert play.officer.account in {row["actor"] for row in entries}
