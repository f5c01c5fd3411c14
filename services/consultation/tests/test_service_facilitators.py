from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared import context
from wsis_shared.errors import Conflict, Invalid, NotFound
from wsis_shared.mongo import in_transaction
from wsis_testkit import actor, make_context, publish, wait_for

from wsis_consultation.schemas.facilitators import nominations, selection
from wsis_consultation.store.contacts import Contacts
from wsis_consultation.store.editions import Editions
from wsis_consultation.store.facilitators import Candidates, Nominations
from wsis_consultation.store.link_mails import LinkMails
from wsis_consultation.use_cases.facilitators.nominations import NominationCases

LATE = datetime(2016, 11, 20, 22, 0, tzinfo=UTC)
IN_TIME = datetime(2016, 11, 20, 21, 59, 59, tzinfo=UTC)
WHY = {"reason": "Checked"}


@pytest.fixture(scope="module", autouse=True)
def accounts(fake_service: Any) -> None:
    fake_service("accounts", contacts=lambda ids: [
        {"account": id, "email": f"{id}@mechanism.example", "names": "A Coordinator", "locale": "en"} for id in ids
    ])  # fmt: skip


@pytest.fixture(scope="module")
def coordinators(consultation: Any) -> dict[str, Any]:
    """Coordinators of two mechanisms, by mechanism."""
    found = {"civil-society": actor("coordinator"), "technical": actor("coordinator")}
    names = {"civil-society": ("Civil Society Plenary", ["civil_society"]),
             "technical": ("Technical Community Group", ["technical_community", "academia"])}  # fmt: skip
    for mechanism, who in found.items():
        name, constituencies = names[mechanism]
        body = {"name": name, "constituencies": constituencies, "coordinators": [who.id], **WHY}
        consultation.call("set_mechanism", consultation.officer, edition="2017", mechanism=mechanism, body=body)
    return found


def body(name: str, **more: Any) -> dict[str, Any]:
    return {
        "mechanism": "civil-society", "constituency": "civil_society", "full_name": name, "organization": "Digital NGO",
        "country": "RW", "gender": "female", "bio": "Twenty years of work for the information society.",
        "language": "en", "email": f"{re.sub('[^a-z]', '.', name.lower())}@ngo.example", "locale": "fr",
        "endorsement": "Known to all of us.", **more,
    }  # fmt: skip


@pytest.fixture
def nominate(consultation: Any, coordinators: dict[str, Any]) -> Any:
    """Nominates, and returns what the nominator sees and the id of the candidate."""

    def one(name: str, *, at: datetime = IN_TIME, **more: Any) -> tuple[dict[str, Any], str]:
        sent = body(name, **more)
        made = consultation.call("nominate", coordinators[sent["mechanism"]], at=at, edition="2017", body=sent)
        event = wait_for(lambda: [
            event["data"] for event in consultation.published.of("nomination_received")
            if event["data"]["nomination"] == made["id"]
        ])[0]  # fmt: skip
        return nominations.Nomination().dump(made), event["candidate"]

    return one


def key_of(consultation: Any, candidate: str) -> str:
    """The key in the mail that asks a candidate for consent."""
    [event] = [row["data"] for row in consultation.published.of("nomination_received")
               if row["data"]["candidate"] == candidate]  # fmt: skip
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


def test_call_is_public_in_the_readers_language_with_the_deadline(consultation: Any) -> None:
    call = consultation.call("read_facilitator_call", at=IN_TIME, edition="2017", context={"locale": "es"})
    shown = nominations.Call().dump(call)
    assert (shown["closes_at"], shown["open"]) == ("2016-11-20T22:00:00Z", True)
    assert shown["text"].startswith("Se invita")
    assert consultation.call("read_facilitator_call", at=LATE, edition="2017")["open"] is False
    change = {"text": {"en": "Nominate."}, "bio_words": 100, **WHY}
    changed = consultation.call("change_facilitator_call", consultation.officer, edition="2017", body=change)
    assert (changed["text"], changed["bio_words"]) == ("Nominate.", 100)


def test_coordinators_nominate_for_their_own_mechanism_until_the_deadline(
    consultation: Any, coordinators: dict[str, Any], nominate: Any
) -> None:
    made, _ = nominate("Ada Umutoni")
    assert (made["state"], made["consent"], made["late"]) == ("nominated", "asked", False)
    technical = coordinators["technical"]
    with pytest.raises(NotFound, match="consultation.mechanism_unknown"):
        consultation.call("nominate", technical, at=IN_TIME, edition="2017", body=body("Li Wei"))
    with pytest.raises(Invalid) as refused:
        nominate("Li Wei", mechanism="technical", constituency="government")
    assert list(refused.value.fields) == ["constituency"]
    with pytest.raises(Invalid) as refused:
        nominate("Li Wei", bio="word " * 300)
    assert list(refused.value.fields) == ["bio"]
    with pytest.raises(Conflict, match="consultation.nominations_closed"):
        nominate("Li Wei", at=LATE)
    listed = consultation.call("list_mechanisms", technical, edition="2017")
    assert [(row["id"], row["mine"]) for row in nominations.Mechanisms().dump(listed)["items"]] == [
        ("civil-society", False), ("technical", True),
    ]  # fmt: skip


def test_officer_files_a_late_nomination_with_a_reason(consultation: Any, coordinators: dict[str, Any]) -> None:
    sent = {**body("Late Candidate"), "reason": "The second call of the mechanism"}
    made = consultation.call("accept_nomination", consultation.officer, at=LATE, edition="2017", body=sent)
    assert made["late"] is True
    entry = wait_for(lambda: [
        event["data"] for event in consultation.published.of("action_taken")
        if event["data"]["action"] == "consultation.nomination_accepted"
    ])[0]  # fmt: skip
    assert (entry["actor"], entry["after"], entry["reason"]) == (
        consultation.officer.id, {"late": True}, "The second call of the mechanism",
    )  # fmt: skip


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
        with pytest.raises(NotFound, match="consultation.candidate_unknown"):
            consultation.call("decide_consent", edition="2017", candidate=candidate,
                              body={"key": wrong, "decision": "given"})  # fmt: skip
    assert consent(consultation, candidate)["consent"] == "given"
    # The mail is not written once the candidate has decided.
    with pytest.raises(NotFound):
        consultation.call("consent_details", data=event)


def test_five_nominations_of_four_people_become_four_facilitators(
    consultation: Any, coordinators: dict[str, Any], nominate: Any, database: Any
) -> None:
    """Scenario 13: one person is nominated by two mechanisms; both endorsements are kept."""
    people = [("Nadia Haddad", "EG", "female"), ("José Álvarez", "BO", "male"), ("Мария Иванова", "RU", "not_stated")]
    others = [nominate(name, country=country, gender=gender)[1] for name, country, gender in people]
    _, twin = nominate("Kwame Mensah", country="GH", gender="male", email="kwame@ngo.example")
    _, other_twin = nominate(
        "MENSAH, Kwame", mechanism="technical", constituency="academia", country="GH", gender="male",
        email="k.mensah@uni.example", endorsement="Teaches us all.",
    )  # fmt: skip
    suggested = consultation.call("list_duplicates", consultation.officer, edition="2017")
    pairs = [{row["one"]["id"], row["other"]["id"]} for row in selection.Duplicates().dump(suggested)["items"]]
    assert {twin, other_twin} in pairs
    for candidate in [*others, other_twin]:
        consent(consultation, candidate)
    confirm = {"candidates": [*others, twin], **WHY}
    with pytest.raises(Conflict, match="consultation.consent_missing"):
        consultation.call("confirm_facilitators", consultation.officer, edition="2017", body=confirm)
    merged = consultation.call("merge_candidates", consultation.officer, edition="2017", candidate=twin,
                               body={"source": other_twin, **WHY})  # fmt: skip
    shown = selection.WholeCandidate().dump(merged)
    assert [row["endorsement"] for row in shown["nominations"]] == ["Known to all of us.", "Teaches us all."]
    assert (shown["constituencies"], shown["consent"]) == (["academia", "civil_society"], "given")
    confirmed = consultation.call("confirm_facilitators", consultation.officer, edition="2017", body=confirm)
    listed = selection.Facilitators().dump(confirmed)["items"]
    assert [row["full_name"] for row in listed] == [name for name, _, _ in people] + ["Kwame Mensah"]
    assert not {"email", "id", "gender"} & {name for row in listed for name in row}
    [event] = consultation.published.wait("facilitators_confirmed")
    assert event["data"] == {
        "edition": "2017", "count": 4, "constituencies": {"civil_society": 4, "academia": 1},
    }  # fmt: skip
    told = consultation.published.wait("candidate_confirmed", 4)
    [twice] = [row["data"] for row in told if row["data"]["candidate"] == twin]
    assert twice["accounts"] == sorted(who.id for who in coordinators.values())
    mail = consultation.call("candidate_details", data=twice)
    assert (mail["contact"]["email"], mail["high_level_days"]) == ("kwame@ngo.example", "13 juin 2017; 14 juin 2017")
    assert consultation.call("confirmation_details", data=twice) == {"candidate_names": "Kwame Mensah"}
    balance = consultation.call("read_balance", consultation.officer, edition="2017", confirmed=True)
    assert {row["code"]: row["count"] for row in balance["genders"]} == {
        "female": 1, "male": 2, "other": 0, "not_stated": 1,
    }  # fmt: skip
    # A facilitator who refuses leaves the public list.
    assert consultation.call("list_facilitators", edition="2017")["items"] != []
    twin_key = {"key": key_from(database, other_twin), "decision": "refused"}
    consultation.call("decide_consent", edition="2017", candidate=other_twin, body=twin_key)
    names = [row["full_name"] for row in consultation.call("list_facilitators", edition="2017")["items"]]
    assert "Kwame Mensah" not in names
    assert consultation.published.wait("facilitator_withdrawn")[0]["data"]["count"] == 3


def key_from(database: Any, candidate: str) -> str:
    """The key that was mailed before the candidate decided."""
    from wsis_consultation.store.facilitators import Candidates

    store = Candidates(database("consultation"))
    return store.consent_key(store.find("2017", candidate))


def test_merge_can_be_undone(consultation: Any, nominate: Any) -> None:
    _, one = nominate("Fatima Zahra", country="MA")
    _, other = nominate("Zahra Fatima", country="MA", email="other@ngo.example", endorsement="Second.")
    consent(consultation, other)
    before = (read(consultation, one), read(consultation, other))
    merged = consultation.call("merge_candidates", consultation.officer, edition="2017", candidate=one,
                               body={"source": other, **WHY})  # fmt: skip
    assert read(consultation, other)["state"] == "merged"
    with pytest.raises(Conflict, match="consultation.candidate_state"):
        consultation.call("merge_candidates", consultation.officer, edition="2017", candidate=other,
                          body={"source": one, **WHY})  # fmt: skip
    merge = merged["merges"][0]["id"]
    consultation.call("undo_merge", consultation.officer, edition="2017", merge=merge, body=WHY)
    assert (read(consultation, one), read(consultation, other)) == before
    with pytest.raises(NotFound, match="consultation.merge_unknown"):
        consultation.call("undo_merge", consultation.officer, edition="2017", merge=merge, body=WHY)


def test_merges_are_undone_from_the_last_and_a_borrowed_consent_goes_with_them(
    consultation: Any, nominate: Any
) -> None:
    """Undone in another order, the later merge would bring back a consent that somebody else gave."""
    officer, (_, target) = consultation.officer, nominate("Amara Diallo", country="SN")
    sources = [nominate(name, country="SN", email=f"{name[-1]}@sn.example")[1] for name in ("Amara D", "Diallo A")]
    consent(consultation, sources[0])
    for day, source in enumerate(sources, 2):
        consultation.call("merge_candidates", officer, at=datetime(2016, 12, day, tzinfo=UTC), edition="2017",
                          candidate=target, body={"source": source, **WHY})  # fmt: skip
    consultation.call("confirm_facilitators", officer, edition="2017", body={"candidates": [target], **WHY})
    first, last = sorted(read(consultation, target)["merges"], key=lambda merge: merge["at"])
    with pytest.raises(Conflict, match="consultation.merge_not_last"):
        consultation.call("undo_merge", officer, edition="2017", merge=first["id"], body=WHY)
    withdrawn = len(consultation.published.of("facilitator_withdrawn"))
    for merge in (last, first):
        consultation.call("undo_merge", officer, edition="2017", merge=merge["id"], body=WHY)
    assert read(consultation, target)["consent"] == "asked"
    assert "Amara Diallo" not in str(consultation.call("list_facilitators", edition="2017"))
    consultation.published.wait("facilitator_withdrawn", withdrawn + 1)


def test_officers_filter_candidates(consultation: Any, nominate: Any) -> None:
    _, candidate = nominate("Sione Tupou", mechanism="technical", constituency="technical_community", country="TO")

    def listed(**filters: Any) -> list[str]:
        page = consultation.call("list_candidates", consultation.officer, edition="2017", after=None, limit=100,
                                 **filters)  # fmt: skip
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
    consultation.call("confirm_facilitators", officer, edition="2017", body={"candidates": [candidate], **WHY})
    gone = consultation.call("withdraw_facilitator", officer, edition="2017", candidate=candidate, body=WHY)
    assert gone["state"] == "nominated"
    with pytest.raises(Conflict, match="consultation.candidate_state"):
        consultation.call("withdraw_facilitator", officer, edition="2017", candidate=candidate, body=WHY)
    with pytest.raises(NotFound, match="consultation.candidate_unknown"):
        consultation.call("confirm_facilitators", officer, edition="2017", body={"candidates": ["none"], **WHY})


def test_erased_coordinator_is_forgotten_and_the_nominations_stay(consultation: Any, amqp_client: Any) -> None:
    officer, leaver = consultation.officer, actor("coordinator")
    sent = {"name": "Youth", "constituencies": ["civil_society"], "coordinators": [leaver.id], **WHY}
    consultation.call("set_mechanism", officer, edition="2017", mechanism="youth", body=sent)
    consultation.call("nominate", leaver, at=IN_TIME, edition="2017", body=body("Yara Costa", mechanism="youth"))

    def mine() -> list[str]:
        found = consultation.call("list_own_nominations", leaver, edition="2017", limit=20)
        return [row["full_name"] for row in nominations.NominationPage().dump(found)["items"]]

    assert mine() == ["Yara Costa"]
    publish(amqp_client, "accounts", "account_erased", {"account": leaver.id})
    wait_for(lambda: mine() == [])
    youth = consultation.call("read_mechanism", officer, edition="2017", mechanism="youth")
    assert nominations.ManagedMechanism().dump(youth)["coordinators"] == []
    everybody = consultation.call("list_candidates", officer, edition="2017", after=None, limit=100, mechanism="youth")
    assert [row["full_name"] for row in everybody["items"]] == ["Yara Costa"]


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
    for handle in (cases.nominate, cases.accept):
        with context.use(ctx):
            in_transaction(lambda handle=handle: handle(ctx, "2017", sent))
    assert last_numbers == [before, before + 1]
