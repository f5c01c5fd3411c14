"""Scenario 11: an NGO sends the official form in French with two binding requests; the receipt, WHO, the officer; and
after the deadline only an officer's override lets an amendment in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import wsis_testkit
from wsis_testkit import wait_for

from wsis_demo import phases
from wsis_demo.acts.of_services import act_of
from wsis_demo.client import Person, Problem

EDITION = "2061"
HEALTH, CULTURE = "C7.e-health", "C8"
NGO = {
    "email": "fatou@sante-pour-tous.example",
    "given_name": "Fatou",
    "family_name": "N'Diaye",
    "country": "SN",
    "stakeholder_type": "civil_society",
    "organization": "Santé pour tous",
    "locale": "fr",
}
DESCRIPTION = (
    "L'atelier présente trois projets de télémédecine au Sénégal et au Mali, compare leurs coûts et demande ce qui les "
    "a fait durer au-delà de la première subvention."
)


def _workshop(title: str, line: str, sdg: int) -> dict[str, Any]:
    return {
        "kind": "workshop",
        "session_type": "thematic_workshop",
        "title": title,
        "description": DESCRIPTION,
        "action_lines": [line],
        "sdgs": [sdg],
        "speakers": [{"name": "Dr Awa Sow", "organization": "Clinique de Thiès"}],
    }


def _answers(who: dict[str, Any], *requests: dict[str, Any]) -> dict[str, Any]:
    return {
        "full_name": f"{who['given_name']} {who['family_name']}",
        "organization_name": who["organization"],
        "organization_country": who["country"],
        "stakeholder_type": who["stakeholder_type"],
        "kind": "form",
        "requests": list(requests),
    }


@pytest.fixture(scope="module")
def published(stage: Any) -> Iterator[Any]:
    """What a subscriber of the consultation's events gets from now on."""
    events, thread = wsis_testkit.collect(stage.environment["WSIS_AMQP_URI"], "consultation")
    yield events
    thread.stop()


@pytest.fixture(scope="module")
def consultation(new_consultation: Any) -> Any:
    """Open for submissions."""
    return new_consultation(EDITION)


@pytest.fixture(scope="module")
def ngo(consultation: Any, suite: Any) -> Person:
    return suite.register(NGO)


@pytest.fixture(scope="module")
def receipt(consultation: Any, published: Any, ngo: Person) -> dict[str, Any]:
    """Two binding requests, one for C7 e-health and SDG 3."""
    answers = _answers(
        NGO,
        _workshop("La télémédecine pour les dispensaires isolés", HEALTH, 3),
        _workshop("Les archives numériques du patrimoine oral", CULTURE, 4),
    )
    return dict(ngo.post(f"{consultation.path}/submissions", {"answers": answers, "language": "fr"}))


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


def test_what_is_missing_is_named_field_by_field_in_french(consultation: Any, ngo: Person):
    answers = _answers(NGO, _workshop("Sans description", HEALTH, 3) | {"description": "Trop court"})
    answers["organization_country"] = ""
    with pytest.raises(Problem, match=r"consultation\.answers_invalid") as refused:
        ngo.post(f"{consultation.path}/submissions", {"answers": answers})
    fields = {name.removeprefix("answers."): messages for name, messages in refused.value.errors.items()}
    assert {"organization_country", "requests.0.description"} == set(fields)
    assert "20" in fields["requests.0.description"][0]  # the fewest words
    assert all("mot" in message or "obligatoire" in message for messages in fields.values() for message in messages)


def test_the_receipt_is_in_french_with_a_copy(consultation: Any, ngo: Person, receipt: dict[str, Any], suite: Any):
    assert receipt["receipt"] == f"OCP-{EDITION}-0001"
    received = datetime.fromisoformat(receipt["received_at"])
    mail = suite.mailbox.wait(
        ngo.email,
        saying=[receipt["receipt"], "Nous avons bien reçu", "Demandes fermes", "La télémédecine", DESCRIPTION],
    )
    assert receipt["receipt"] in suite.mailbox.read(mail["id"])["subject"]
    assert f"{received.astimezone(act_of('consultation').opening.GENEVA):%H:%M}" in suite.mailbox.plain(mail["id"])
    assert f"{received:%H:%M}" in suite.mailbox.plain(mail["id"])


def test_the_queue_of_who_gets_the_event_without_personal_data(
    consultation: Any, published: Any, receipt: dict[str, Any], people: Any
):
    other = people.member(country="RW", stakeholder_type="academia", organization="Université de Kigali")
    profile = {
        "given_name": "A",
        "family_name": "B",
        "country": "RW",
        "stakeholder_type": "academia",
        "organization": "U",
    }
    body = {"answers": _answers(profile, _workshop("Archives", CULTURE, 4)), "language": "fr"}
    other.post(f"{consultation.path}/submissions", body)

    def data() -> list[dict[str, Any]]:
        rows = [event["data"] for event in published.of("submission_received")]
        return [row for row in rows if row["edition"] == EDITION]

    wait_for(lambda: len(data()) == 2, what="both events")
    [event] = [row for row in data() if "who" in row["agencies"]]
    assert (event["submission"], event["number"], event["region"]) == (receipt["id"], 1, "africa")
    assert HEALTH in event["action_lines"]
    assert 3 in event["sdgs"]
    assert event["requests"] == [{"kind": "workshop", "session_type": "thematic_workshop"}] * 2
    assert not any(private in str(event) for private in ("Fatou", "@", "Santé pour tous", "Awa"))


def test_the_officer_sees_it_in_civil_society_and_in_its_region(
    consultation: Any, officer: Person, receipt: dict[str, Any]
):
    path = f"{consultation.path}/submissions"
    found = list(officer.each(path, stakeholder_type="civil_society", region="africa", action_line=HEALTH, sdg=3))
    assert [row["receipt"] for row in found] == [receipt["receipt"]]
    assert list(officer.each(path, stakeholder_type="civil_society", region="europe")) == []
    counts = officer.get(f"{path}/counts", stakeholder_type="civil_society")
    assert [(row["code"], row["count"]) for row in counts["region"] if row["count"]] == [("africa", 1)]


def test_who_reads_what_names_its_line_without_contact(
    consultation: Any, people: Any, officer: Person, receipt: dict[str, Any]
):
    who = people.with_role("agency")
    path = f"{consultation.path}/submissions"
    assert [row["id"] for row in who.each(path)] == [receipt["id"]]
    said = who.get(f"{path}/{receipt['id']}/input")
    assert [row["title"] for row in said["requests"]][0] == "La télémédecine pour les dispensaires isolés"
    assert NGO["email"] not in str(said)


def test_after_the_deadline_only_an_override_lets_an_amendment_in(
    consultation: Any, officer: Person, ngo: Person, receipt: dict[str, Any], suite: Any
):
    path = f"{consultation.path}/submissions/{receipt['id']}"
    sent = ngo.get(path)["answers"]
    closed = phases.now()
    reason = "Le délai est écoulé"
    moved = {"end": closed.isoformat(), "reason": reason}
    officer.put(f"{consultation.path}/phases/submissions_deadline", moved)
    suite.mailbox.wait(ngo.email, saying=[reason])  # everybody concerned is told
    amended = {"answers": {**sent, "hl_topics": "La santé numérique"}}
    with pytest.raises(Problem, match=r"consultation\.submissions_closed") as refused:
        ngo.put(path, amended)
    assert refused.value.title == "Les soumissions sont closes"
    assert ngo.get(path)["version"] == 1
    until = (phases.now() + timedelta(hours=1)).isoformat()
    why = "Santé pour tous n'avait pas de connexion"
    officer.put(f"{path}/override", {"reason": why, "expires_at": until})
    assert ngo.put(path, amended)["version"] == 2
    found = officer.get(path)
    assert (found["late"]["by"], found["late"]["reason"]) == (officer.account, why)
    assert [row["number"] for row in found["versions"]] in ([1, 2], [2, 1])
    assert "hl_topics" not in ngo.get(path, version=1)["answers"]
    with pytest.raises(Problem, match=r"consultation\.submissions_closed"):  # the override was for one amendment
        ngo.put(path, {"answers": {**sent, "hl_topics": "Autre chose"}})
    entry = wait_for(
        lambda: next((row for row in officer.each("/v1/audit") if row["reason"] == why), None), what="the audit"
    )
    assert entry["actor"] == officer.account
