"""An erasure takes a person from all that the service stores, but for what docs/security/data.md keeps."""

from __future__ import annotations

from typing import Any

from wsis_testkit import canaries, wait_for


def test_a_person_is_in_no_collection_any_more(accounts: Any, client: Any) -> None:
    me = client.member()
    accounts.call("change_me", me, body={"given_name": "Canaria"})
    db = accounts.database
    words = (client.address, "Canaria", str(me.session))
    address_key = db.accounts.find_one({"_id": me.id})["mailbox"]
    db.mailboxes.update_one({"_id": address_key}, {"$set": {"registration": {"email": client.address}}})
    assert canaries.to_go("accounts") - canaries.found("accounts", words).keys() == set()
    accounts.call("erase_me", me)
    assert canaries.found("accounts", words).keys() - canaries.may_stay("accounts") == set()
    [sealed] = wait_for(lambda: accounts.events.of("address_erased"), what="the event")
    assert client.address not in str(sealed)
    assert str(me.id) not in str(sealed)
