"""Claims from the press to the entries, and who tries to get what is not theirs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from wsis_shared.erasure import Erasure
from wsis_shared.errors import NotFound
from wsis_testkit import actor, refused
from wsis_testkit.interruptions import InProcess, check_done_once

from wsis_stocktaking.claims.schemas import ClaimBody
from wsis_stocktaking.claims.use_cases.claiming import Claiming
from wsis_stocktaking.entries.store.entries import Entries

from ..world_kit import ADA, BEN, NOW, OFFICER, RegisterWorld

NAME = "Ministry of ICT"


@pytest.fixture(scope="module")
def service(database: Any) -> InProcess:
    def profile(account: str) -> dict[str, Any]:
        if account == "gone":
            raise NotFound("accounts.account_unknown")
        return {"account": account, "names": "Ada N.", "organization": NAME, "country": "KE"}

    return InProcess("stocktaking", database("stocktaking"), {"accounts": {"profile": profile}, "prizes": {}})


class World(RegisterWorld):
    """Claims in an empty register."""

    def publish(
        self, entry: str, name: str = NAME, site: str | None = "https://www.ict.go.ke", contact: str = "", **more: Any
    ) -> None:
        organization = {"name": name, "type": "government", "country": "KE", "website": site}
        super().publish(entry, more.get("owner"), organization=organization)
        if contact:
            Entries(self.service.db).set_contact(entry, {"name": "Jane", "email": contact})

    def claim(self, entry: str, who: Any = ADA, at: datetime = NOW, **body: Any) -> Any:
        return self.request("claim_entry", who, at, body=ClaimBody().load({"entry": entry, **body}))()

    def mail(self, claim: Any) -> Any:
        """The last mail with a code; None where none is sent."""
        asked = [row for row in self.service.outbox("claim_code_requested") if row["data"]["claim"] == claim["id"]]
        return self.service.call("write_claim_code", at=NOW, data=asked[-1]["data"]) if asked else None

    def prove(self, claim: Any, code: str, who: Any = ADA, at: datetime = NOW) -> Any:
        return self.request("prove_claim", who, at, claim=claim["id"], body={"code": code})()

    def merge(self, entry: str, into: str) -> None:
        versions = {row["_id"]: row["version"] for row in self.service.db["entries"].find()}
        body = {
            "into": into,
            "version": versions[entry],
            "into_version": versions[into],
            "content": None,
            "reason": "?",
        }
        self.request("merge_entries", OFFICER, entry=entry, body=body)()

    def apply(self, claim: Any, who: Any = ADA) -> Any:
        self.service.run("apply_claim")
        return self.request("read_own_claim", who, claim=claim["id"])()


@pytest.fixture
def world(service: InProcess, make_content: Any) -> World:
    return World(service, make_content)


def test_a_mailbox_of_the_domain_gives_all_entries_of_the_organization(world: World) -> None:
    world.publish("e1")
    world.publish("e2", name="MINISTRY OF ICT.")
    world.publish("owned", owner="ben")
    world.publish("other", name="Ministry of Health", site="https://health.go.ke")
    world.publish("elsewhere", site="https://ict.example")
    claim = world.claim("e1", email="Anna@ICT.go.ke")
    mail = world.mail(claim)
    assert (mail["contact"]["email"], mail["organization"]) == ("anna@ict.go.ke", NAME)
    assert "code" not in str(world.service.outbox("claim_code_requested")[0]["data"])
    assert world.prove(claim, mail["code"])["state"] == "proved"
    done = world.apply(claim)
    assert (done["state"], done["entries"]) == ("done", 2)
    assert world.owners() == {"e1": "ada", "e2": "ada", "owned": "ben", "other": None, "elsewhere": None}
    [told] = world.service.outbox("entries_claimed")
    assert world.service.call("describe_claim", at=NOW, data=told["data"])["entries"] == 2
    assert world.service.db["entry_claims"].find_one({})["address"] is None


def test_the_contact_proves_by_its_own_mailbox(world: World) -> None:
    world.publish("e1", site=None, contact="Jane.Doe@gmail.com")
    world.publish("e2", site=None, contact="jane.doe@gmail.com")
    world.publish("e3", site=None, contact="john@gmail.com")
    claim = world.claim("e1", email="jane.doe@gmail.com")
    world.prove(claim, world.mail(claim)["code"])
    assert world.apply(claim)["entries"] == 2
    assert world.owners() == {"e1": "ada", "e2": "ada", "e3": None}


@pytest.mark.parametrize("address", ["anna@gmail.com", "anna@sub.ict.go.ke", "anna@ict-go.ke", "anna@go.ke"])
def test_an_address_that_proves_nothing_gets_no_mail_and_the_same_response(world: World, address: str) -> None:
    world.publish("e1", contact="jane@kenyaweb.com")
    fit, unfit = world.claim("e1", email="anna@ict.go.ke"), world.claim("e1", BEN, email=address)
    assert {**unfit, "id": fit["id"]} == fit
    assert world.mail(unfit) is None
    with refused("stocktaking.claim_code_wrong"):
        world.prove(unfit, world.mail(fit)["code"], BEN)


def test_guesses_are_few_and_a_new_code_ends_the_former(world: World) -> None:
    world.publish("e1")
    claim = world.claim("e1", email="anna@ict.go.ke")
    code = world.mail(claim)["code"]
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    for _ in range(5):
        with refused("stocktaking.claim_code_wrong") as refusal:
            world.prove(claim, wrong)
        assert list(refusal.value.fields) == ["code"]
    with refused("stocktaking.claim_code_wrong"):
        world.prove(claim, code)
    again = world.claim("e1", email="anna@ict.go.ke")
    fresh = world.mail(again)["code"]
    assert (again["id"], fresh != code) == (claim["id"], True)
    with refused("stocktaking.claim_code_wrong"):
        world.prove(again, fresh, at=NOW + timedelta(minutes=31))
    assert world.prove(again, fresh)["state"] == "proved"


def test_a_mailbox_gets_few_codes_whoever_asks(world: World) -> None:
    world.publish("e1")
    for number in range(3):
        world.claim("e1", actor(id=f"member-{number}"), email=f"anna+{number}@ict.go.ke")
    with refused("stocktaking.claim_mails_exceeded"):
        world.claim("e1", BEN, email="anna+9@ict.go.ke")
    world.claim("e1", BEN, email="anna@ict.go.ke")
    for _ in range(2):
        world.claim("e1", BEN, email="ben@elsewhere.example")
    with refused("stocktaking.claim_mails_exceeded"):
        world.claim("e1", BEN, email="other@elsewhere.example")
    world.claim("e1", BEN, NOW + timedelta(hours=2), email="anna+9@ict.go.ke")


def test_what_somebody_owns_is_not_claimed_and_claims_are_ones_own(world: World) -> None:
    world.publish("owned", owner="ben")
    world.publish("e1")
    with refused("stocktaking.entry_owned"):
        world.claim("owned", email="anna@ict.go.ke")
    with refused("stocktaking.claim_address_invalid"):
        world.claim("e1", email="anna@ict..go.ke")
    claim = world.claim("e1", email="anna@ict.go.ke")
    code = world.mail(claim)["code"]
    with refused("stocktaking.claim_unknown"):
        world.prove(claim, code, BEN)
    with refused("stocktaking.claim_unknown"):
        world.request("read_own_claim", BEN, claim=claim["id"])()
    second = world.claim("e1", BEN, email="anna@ict.go.ke")
    world.prove(claim, code)
    world.prove(second, world.mail(second)["code"], BEN)
    assert [world.apply(claim)["entries"], world.apply(second, BEN)["entries"]] == [1, 0], "the first one wins"
    assert world.owners()["e1"] == "ada"


def test_an_officer_decides_where_no_mailbox_proves(world: World) -> None:
    world.publish("e1", site=None)
    world.publish("e2", site=None)
    world.publish("e3", name="Ministry of Health", site=None)
    claim = world.claim("e1", message="Call our registry")
    assert (claim["state"], "account" in claim) == ("waiting", False)
    [waiting] = world.request("list_claims", OFFICER, state="waiting", limit=20)()["items"]
    assert (waiting["account"], waiting["message"]) == ("ada", "Call our registry")
    read = world.request("read_claim", OFFICER, claim=claim["id"])()
    assert (read["claimant"]["name"], read["owned"]) == ("Ada N.", False)
    body = {"decision": "grant", "whole": True, "reason": "Called back"}
    world.request("decide_claim", OFFICER, claim=claim["id"], body=body)()
    done = world.apply(claim)
    assert (done["state"], done["entries"], done["reason"]) == ("done", 2, "Called back")
    assert world.owners() == {"e1": "ada", "e2": "ada", "e3": None}
    [audited] = world.service.outbox("action_taken")
    assert (audited["data"]["action"], audited["data"]["reason"]) == ("stocktaking.claim_granted", "Called back")
    with refused("stocktaking.claim_decided"):
        world.request("decide_claim", OFFICER, claim=claim["id"], body=body)()


def test_an_officer_decides_the_claim_that_they_have_read(world: World) -> None:
    world.publish("e1", site=None)
    claim = world.claim("e1", message="I am the minister's assistant: call +254 20 1234567")
    read = world.request("read_claim", OFFICER, claim=claim["id"])()
    world.claim("e1", message="Call +254 20 7654321 instead")
    body = {"decision": "grant", "version": read["version"], "whole": True, "reason": "Called back"}
    with refused("stocktaking.claim_changed"):
        world.request("decide_claim", OFFICER, claim=claim["id"], body=body)()
    body["version"] = world.request("read_claim", OFFICER, claim=claim["id"])()["version"]
    assert world.request("decide_claim", OFFICER, claim=claim["id"], body=body)()["state"] == "proved"


@pytest.mark.parametrize("by_mail", [True, False])
def test_a_claim_leads_to_the_entry_into_which_its_own_was_merged(world: World, by_mail: bool) -> None:
    world.publish("e1")
    world.publish("e2", name="Ministry of ICT, Kenya")
    world.publish("e3", name="Ministry of Information")
    claim = world.claim("e1", **({"email": "anna@ict.go.ke"} if by_mail else {"message": "Ours"}))
    world.merge("e1", "e2")
    world.merge("e2", "e3")
    if by_mail:
        world.prove(claim, world.mail(claim)["code"])
    else:
        body = {"decision": "grant", "version": None, "whole": False, "reason": "Called back"}
        world.request("decide_claim", OFFICER, claim=claim["id"], body=body)()
    assert (world.apply(claim)["entries"], world.owners()["e3"]) == (1, "ada")


def test_an_officer_sees_that_the_survivor_of_a_claimed_entry_is_owned(world: World) -> None:
    world.publish("e1")
    world.publish("e2", owner="ben")
    claim = world.claim("e1", message="Ours")
    world.merge("e1", "e2")
    assert world.request("read_claim", OFFICER, claim=claim["id"])()["owned"] is True


def test_a_refusal_is_mailed_with_its_reason(world: World) -> None:
    world.publish("e1")
    claim = world.claim("e1", message="It is ours")
    body = {"decision": "refuse", "whole": True, "reason": "Nobody knows you there"}
    world.request("decide_claim", OFFICER, claim=claim["id"], body=body)()
    [told] = world.service.outbox("claim_refused")
    assert world.service.call("describe_claim", at=NOW, data=told["data"])["reason"] == "Nobody knows you there"
    assert (world.apply(claim)["state"], world.owners()) == ("refused", {"e1": None})


def test_an_account_has_few_claims_that_wait(world: World) -> None:
    for number in range(21):
        world.publish(f"e{number}")
    for number in range(20):
        world.claim(f"e{number}", message="Ours")
    with refused("stocktaking.too_many_claims"):
        world.claim("e20", message="Ours")


def test_a_proof_has_one_effect_whenever_the_process_ends(world: World) -> None:
    world.publish("e1")
    world.publish("e2")
    claim = world.claim("e1", email="anna@ict.go.ke")
    world.prove(claim, world.mail(claim)["code"])
    check_done_once(world.service, lambda: world.service.run("apply_claim"))
    assert world.owners() == {"e1": "ada", "e2": "ada"}
    assert len(world.service.outbox("entries_claimed")) == 1


def test_an_erased_account_has_no_claims(world: World) -> None:
    world.publish("e1")
    claim = world.claim("e1", email="anna@ict.go.ke")
    world.prove(claim, world.mail(claim)["code"])
    world.service.use_case(Claiming).forget(Erasure(NOW + timedelta(hours=1), "ada"))
    assert world.service.db["entry_claims"].count_documents({}) == 0
    world.service.run("apply_claim")
    assert world.owners() == {"e1": None}
