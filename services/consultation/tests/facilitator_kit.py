"""Mechanisms that nominate facilitators, and candidates who decide."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from wsis_testkit import actor, wait_for

from wsis_consultation.facilitators.schemas import nominations, selection
from wsis_consultation.facilitators.store import Candidates

IN_TIME = datetime(2016, 11, 20, 21, 59, 59, tzinfo=UTC)
WHY = {"reason": "Checked"}


def contacts(ids: list[str]) -> list[dict[str, Any]]:
    return [{"account": id, "email": f"{id}@mechanism.example", "names": "A Coordinator", "locale": "en"} for id in ids]


def set_mechanisms(consultation: Any) -> dict[str, Any]:
    """Coordinators of two mechanisms, by mechanism."""
    found = {"civil-society": actor("coordinator"), "technical": actor("coordinator")}
    names = {
        "civil-society": ("Civil Society Plenary", ["civil_society"]),
        "technical": ("Technical Community Group", ["technical_community", "academia"]),
    }
    for mechanism, who in found.items():
        name, constituencies = names[mechanism]
        body = {"name": name, "constituencies": constituencies, "coordinators": [who.id], **WHY}
        consultation.call("set_mechanism", consultation.officer, edition="2017", mechanism=mechanism, body=body)
    return found


def body(name: str, **more: Any) -> dict[str, Any]:
    return {
        "mechanism": "civil-society",
        "constituency": "civil_society",
        "full_name": name,
        "organization": "Digital NGO",
        "country": "RW",
        "gender": "female",
        "bio": "Twenty years of work for the information society.",
        "language": "en",
        "email": f"{re.sub('[^a-z]', '.', name.lower())}@ngo.example",
        "locale": "fr",
        "endorsement": "Known to all of us.",
        **more,
    }


def nominating(consultation: Any, coordinators: dict[str, Any]) -> Any:
    """Nominates, and returns what the nominator sees and the id of the candidate."""

    def one(name: str, *, at: datetime = IN_TIME, **more: Any) -> tuple[dict[str, Any], str]:
        sent = body(name, **more)
        made = consultation.call("nominate", coordinators[sent["mechanism"]], at=at, edition="2017", body=sent)
        event = wait_for(
            lambda: [
                event["data"]
                for event in consultation.published.of("nomination_received")
                if event["data"]["nomination"] == made["id"]
            ]
        )[0]
        return nominations.Nomination().dump(made), event["candidate"]

    return one


def key_of(consultation: Any, candidate: str) -> str:
    """The key in the mail that asks a candidate for consent."""
    [event] = [
        row["data"] for row in consultation.published.of("nomination_received") if row["data"]["candidate"] == candidate
    ]
    mail = consultation.call("consent_details", data=event)
    path, _, secret = mail["url"].partition("#")
    assert path.endswith("/consultations/2017/consent")  # browsers send no server what follows the #
    id, key = secret.split(".")
    assert id == candidate
    return str(key)


def consent(consultation: Any, candidate: str, decision: str = "given") -> dict[str, Any]:
    sent = {"key": key_of(consultation, candidate), "decision": decision}
    decided = consultation.call("decide_consent", edition="2017", candidate=candidate, body=sent)
    return selection.Consent().dump(decided)


def read(consultation: Any, candidate: str) -> dict[str, Any]:
    found = consultation.call("read_candidate", consultation.officer, edition="2017", candidate=candidate)
    return selection.WholeCandidate().dump(found)


def key_from(database: Any, candidate: str) -> str:
    """The key that was mailed before the candidate decided."""
    store = Candidates(database("consultation"))
    return store.consent_key(store.find("2017", candidate))
