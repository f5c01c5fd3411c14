"""An erasure takes a person from all that the service stores, but for what security.yaml keeps."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Forbidden, Invalid, NotFound
from wsis_testkit import canaries, refused, wait_for

from wsis_accounts.rules.sessions import FRESH


def test_a_person_is_in_no_collection_any_more(accounts: Any, client: Any) -> None:
    me = client.member()
    accounts.call("change_me", me, body={"given_name": "Canaria"})
    db = accounts.database
    words = (client.address, "Canaria", str(me.session))
    address_key = db.accounts.find_one({"_id": me.id})["mailbox"]
    db.mailboxes.update_one({"_id": address_key}, {"$set": {"registration": {"email": client.address}}})
    accounts.call("mail_erasure_link", body={"email": client.address})
    accounts.call("make_authenticator", me)
    db.authenticators.update_one({"_id": me.id}, {"$set": {"offered.recovery": [client.address]}})
    db.identities.insert_one({"_id": client.address, "account": me.id, "provider": "itu"})
    assert canaries.to_go("accounts") - canaries.found("accounts", words).keys() == set()
    accounts.call("erase_me", me)
    assert canaries.found("accounts", words).keys() - canaries.may_stay("accounts") == set()
    [sealed] = wait_for(lambda: accounts.events.of("address_erased"), what="the event")
    assert client.address not in str(sealed)
    assert str(me.id) not in str(sealed)


def test_a_stolen_token_erases_nobody(accounts: Any, client: Any) -> None:
    me = client.member()
    accounts.database.sessions.update_one({"_id": me.session}, {"$set": {"started_at": clock.now() - FRESH}})
    with refused("accounts.sign_in_again"):
        accounts.call("erase_me", me)
    assert accounts.database.accounts.find_one({"_id": me.id})["state"] == "active"


# -- by a mailed link --------------------------------------------------------------------------------------------------


def link_to(accounts: Any, address: str) -> str:
    """The token in the mail of a link, as notifications would write it."""
    accounts.call("mail_erasure_link", body={"email": address})
    asked = accounts.database.erasure_links.find_one({"email": address})["link"]
    told = wait_for(
        lambda: [e for e in accounts.events.of("erasure_link_requested") if e["data"]["link"] == asked],
        what="the event",
    )
    assert told[0]["data"] == {"link": asked}
    mail = accounts.call("erasure_link_details", data=told[0]["data"], account=None)
    assert mail["contact"]["email"] == address
    page, _, token = mail["url"].partition("#")
    assert page == "page:/erase"
    return str(token)


def erased_addresses(accounts: Any) -> list[str | None]:
    return [Erasure.of(event).address for event in accounts.events.of("address_erased")]


def test_whoever_has_a_mailbox_erases_its_address_without_an_account(accounts: Any, client: Any) -> None:
    client.register()  # and never confirms
    token = link_to(accounts, client.address)
    accounts.call("erase_address", body={"token": token})
    wait_for(lambda: client.address in erased_addresses(accounts), what="the erasure")
    found = canaries.found("accounts", [client.address]).keys()
    assert found - canaries.may_stay("accounts") == set()
    for again in (token, f"{token[:-1]}{'0' if token[-1] != '0' else '1'}"):
        with refused("accounts.erasure_link_invalid"):
            accounts.call("erase_address", body={"token": again})


def test_a_link_needs_the_mail_and_not_what_is_published(accounts: Any, client: Any) -> None:
    token = link_to(accounts, client.address)
    id, _, tag = token.partition(".")
    made_up = f"{id}.{'0' * len(tag)}"
    with refused("accounts.erasure_link_invalid"):
        accounts.call("erase_address", body={"token": made_up})
    assert id not in str(accounts.events.of("address_erased"))
    assert tag not in str(list(accounts.database.erasure_links.find()))


def test_a_link_to_the_mailbox_of_an_account_erases_the_account(accounts: Any, client: Any) -> None:
    me = client.member()
    accounts.call("erase_address", body={"token": link_to(accounts, client.address)})
    with pytest.raises(NotFound):
        accounts.call("read_me", me)
    wait_for(lambda: [e for e in accounts.events.of("account_erased") if e["subject"] == me.id], what="the erasure")
    wait_for(lambda: client.address in erased_addresses(accounts), what="the address")
    assert client.tokens()["account"] == me.id, "no second ballot by erasing and coming back"


def test_all_addresses_get_one_answer_and_a_mailbox_few_mails(accounts: Any, client: Any) -> None:
    client.member()
    known, unknown = client.address, f"{uuid.uuid4().hex}@ngo.example"
    answers = [accounts.call("mail_erasure_link", body={"email": email}) for email in (known, unknown)]
    assert answers[0] == answers[1]
    links = {accounts.database.erasure_links.find_one({"email": unknown})["link"]}
    for number in range(9):
        accounts.call("mail_erasure_link", body={"email": unknown.replace("@", f"+{number}@")})
        accounts.call("mail_erasure_link", body={"email": unknown})
        links.add(accounts.database.erasure_links.find_one({"email": unknown})["link"])
    assert len(links) == 5, "with the first one, and whatever tags were made up"
    tagged = {"email": {"$regex": f"^{unknown.partition('@')[0]}[+]"}}
    assert accounts.database.erasure_links.count_documents(tagged) == 5
    busy = {"over_rate": True}
    with pytest.raises(Invalid, match=r"accounts\.proof_of_work_needed"):
        accounts.call("mail_erasure_link", body={"email": known}, context=busy)
    assert client.sign_in()["account"], "none of it keeps the owner from signing in"


def test_a_blocked_account_does_not_get_rid_of_its_block(accounts: Any, client: Any, officer: Any) -> None:
    me = client.member()
    accounts.call("block", officer, account=me.id, body={"reason": "Abuse"})
    with pytest.raises(Forbidden, match=r"accounts\.blocked"):
        accounts.call("erase_address", body={"token": link_to(accounts, client.address)})
