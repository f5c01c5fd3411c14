"""Entries that are merged into another one, or given to another account."""

from __future__ import annotations

from typing import Any

from wsis_testkit import refused, wait_for

from wsis_stocktaking.entries.schemas import own
from wsis_stocktaking.entries.schemas import review as review_schemas

from .conftest import ADA, BEN, Register


def merge(register: Register, entry: dict[str, Any], into: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {
        "into": into["id"],
        "version": entry["version"],
        "into_version": into["version"],
        "reason": "The same project",
        **more,
    }
    body = review_schemas.MergeBody().load(body)
    return register.call("merge_entries", register.officer, entry=entry["id"], body=body)


def test_the_address_of_a_merged_entry_leads_to_the_survivor(register: Register) -> None:
    first, second, third = (register.public(title={"en": f"Twin {number}"}) for number in (1, 2, 3))
    merged = merge(register, first, second)
    content = register.make_content(title={"en": "Twins"})
    merge(register, merged, third, content=content)
    for entry in (first, second):
        shown = register.read(entry["id"])
        assert (shown["entry"], shown["merged_from"], shown["title"]) == (third["id"], entry["id"], {"en": "Twins"})
    assert register.read(third["id"])["merged_from"] is None
    [event] = register.mails("entry_withdrawn", first["id"])
    assert event["merged_into"] == second["id"]
    with refused("stocktaking.entry_merged"):
        register.change(register.call("read_own_entry", ADA, entry=first["id"]))
    with refused("stocktaking.same_entry"):
        merge(register, third, third)


def test_a_submitted_draft_merges_into_a_public_entry_that_has_no_owner(register: Register) -> None:
    survivor = register.public()
    owner = {"account": None, "version": survivor["version"], "reason": "From an import"}
    survivor = register.call("assign_entry", register.officer, entry=survivor["id"], body=owner)
    waiting = register.submit(register.draft(BEN), BEN)
    survivor = merge(register, waiting, survivor)
    assert survivor["owner"] == "ben"
    assert register.call("read_own_entry", BEN, entry=waiting["id"])["merged_into"] == survivor["id"]
    assert [
        row["data"] for row in register.published.of("entry_withdrawn") if row["data"]["entry"] == waiting["id"]
    ] == []


def test_a_contact_goes_with_its_owner_alone_when_entries_merge(register: Register) -> None:
    contact = {"name": "Ben", "email": "ben@ngo.example"}

    def of_ben() -> dict[str, Any]:
        entry = register.public(BEN)
        body = {"content": register.make_content(), "contact": contact, "version": entry["version"]}
        body = own.DraftBody().load(body)
        changed = register.call("change_own_entry", BEN, entry=entry["id"], body=body)
        return register.decide(register.submit(changed, BEN), "approve")

    adas = merge(register, of_ben(), register.public(ADA))
    assert register.call("read_own_entry", ADA, entry=adas["id"])["contact"] is None
    bens = merge(register, of_ben(), register.public(BEN))
    assert register.call("read_own_entry", BEN, entry=bens["id"])["contact"]["email"] == contact["email"]


def assign(register: Register, entry: dict[str, Any], account: str | None) -> dict[str, Any]:
    body = {"account": account, "version": entry["version"], "reason": "They left"}
    return register.call("assign_entry", register.officer, entry=entry["id"], body=body)


def test_an_entry_goes_to_another_owner_without_what_the_former_one_never_sent(register: Register) -> None:
    entry = register.public(title={"en": "Public"})
    contact = {"name": "Ada", "email": "ada@private.example"}
    body = {"content": register.make_content(title={"en": "Not yet"}), "contact": contact, "version": entry["version"]}
    register.call("change_own_entry", ADA, entry=entry["id"], body=own.DraftBody().load(body))
    nobodys = assign(register, register.call("read_own_entry", ADA, entry=entry["id"]), None)
    assign(register, nobodys, "ben")
    read = register.call("read_own_entry", BEN, entry=entry["id"])
    assert (read["draft"], read["contact"], read["content"]["title"]) == (None, None, {"en": "Public"})
    assert register.mails("entry_assigned", entry["id"])[0]["title"] == "Public"


def test_what_waits_for_review_goes_to_another_owner_and_an_unsent_entry_to_nobody(register: Register) -> None:
    entry = register.draft()
    with refused("stocktaking.not_submitted"):
        assign(register, entry, "ben")
    assign(register, register.submit(entry), "ben")
    assert register.call("read_own_entry", BEN, entry=entry["id"])["state"] == "submitted"


def test_an_entry_is_given_to_a_known_account(register: Register) -> None:
    entry = register.public()
    body = {"account": "nobody", "version": entry["version"], "reason": "Claimed"}
    with refused("stocktaking.account_unknown"):
        register.call("assign_entry", register.officer, entry=entry["id"], body=body)
    given = register.call("assign_entry", register.officer, entry=entry["id"], body={**body, "account": "ben"})
    same = {"account": "ben", "version": given["version"], "reason": "Again"}
    given = register.call("assign_entry", register.officer, entry=entry["id"], body=same)
    assert register.call("read_own_entry", BEN, entry=entry["id"])["visibility"] == "public"
    with refused("stocktaking.entry_unknown"):
        register.call("read_own_entry", ADA, entry=entry["id"])
    audited = wait_for(
        lambda: [
            row["data"]
            for row in register.published.of("action_taken")
            if row["data"]["object"] == f"entry/{entry['id']}" and row["data"]["action"] == "stocktaking.entry_assigned"
        ]
    )
    assert (audited[0]["before"], audited[0]["after"], audited[0]["reason"]) == (
        {"owner": "ada"},
        {"owner": "ben"},
        "Claimed",
    )
    nobody = {"account": None, "version": given["version"], "reason": "Left"}
    given = register.call("assign_entry", register.officer, entry=entry["id"], body=nobody)
    register.call(
        "assign_entry",
        register.officer,
        entry=entry["id"],
        body={"account": "ada", "version": given["version"], "reason": "Back"},
    )
    mails = register.mails("entry_assigned", entry["id"], 2)  # a mail to each new owner
    assert mails == [{"account": account, "entry": entry["id"], "title": entry["title"]} for account in ("ben", "ada")]
