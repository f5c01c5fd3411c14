"""Two candidates who are one person: each mailbox keeps what it decided."""

from __future__ import annotations

from typing import Any

import pytest
from wsis_testkit import refused

from wsis_consultation.facilitators.schemas import selection

from ..facilitator_kit import WHY, consent, contacts, key_from, nominating, read, set_mechanisms


@pytest.fixture(scope="module", autouse=True)
def accounts(fake_service: Any) -> None:
    fake_service("accounts", contacts=contacts)


@pytest.fixture(scope="module")
def nominate(consultation: Any) -> Any:
    return nominating(consultation, set_mechanisms(consultation))


@pytest.fixture
def merge(consultation: Any) -> Any:
    """Merges `source` into `kept`; returns the candidate as officers see them."""

    def of(kept: str, source: str) -> dict[str, Any]:
        merged = consultation.call(
            "merge_candidates", consultation.officer, edition="2017", candidate=kept, body={"source": source, **WHY}
        )
        return selection.WholeCandidate().dump(merged)

    return of


def decide(consultation: Any, database: Any, candidate: str, decision: str) -> dict[str, Any]:
    """By the link that was mailed first."""
    sent = {"key": key_from(database, candidate), "decision": decision}
    return selection.Consent().dump(consultation.call("decide_consent", edition="2017", candidate=candidate, body=sent))


def asked_again(consultation: Any, candidate: str) -> list[dict[str, Any]]:
    return [
        row["data"] for row in consultation.published.of("consent_requested") if row["data"]["candidate"] == candidate
    ]


@pytest.mark.parametrize("kept", ["refused", "given"])
def test_a_refusal_survives_the_merge_with_a_mailbox_of_the_nominator(
    consultation: Any, nominate: Any, merge: Any, database: Any, kept: str
) -> None:
    """Whichever of the two an officer keeps, and whatever the other mailbox says afterwards."""
    _, victim = nominate(f"Vera Kant {kept}", country="DE")
    consent(consultation, victim, "refused")
    _, made_up = nominate(f"Kant {kept}, Vera", country="DE", email=f"mine-{kept}@nominator.example")
    consent(consultation, made_up, "given")
    target, source = (victim, made_up) if kept == "refused" else (made_up, victim)
    merged = merge(target, source)
    assert merged["consent"] == "refused"
    assert {(row["email"].partition("@")[2], row["consent"]) for row in merged["mailboxes"]} == {
        ("ngo.example", "refused"),
        ("nominator.example", "given"),
    }
    decide(consultation, database, made_up, "given")
    assert read(consultation, target)["consent"] == "refused"
    with refused("consultation.consent_missing"):
        consultation.call(
            "confirm_facilitators", consultation.officer, edition="2017", body={"candidates": [target], **WHY}
        )
    assert asked_again(consultation, target) == []


def test_officers_see_both_addresses_and_decisions_before_a_merge(consultation: Any, nominate: Any) -> None:
    _, one = nominate("Olga Petrova", country="RU")
    consent(consultation, one, "refused")
    _, other = nominate("Petrova, Olga", country="RU", email="other@nominator.example")
    pairs = selection.Duplicates().dump(consultation.call("list_duplicates", consultation.officer, edition="2017"))
    [pair] = [row for row in pairs["items"] if {row["one"]["id"], row["other"]["id"]} == {one, other}]
    shown = {(row["email"], row["consent"], row["consent_at"] is None) for row in (pair["one"], pair["other"])}
    assert shown == {("olga.petrova@ngo.example", "refused", False), ("other@nominator.example", "asked", True)}


def test_the_kept_address_is_asked_and_the_consent_of_another_is_not_borrowed(
    consultation: Any, nominate: Any, merge: Any, database: Any
) -> None:
    _, kept = nominate("Hana Sato", country="JP")
    _, other = nominate("Sato Hana", country="JP", email="hana@other.example")
    consent(consultation, other, "given")
    assert merge(kept, other)["consent"] == "asked"
    [event] = consultation.published.wait("consent_requested")
    mail = consultation.call("consent_details", data=event["data"])
    assert mail["contact"]["email"] == "hana.sato@ngo.example"
    # The link that the other mailbox got still works, for its own decision.
    assert decide(consultation, database, other, "given")["consent"] == "given"
    assert read(consultation, kept)["consent"] == "asked"
    assert decide(consultation, database, kept, "given")["consent"] == "given"
    assert read(consultation, kept)["consent"] == "given"
    assert decide(consultation, database, other, "refused")["consent"] == "refused"
    assert read(consultation, kept)["consent"] == "refused"


def test_merge_can_be_undone(consultation: Any, nominate: Any, merge: Any) -> None:
    _, one = nominate("Fatima Zahra", country="MA")
    _, other = nominate("Zahra Fatima", country="MA", email="other@ngo.example", endorsement="Second.")
    consent(consultation, other)
    before = (read(consultation, one), read(consultation, other))
    merged = merge(one, other)
    assert read(consultation, other)["state"] == "merged"
    with refused("consultation.candidate_state"):
        merge(other, one)
    undo = merged["merges"][0]["id"]
    consultation.call("undo_merge", consultation.officer, edition="2017", merge=undo, body=WHY)
    assert (read(consultation, one), read(consultation, other)) == before
    with refused("consultation.merge_unknown"):
        consultation.call("undo_merge", consultation.officer, edition="2017", merge=undo, body=WHY)


def test_merges_are_undone_in_any_order_and_a_refusal_goes_with_who_refused(
    consultation: Any, nominate: Any, merge: Any
) -> None:
    _, kept = nominate("Amara Diallo", country="SN")
    consent(consultation, kept)
    consultation.call("confirm_facilitators", consultation.officer, edition="2017", body={"candidates": [kept], **WHY})
    sources = [nominate(name, country="SN", email=f"{name[-1]}@sn.example")[1] for name in ("Amara D", "Diallo A")]
    consent(consultation, sources[0], "refused")
    withdrawn = len(consultation.published.of("facilitator_withdrawn"))
    merges = [next(row["id"] for row in merge(kept, source)["merges"] if row["source"] == source) for source in sources]
    consultation.published.wait("facilitator_withdrawn", withdrawn + 1)
    assert "Amara Diallo" not in str(consultation.call("list_facilitators", edition="2017"))
    for one in merges:
        consultation.call("undo_merge", consultation.officer, edition="2017", merge=one, body=WHY)
    assert read(consultation, kept)["consent"] == "given"
    assert "Amara Diallo" in str(consultation.call("list_facilitators", edition="2017"))


def test_the_consent_of_a_merge_of_before_is_asked_for_anew(
    consultation: Any, nominate: Any, merge: Any, database: Any
) -> None:
    """Then the last decision of either mailbox counted, and nobody kept whose it was."""
    _, kept = nominate("Rosa Lima", country="PE")
    _, other = nominate("Lima, Rosa", country="PE", email="rosa@other.example")
    consent(consultation, other)
    undo = merge(kept, other)["merges"][0]["id"]
    borrowed = {"$set": {"consent": "given"}, "$unset": {"own_consent": 1}}
    database("consultation")["candidates"].update_one({"_id": kept}, borrowed)
    before = len(asked_again(consultation, kept))
    undone = consultation.call("undo_merge", consultation.officer, edition="2017", merge=undo, body=WHY)
    assert undone["consent"] == "asked"
    consultation.published.wait("consent_requested", before + 1)
    assert read(consultation, other)["consent"] == "given"
