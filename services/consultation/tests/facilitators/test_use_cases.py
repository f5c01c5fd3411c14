from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared import context
from wsis_shared.mongo import in_transaction
from wsis_testkit import make_context, refused, wait_for

from wsis_consultation.editions.store import Editions
from wsis_consultation.facilitators.schemas import nominations, selection
from wsis_consultation.facilitators.store import Candidates, Nominations
from wsis_consultation.facilitators.use_cases.nominations import NominationCases
from wsis_consultation.people.store import Contacts, LinkMails

from ..facilitator_kit import IN_TIME, WHY, body, consent, contacts, key_from, key_of, nominating, read, set_mechanisms

LATE = datetime(2016, 11, 20, 22, 0, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def accounts(fake_service: Any) -> None:
    fake_service("accounts", contacts=contacts)


@pytest.fixture(scope="module")
def coordinators(consultation: Any) -> dict[str, Any]:
    return set_mechanisms(consultation)


@pytest.fixture
def nominate(consultation: Any, coordinators: dict[str, Any]) -> Any:
    return nominating(consultation, coordinators)


def test_call_is_public_in_the_readers_language_with_the_deadline(consultation: Any) -> None:
    call = consultation.call("read_facilitator_call", at=IN_TIME, edition="2017", context={"locale": "es"})
    shown = nominations.Call().dump(call)
    assert (shown["closes_at"], shown["open"]) == ("2016-11-20T22:00:00Z", True)
    assert shown["text"].startswith("Se invita")
    assert consultation.call("read_facilitator_call", at=LATE, edition="2017")["open"] is False
    change = {"text": {"en": "Nominate."}, "bio_words": 100, **WHY}
    changed = consultation.call("change_facilitator_call", consultation.officer, edition="2017", body=change)
    assert (changed["text"], changed["bio_words"]) == ("Nominate.", 100)
    texts = nominations.Call().dump(changed)["texts"]
    assert (texts["en"], texts["es"]) == ("Nominate.", call["texts"]["es"]), "who edits reads all languages"


def test_coordinators_nominate_for_their_own_mechanism_until_the_deadline(
    consultation: Any, coordinators: dict[str, Any], nominate: Any
) -> None:
    made, _ = nominate("Ada Umutoni")
    assert (made["state"], made["consent"], made["late"]) == ("nominated", "asked", False)
    technical = coordinators["technical"]
    with refused("consultation.mechanism_unknown"):
        consultation.call("nominate", technical, at=IN_TIME, edition="2017", body=body("Li Wei"))
    with refused("consultation.nomination_invalid") as refusal:
        nominate("Li Wei", mechanism="technical", constituency="government")
    assert list(refusal.value.fields) == ["constituency"]
    with refused("consultation.nomination_invalid") as refusal:
        nominate("Li Wei", bio="word " * 300)
    assert list(refusal.value.fields) == ["bio"]
    with refused("consultation.nominations_closed"):
        nominate("Li Wei", at=LATE)
    listed = consultation.call("list_mechanisms", technical, edition="2017")
    assert [(row["id"], row["mine"]) for row in nominations.Mechanisms().dump(listed)["items"]] == [
        ("civil-society", False),
        ("technical", True),
    ]


def test_officer_files_a_late_nomination_with_a_reason(consultation: Any, coordinators: dict[str, Any]) -> None:
    sent = {**body("Late Candidate"), "reason": "The second call of the mechanism"}
    made = consultation.call("accept_nomination", consultation.officer, at=LATE, edition="2017", body=sent)
    assert made["late"] is True
    entry = wait_for(
        lambda: [
            event["data"]
            for event in consultation.published.of("action_taken")
            if event["data"]["action"] == "consultation.nomination_accepted"
        ]
    )[0]
    assert (entry["actor"], entry["after"], entry["reason"]) == (
        consultation.officer.id,
        {"late": True},
        "The second call of the mechanism",
    )


def test_candidate_decides_with_the_mailed_key_only(consultation: Any, nominate: Any, database: Any) -> None:
    made, candidate = nominate("Grace Okonkwo")
    event = {"edition": "2017", "candidate": candidate, "nomination": made["id"]}
    mail = consultation.call("consent_details", data=event)
    assert (mail["contact"]["email"], mail["contact"]["locale"]) == ("grace.okonkwo@ngo.example", "fr")
    assert mail["mechanism"] == "Civil Society Plenary"
    key = key_of(consultation, candidate)
    assert key not in str(consultation.published.events)
    assert key not in str(list(database("consultation")["candidates"].find({"_id": candidate})))
    seen = consultation.call("read_consent", edition="2017", candidate=candidate, body={"key": key})
    assert selection.Consent().dump(seen)["nominated_by"] == ["Civil Society Plenary"]
    for wrong in ("0" * 64, key[:-1], key + "0", "é"):
        with refused("consultation.candidate_unknown"):
            consultation.call(
                "decide_consent", edition="2017", candidate=candidate, body={"key": wrong, "decision": "given"}
            )
    assert consent(consultation, candidate)["consent"] == "given"
    # The mail is not written once the candidate has decided.
    with refused("consultation.candidate_unknown"):
        consultation.call("consent_details", data=event)


def test_five_nominations_of_four_people_become_four_facilitators(
    consultation: Any, coordinators: dict[str, Any], nominate: Any, database: Any
) -> None:
    """Scenario 13: one person is nominated by two mechanisms; both endorsements are kept."""
    people = [("Nadia Haddad", "EG", "female"), ("José Álvarez", "BO", "male"), ("Мария Иванова", "RU", "not_stated")]
    others = [nominate(name, country=country, gender=gender)[1] for name, country, gender in people]
    _, twin = nominate("Kwame Mensah", country="GH", gender="male", email="kwame@ngo.example")
    _, other_twin = nominate(
        "MENSAH, Kwame",
        mechanism="technical",
        constituency="academia",
        country="GH",
        gender="male",
        email="k.mensah@uni.example",
        endorsement="Teaches us all.",
    )
    suggested = consultation.call("list_duplicates", consultation.officer, edition="2017")
    pairs = [{row["one"]["id"], row["other"]["id"]} for row in selection.Duplicates().dump(suggested)["items"]]
    assert {twin, other_twin} in pairs
    for candidate in [*others, other_twin]:
        consent(consultation, candidate)
    confirm = {"candidates": [*others, twin], **WHY}
    with refused("consultation.consent_missing"):
        consultation.call("confirm_facilitators", consultation.officer, edition="2017", body=confirm)
    merged = consultation.call(
        "merge_candidates", consultation.officer, edition="2017", candidate=twin, body={"source": other_twin, **WHY}
    )
    shown = selection.WholeCandidate().dump(merged)
    assert [row["endorsement"] for row in shown["nominations"]] == ["Known to all of us.", "Teaches us all."]
    assert (shown["constituencies"], shown["consent"]) == (["academia", "civil_society"], "asked")
    consent(consultation, twin)
    confirmed = consultation.call("confirm_facilitators", consultation.officer, edition="2017", body=confirm)
    listed = selection.Facilitators().dump(confirmed)["items"]
    assert [row["full_name"] for row in listed] == [name for name, _, _ in people] + ["Kwame Mensah"]
    assert not {"email", "id", "gender"} & {name for row in listed for name in row}
    [event] = consultation.published.wait("facilitators_confirmed")
    assert event["data"] == {
        "edition": "2017",
        "count": 4,
        "constituencies": {"civil_society": 4, "academia": 1},
    }
    told = consultation.published.wait("candidate_confirmed", 4)
    [twice] = [row["data"] for row in told if row["data"]["candidate"] == twin]
    assert twice["accounts"] == sorted(who.id for who in coordinators.values())
    mail = consultation.call("candidate_details", data=twice)
    assert (mail["contact"]["email"], mail["high_level_days"]) == ("kwame@ngo.example", "13 juin 2017; 14 juin 2017")
    assert consultation.call("confirmation_details", data=twice) == {"candidate_names": "Kwame Mensah"}
    balance = consultation.call("read_balance", consultation.officer, edition="2017", confirmed=True)
    assert {row["code"]: row["count"] for row in balance["genders"]} == {
        "female": 1,
        "male": 2,
        "other": 0,
        "not_stated": 1,
    }
    # A facilitator who refuses leaves the public list.
    assert consultation.call("list_facilitators", edition="2017")["items"] != []
    twin_key = {"key": key_from(database, other_twin), "decision": "refused"}
    consultation.call("decide_consent", edition="2017", candidate=other_twin, body=twin_key)
    names = [row["full_name"] for row in consultation.call("list_facilitators", edition="2017")["items"]]
    assert "Kwame Mensah" not in names
    assert consultation.published.wait("facilitator_withdrawn")[0]["data"]["count"] == 3


def test_officers_filter_candidates(consultation: Any, nominate: Any) -> None:
    _, candidate = nominate("Sione Tupou", mechanism="technical", constituency="technical_community", country="TO")

    def listed(**filters: Any) -> list[str]:
        page = consultation.call(
            "list_candidates", consultation.officer, edition="2017", after=None, limit=100, **filters
        )
        return [row["full_name"] for row in selection.CandidatePage().dump(page)["items"]]

    assert listed(constituency="technical_community") == ["Sione Tupou"]
    assert listed(region="asia_pacific", mechanism="technical", consent="asked") == ["Sione Tupou"]
    assert listed(country="TO", gender="male") == []
    assert len(listed()) >= 1
    assert read(consultation, candidate)["region"] == "asia_pacific"


def test_withdrawn_facilitator_is_a_candidate_again(consultation: Any, nominate: Any) -> None:
    _, candidate = nominate("Ines Silva", country="PT")
    consent(consultation, candidate)
    officer = consultation.officer
    queues = {row["code"]: row["count"] for row in consultation.call("list_waiting", officer)["items"]}
    assert queues["candidates"] > 0
    consultation.call("confirm_facilitators", officer, edition="2017", body={"candidates": [candidate], **WHY})
    gone = consultation.call("withdraw_facilitator", officer, edition="2017", candidate=candidate, body=WHY)
    assert gone["state"] == "nominated"
    with refused("consultation.candidate_state"):
        consultation.call("withdraw_facilitator", officer, edition="2017", candidate=candidate, body=WHY)
    with refused("consultation.candidate_unknown"):
        consultation.call("confirm_facilitators", officer, edition="2017", body={"candidates": ["none"], **WHY})


def test_an_officer_corrects_the_name_of_a_facilitator(consultation: Any, nominate: Any) -> None:
    _, candidate = nominate("Ines Sliva", country="PT")
    consent(consultation, candidate)
    officer = consultation.officer
    consultation.call("confirm_facilitators", officer, edition="2017", body={"candidates": [candidate], **WHY})
    announced = len(consultation.published.of("facilitators_confirmed"))
    body = {"full_name": "Inês Silva", "reason": "Her name was misspelt"}
    for _ in range(2):
        whole = consultation.call(
            "correct_candidate_name", officer, edition="2017", candidate=candidate, body=body, at="programme"
        )
    assert [row["given_name"] for row in whole["nominations"]] == ["Ines Sliva"], "as it was written"
    listed = consultation.call("list_facilitators", edition="2017")["items"]
    assert {"Inês Silva"} == {row["full_name"] for row in listed if row["_id"] == candidate}
    consultation.published.wait("facilitators_confirmed", announced + 1)  # copies of the list are read anew

    def entries() -> list[Any]:
        rows = [event["data"] for event in consultation.published.of("action_taken")]
        return [row for row in rows if row["action"] == "consultation.candidate_renamed"]

    [entry] = wait_for(entries, what="the entry in the audit log")
    assert (entry["reason"], "Silva" in str(entry)) == ("Her name was misspelt", False)


def test_accounts_is_asked_before_anything_is_written(
    consultation: Any, coordinators: dict[str, Any], database: Any
) -> None:
    db = database("consultation")
    store, last_numbers = Nominations(db), []

    def last_number() -> int:
        return int(store.call(Editions(db).find("2017"))["last_number"])

    class Accounts:
        def contacts(self, ids: list[str]) -> list[dict[str, Any]]:
            last_numbers.append(last_number())
            return []

    cases = NominationCases(Editions(db), store, Candidates(db), Contacts(db), LinkMails(db), Accounts())
    before, ctx = last_number(), make_context(coordinators["technical"], received_at=IN_TIME)
    sent = body("Maria Silva", mechanism="technical", constituency="academia", **WHY)
    for handle in (cases.nominate, cases.accept_nomination):
        with context.use(ctx):
            in_transaction(lambda handle=handle: handle(ctx, "2017", sent))
    assert last_numbers == [before, before + 1]


def test_a_mechanism_that_is_made_has_an_id_of_its_own_and_can_be_changed(consultation: Any) -> None:
    """Last here: others list the mechanisms."""
    given = {"name": "Group of 77", "constituencies": ["government"], "coordinators": [], **WHY}
    first, second = (
        nominations.ManagedMechanism().dump(
            consultation.call("make_mechanism", consultation.officer, edition="2017", body=given)
        )
        for _ in range(2)
    )
    assert first["id"] != second["id"], "the second one replaces nothing"
    named = {"edition": "2017", "mechanism": first["id"]}
    consultation.call("set_mechanism", consultation.officer, **named, body={**given, "name": "G77 and China"})
    found = nominations.ManagedMechanism().dump(consultation.call("read_mechanism", **named))
    assert (found["name"], found["version"]) == ("G77 and China", first["version"] + 1)
    with refused("consultation.version_changed", version=found["version"]):
        stale = {**given, "base": first["version"]}
        consultation.call("set_mechanism", consultation.officer, **named, body=stale)
    with refused("consultation.edition_unknown"):
        consultation.call("make_mechanism", consultation.officer, edition="1999", body=given)
