from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.erasure import sealed
from wsis_testkit import actor, publish, refused, wait_for

from wsis_stocktaking.entries.schemas import own
from wsis_stocktaking.entries.schemas import public as public_schemas
from wsis_stocktaking.entries.schemas import review as review_schemas

from .conftest import ADA, BEN, LATER, NOW, Register


def test_a_draft_may_have_gaps_and_a_submission_names_each(register: Register) -> None:
    body = own.NewDraft().load({"content": {"title": {"fr": "Agriculteurs"}}, "contact": None})
    made = register.call("create_entry", ADA, body=body)
    assert made["draft"]["title"] == {"fr": "Agriculteurs"}
    with refused("stocktaking.entry_incomplete") as refusal:
        register.submit(made)
    assert set(refusal.value.fields) == {
        "content.description",
        "content.original_language",
        "content.organization.name",
        "content.organization.type",
        "content.kind",
        "content.coverage",
        "content.status",
        "content.action_lines",
    }
    assert made["missing"] == refusal.value.fields
    changed = register.change(made, coverage="national", countries=[])
    with refused("stocktaking.entry_incomplete") as refusal:
        register.submit(changed)
    assert list(refusal.value.fields) == ["content.countries"]


def test_the_public_reads_the_last_approved_content_until_an_update_is_approved(register: Register) -> None:
    first = register.public(title={"en": "First title"})
    [event] = register.mails("entry_published", first["id"])
    assert (event["revision"], event["title"], event["source"], event["regions"]) == (
        1,
        "First title",
        "submission",
        ["africa"],
    )
    changed = register.change(first, title={"en": "Second title"})
    waiting = register.submit(changed, at=LATER)
    assert register.read(first["id"])["title"] == {"en": "First title"}
    review = register.call("read_review", register.officer, entry=first["id"])
    assert review["differences"] == [{"field": "title.en", "before": "First title", "after": "Second title"}]
    register.decide(waiting, "approve", LATER)
    shown = register.read(first["id"], LATER)
    assert (shown["title"], shown["revision"], shown["freshness"]) == ({"en": "Second title"}, 2, "green")
    assert register.read(first["id"], LATER + timedelta(days=400))["freshness"] == "yellow"
    assert register.read(first["id"], LATER + timedelta(days=800))["freshness"] == "red"
    assert [row["revision"] for row in register.mails("entry_published", first["id"], 2)] == [1, 2]
    [approved, _] = register.mails("entry_approved", first["id"], 2)
    assert (approved["account"], approved["amended"]) == ("ada", False)
    assert not any(
        "account" in row["data"] or "owner" in row["data"] for row in register.published.of("entry_published")
    )


def test_what_is_still_correct_is_of_today_without_a_review(register: Register) -> None:
    entry = register.public()
    body = {"version": entry["version"]}
    with refused("stocktaking.entry_unknown"):
        register.call("confirm_own_entry", BEN, LATER, entry=entry["id"], body=body)
    assert register.read(entry["id"], LATER)["freshness"] == "yellow"
    confirmed = register.call("confirm_own_entry", ADA, LATER, entry=entry["id"], body=body)
    shown = register.read(entry["id"], LATER)
    assert (shown["freshness"], shown["revision"], shown["title"]) == ("green", 2, entry["content"]["title"])
    last = register.call("list_revisions", actor(), entry=entry["id"], limit=1)["items"][0]
    assert last["source"] == "confirmation"
    compared = register.call("compare_revisions", actor(), entry=entry["id"])
    assert compared["items"] == []
    with refused("stocktaking.entry_changed"):
        register.call("confirm_own_entry", ADA, LATER, entry=entry["id"], body=body)
    draft = register.draft()
    with refused("stocktaking.entry_not_public"):
        register.call("confirm_own_entry", ADA, entry=draft["id"], body={"version": draft["version"]})
    assert confirmed["draft"] is None


def test_revisions_say_what_changed_and_only_officers_see_who_wrote_them(register: Register) -> None:
    entry = register.public()
    content = register.make_content(kind="programme")
    amended = register.submit(register.change(entry))
    register.decide(amended, "approve", content=content, reason="It is a programme")
    listed = register.call("list_revisions", actor(), entry=entry["id"], limit=20)
    shown = public_schemas.RevisionPage().dump(listed)["items"]
    assert [(row["number"], row["source"], row["published_to"] is None) for row in shown] == [
        (2, "officer", True),
        (1, "submission", False),
    ]
    assert not any({"by", "owner"} & set(row) for row in shown)
    authors = register.call("list_revision_authors", register.officer, entry=entry["id"], limit=20)
    assert [row["by"] for row in authors["items"]] == [register.officer.id, "ada"]
    changes = register.call("compare_revisions", actor(), entry=entry["id"])
    assert public_schemas.Differences().dump(changes)["items"] == [
        {"field": "kind", "before": "project", "after": "programme"}
    ]
    first = register.call("read_revision", actor(), entry=entry["id"], number="1")
    assert public_schemas.Revision().dump(first)["content"]["kind"] == "project"
    for number in ("3", "0", "x", "²"):
        with refused("stocktaking.revision_unknown"):
            register.call("read_revision", actor(), entry=entry["id"], number=number)


def test_a_draft_that_waits_does_not_change_and_can_be_taken_back(register: Register) -> None:
    waiting = register.submit(register.draft())
    with refused("stocktaking.draft_submitted"):
        register.change(waiting)
    back = register.call("take_back_own_entry", ADA, entry=waiting["id"])
    assert back["state"] == "draft"
    with refused("stocktaking.entry_changed"):
        register.decide(waiting, "approve")
    with refused("stocktaking.not_submitted"):
        register.decide(back, "approve")


def test_an_officer_returns_a_draft_with_a_reason(register: Register) -> None:
    with pytest.raises(Exception, match="reason"):
        review_schemas.DecisionBody().load({"decision": "return", "version": 1})
    waiting = register.submit(register.draft(title={"en": "No country"}))
    register.decide(waiting, "return", reason="Name the country")
    [mail] = register.mails("entry_returned", waiting["id"])
    assert (mail["account"], mail["title"], mail["reason"]) == ("ada", "No country", "Name the country")
    mine = register.call("read_own_entry", ADA, entry=waiting["id"])
    assert (mine["state"], mine["reason"]) == ("returned", "Name the country")
    again = register.submit(register.change(mine))
    assert (again["state"], again["reason"]) == ("submitted", None)


def test_of_two_officers_one_decides(register: Register) -> None:
    waiting = register.submit(register.draft())
    register.decide(waiting, "approve")
    with refused("stocktaking.entry_changed"):
        register.decide(waiting, "return", reason="Too late")


def test_others_entries_are_unknown(register: Register) -> None:
    entry = register.draft()
    for method, arguments in (
        ("read_own_entry", {}),
        ("discard_own_draft", {}),
        ("take_back_own_entry", {}),
        ("submit_own_entry", {"body": {"version": 1}}),
        ("withdraw_own_entry", {"body": {"version": 1}}),
    ):
        with refused("stocktaking.entry_unknown"):
            register.call(method, BEN, entry=entry["id"], **arguments)
    with refused("stocktaking.entry_unknown"):
        register.change(entry, BEN)
    with refused("stocktaking.entry_unknown"):
        register.read(entry["id"])
    with refused("stocktaking.entry_unknown"):
        register.call("list_revisions", actor(), entry=entry["id"], limit=20)


def test_withdrawal_ends_the_publication_and_an_approved_draft_brings_it_back(register: Register) -> None:
    entry = register.public()
    gone = register.call("withdraw_own_entry", ADA, entry=entry["id"], body={"version": entry["version"]})
    assert gone["visibility"] == "withdrawn"
    with refused("stocktaking.entry_withdrawn"):
        register.read(entry["id"])
    [event] = register.mails("entry_withdrawn", entry["id"])
    assert (event["merged_into"], event["action_lines"]) == (None, ["C7.e-agriculture"])
    back = register.decide(register.submit(register.change(gone)), "approve")
    assert register.read(entry["id"])["revision"] == back["revision"] == 2


def test_an_officer_withdraws_with_a_reason_and_the_owner_is_told(register: Register) -> None:
    entry = register.public(title={"en": "Not an activity"})
    register.decide(entry, "withdraw", reason="An advertisement")
    [mail] = register.mails("entry_closed", entry["id"])
    assert (mail["account"], mail["reason"], mail["merged_into"]) == ("ada", "An advertisement", None)
    with refused("stocktaking.entry_not_public"):
        register.decide(register.call("read_review", register.officer, entry=entry["id"]), "withdraw", reason="Again")


def test_a_withdrawal_returns_the_draft_that_waits(register: Register) -> None:
    entry = register.public()
    waiting = register.submit(register.change(entry, keywords=["maize"]))
    register.decide(waiting, "withdraw", reason="An advertisement")
    mine = register.call("read_own_entry", ADA, entry=entry["id"])
    assert (mine["visibility"], mine["state"], mine["reason"]) == ("withdrawn", "returned", "An advertisement")


def test_an_account_has_so_many_drafts_and_no_more(register: Register, database: Any) -> None:
    who = actor()
    entry = register.draft(who)
    row = database("stocktaking")["entries"].find_one({"_id": entry["id"]})
    database("stocktaking")["entries"].insert_many([{**row, "_id": f"{who.id}-{number}"} for number in range(49)])
    with refused("stocktaking.too_many_drafts"):
        register.draft(who)
    register.change(entry, who)  # a draft that there is can change
    register.call("discard_own_draft", who, entry=entry["id"])
    register.draft(who)


def test_an_officer_is_warned_of_a_draft_that_began_before_the_last_revision(register: Register) -> None:
    entry = register.public()
    draft = register.change(entry)
    body = {"content": register.make_content(keywords=["maize"]), "version": draft["version"], "reason": "Spelling"}
    corrected = register.call("correct_entry", register.officer, entry=entry["id"], body=body)
    assert (corrected["based_on"], corrected["revision"]) == (1, 2)
    assert corrected["differences"] == [{"field": "keywords", "before": ["maize"], "after": ["crops"]}]


def test_a_correction_is_a_revision_of_the_officer_and_no_update(register: Register) -> None:
    entry = register.public()
    body = {"content": register.make_content(keywords=["maize"]), "version": entry["version"], "reason": "Spelling"}
    register.call("correct_entry", register.officer, LATER, entry=entry["id"], body=body)
    shown = register.read(entry["id"], LATER)
    assert (shown["keywords"], shown["revision"], shown["freshness"]) == (["maize"], 2, "yellow")
    assert register.mails("entry_published", entry["id"], 2)[1]["source"] == "officer"


def test_everybody_reads_who_translated_an_entry(register: Register) -> None:
    texts = {"en": "Farmers", "es": "Campesinos"}
    entry = register.public(title=texts, description=texts)
    assert register.read(entry["id"])["translated_by"] == {"es": "contributor"}
    added = {**texts, "fr": "Paysans"}
    content = register.make_content(title=added, description=added)
    body = {"content": content, "version": entry["version"], "reason": "Translated"}
    register.call("correct_entry", register.officer, LATER, entry=entry["id"], body=body)
    expected = {"es": "contributor", "fr": "secretariat"}
    assert register.read(entry["id"], LATER)["translated_by"] == expected
    (change,) = register.call("list_entry_changes", ADA, after=0, limit=20)["items"][-1:]
    assert change["card"]["translated_by"] == expected


def test_links_outside_the_matrix_are_flagged_to_everybody_and_refused_to_nobody(register: Register) -> None:
    entry = register.public(sdgs=[2, 13])
    assert {"line": "C7.e-agriculture", "sdg": 2} not in register.read(entry["id"])["outside_matrix"]
    flagged = register.call("read_review", register.officer, entry=entry["id"])["outside_matrix"]
    assert register.read(entry["id"])["outside_matrix"] == flagged


def test_the_queue_is_filtered_and_paged_from_the_longest_wait(register: Register) -> None:
    lines = [{"line": "C9", "sub_themes": []}]
    drafts = [register.draft(action_lines=lines) for _ in range(3)]
    waiting = [register.submit(draft, at=NOW + timedelta(hours=hour)) for hour, draft in enumerate(drafts)]
    queues = {row["code"]: row["count"] for row in register.call("list_waiting", register.officer)["items"]}
    assert queues["entries"] >= 3
    query = review_schemas.ReviewQuery().load({"action_line": "C9", "limit": 2})
    page = register.call("list_reviews", register.officer, **query)
    assert [row["id"] for row in page["items"]] == [row["id"] for row in waiting[:2]]
    rest = register.call("list_reviews", register.officer, **{**query, "after": page["next"]})
    assert ([row["id"] for row in rest["items"]], rest["next"]) == ([waiting[2]["id"]], None)
    updates = review_schemas.ReviewQuery().load({"action_line": "C9", "is_update": "true"})
    assert register.call("list_reviews", register.officer, **updates)["items"] == []


def test_own_entries_are_listed_and_a_new_draft_can_be_deleted(register: Register) -> None:
    who = actor()
    entries = [register.draft(who), register.public(who)]
    listed = register.call("list_own_entries", who, limit=20)["items"]
    assert {row["id"] for row in listed} == {entry["id"] for entry in entries}
    drafts = register.call("list_own_entries", who, limit=20, state="draft")["items"]
    assert [row["id"] for row in drafts] == [entries[0]["id"]]
    register.call("discard_own_draft", who, entry=entries[0]["id"])
    with refused("stocktaking.draft_missing"):
        register.call("discard_own_draft", who, entry=entries[1]["id"])
    assert [row["id"] for row in register.call("list_own_entries", who, limit=20)["items"]] == [entries[1]["id"]]


def test_the_receipt_has_a_copy_of_what_was_sent(register: Register) -> None:
    waiting = register.submit(register.draft(title={"en": "A copy"}))
    [mail] = register.mails("entry_submitted", waiting["id"])
    copy = register.call("copy_submission", actor(), data=mail)
    assert (copy["title"], copy["kind"]["fr"], copy["action_lines"]) == ("A copy", "Projet", ["C7.e-agriculture"])
    register.decide(waiting, "approve")
    assert register.call("copy_submission", actor(), data=mail) == copy
    with refused("stocktaking.entry_unknown"):
        register.call("copy_submission", actor(), data={**mail, "account": "somebody"})


def test_an_erased_account_leaves_what_it_published_without_its_name(register: Register) -> None:
    who, contact = actor(), {"name": "Ada N.", "email": "ada@ngo.example"}
    draft, entry = register.draft(who), register.public(who)
    body = own.DraftBody().load({"content": register.make_content(), "contact": contact, "version": entry["version"]})
    changed = register.call("change_own_entry", who, entry=entry["id"], body=body)
    assert changed["contact"] == contact
    publish(register.service.amqp_client, "accounts", "account_erased", {"account": who.id})

    def review() -> Any:
        return register.call("read_review", register.officer, entry=entry["id"])

    wait_for(lambda: review()["owner"] is None)
    assert (review()["draft"], review()["contact"]) == (None, None)
    assert register.read(entry["id"])["title"] == {"en": "Digital farmers"}
    authors = register.call("list_revision_authors", register.officer, entry=entry["id"], limit=20)
    assert [row["by"] for row in authors["items"]] == [None]
    with refused("stocktaking.entry_unknown"):
        register.call("read_review", register.officer, entry=draft["id"])


def test_a_late_erasure_spares_what_the_same_person_made_since(register: Register, database: Any) -> None:
    who, erased_at = actor(), clock.now() - timedelta(days=400)
    entries, old = database("stocktaking")["entries"], uuid.uuid4().hex
    draft, entry = register.draft(who), register.public(who)
    entries.insert_one({"_id": old, "owner": who.id, "visibility": "unpublished", "draft": None})
    back = {"$set": {"owned_at": clock.now()}}
    entries.update_many({"_id": {"$in": [draft["id"], entry["id"]]}}, back)
    before = list(entries.find({"owner": who.id, "_id": {"$ne": old}}))
    publish(register.service.amqp_client, "accounts", "account_erased", {"account": who.id}, time=erased_at)
    wait_for(lambda: entries.find_one({"_id": old}) is None, what="the erasure")
    assert list(entries.find({"owner": who.id})) == before


def test_an_erased_address_is_the_contact_of_no_entry(register: Register, database: Any) -> None:
    contacts, at = database("stocktaking")["entry_contacts"], clock.now()
    for entry, email, made in (
        ("imported", "Gone@Ngo.example", at),
        ("since", "gone@ngo.example", at + timedelta(days=1)),
        ("other", "gone@ngo.example.org", at),
    ):
        contacts.insert_one({"_id": entry, "name": "Ada", "email": email, "at": made})
    publish(register.service.amqp_client, "accounts", "address_erased", {"address": sealed("gone@ngo.example")})
    wait_for(lambda: contacts.find_one({"_id": "imported"}) is None, what="the erasure")
    left = contacts.find({"_id": {"$in": ["imported", "since", "other"]}})
    assert {row["_id"] for row in left} == {"since", "other"}
