"""Attacks on campaigns: mail twice, mail missed, one campaign that stops all."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from typing import Any

from wsis_shared import clock
from wsis_shared.errors import Conflict
from wsis_shared.keys import mailbox_secret
from wsis_shared.mongo import in_transaction
from wsis_shared.parts import Parts
from wsis_testkit import wait_for
from wsis_testkit.store_commands import STORE_COMMANDS

from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.campaigns.rules import figures, rates
from wsis_notifications.campaigns.rules.return_path import return_path
from wsis_notifications.campaigns.sender.claims import Claims, Stores
from wsis_notifications.campaigns.sender.composing import composer_of
from wsis_notifications.campaigns.sender.source import CampaignMails
from wsis_notifications.campaigns.store import Batches, Campaigns, NewsletterDeliveries, SendRates
from wsis_notifications.campaigns.use_cases.lifecycle import Lifecycle
from wsis_notifications.campaigns.use_cases.limits import Sender
from wsis_notifications.campaigns.use_cases.officer import CampaignsCases
from wsis_notifications.campaigns.use_cases.recipients import seal_recipients
from wsis_notifications.campaigns.use_cases.starting import Starting
from wsis_notifications.issues.store import Issues
from wsis_notifications.mails.rules.unsubscription import Unsubscription, token
from wsis_notifications.mails.store.announced import AnnouncedAddresses
from wsis_notifications.returned.use_cases.newsletter import compose
from wsis_notifications.settings import Settings
from wsis_notifications.subscribers.store.subscribers import Subscribers

from .. import sender_kit
from ..conftest import SAMPLES
from ..sink import Sink
from .campaign_kit import add, begin, ended


def claims_of(db: Any) -> Claims:
    stores = Stores(
        Campaigns(db),
        Batches(db),
        NewsletterDeliveries(db),
        SendRates(db),
        Subscribers(db),
        Suppressions(db),
        AnnouncedAddresses(db),
    )
    return Claims(stores, rates.Limits(), "claim", 60.0, Sender(db, "wsis.example"))


def test_a_pause_between_two_looks_of_the_sender_skips_nobody(db: Any) -> None:
    add(db, 5)
    campaign = begin(db, state="sending", open=True, started_at=clock.now())
    claims = claims_of(db)
    assert claims.next_batch(campaign) is not None
    due = {"$set": {"due": clock.now() - timedelta(seconds=1)}}
    db["campaign_batches"].update_many({}, due)
    db["campaigns"].update_one({"_id": campaign}, {"$set": {"state": "paused"}})
    claimed = claims.due_batch(campaign)
    assert claimed is not None
    assert claimed.batch.tasks == []
    assert {row["state"] for row in db["newsletter_deliveries"].find()} == {"queued"}
    db["campaign_batches"].update_many({}, due)
    db["campaigns"].update_one({"_id": campaign}, {"$set": {"state": "canceled"}})
    claims.due_batch(campaign)
    assert {row["state"] for row in db["newsletter_deliveries"].find()} == {"skipped"}


def test_a_sender_whose_lease_has_ended_does_not_take_its_own_batch_for_abandoned(db: Any) -> None:
    add(db, 5)
    begin(db)
    claims, texts = claims_of(db), sender_kit.GeneratedTexts(1000)
    lifecycle = Lifecycle(claims.stores.campaigns, claims.stores.batches, texts.set_state)
    source = CampaignMails(claims, lifecycle, composer_of(Settings(), texts), lambda *_: None)
    source.look()
    [batch] = source.claim()
    assert len(source.write_progress([], [task.key for task in batch.tasks])) == 5
    db["campaign_batches"].update_many({}, {"$set": {"due": clock.now() - timedelta(seconds=1)}})
    wait_for(source.look, 10, "another look")
    assert list(source.claim()) == []
    assert {row["state"] for row in db["newsletter_deliveries"].find()} == {"sending"}


def test_a_row_that_is_tried_again_is_skipped_for_the_reason_that_holds_by_then(db: Any) -> None:
    full, dead, complained, left, erased, sound = (reader["_id"] for reader in add(db, 6))
    campaign = begin(db, state="sending", open=True, started_at=clock.now())
    claims, readers = claims_of(db), Subscribers(db)
    claims.next_batch(campaign)
    suppressed = {full: "officer", complained: "complaint"}
    for key, reason in suppressed.items():
        in_transaction(partial(Suppressions(db).add, key, reason, clock.now(), "test"))
    readers.mark_bounced(dead, "hard", "5.1.1")
    db["subscribers"].update_one({"_id": left}, {"$set": {"state": "unsubscribed"}})
    readers.change(readers.read(erased), None, clock.now())
    db["campaign_batches"].update_many({}, {"$set": {"due": clock.now() - timedelta(seconds=1)}})
    claimed = claims.due_batch(campaign)
    assert claimed is not None
    assert [task.mail.reader["_id"] for task in claimed.batch.tasks] == [sound]
    rows = {row["_id"].partition("|")[2]: row["reason"] for row in db["newsletter_deliveries"].find()}
    assert rows == {**suppressed, dead: "hard_bounce", left: "unsubscribed", erased: "erased", sound: None}


def test_a_bounce_while_its_batch_is_given_back_is_in_the_figures(db: Any) -> None:
    [reader] = add(db, 1)
    campaign, secret = begin(db, state="sending", open=True, started_at=clock.now()), mailbox_secret()
    claims, bounces = claims_of(db), compose(Parts(db, lambda *_, **__: None))
    claimed = claims.next_batch(campaign)
    assert claimed is not None
    db["newsletter_deliveries"].update_many({}, {"$set": {"state": "sent"}})
    address = return_path(f"{campaign}|{reader['_id']}", secret=secret, domain="mail.wsis.example")
    bounce = (SAMPLES / "postfix-unknown-user.eml").read_bytes()
    arrival = threading.Thread(target=in_transaction, args=(partial(bounces.receive, address, bounce),))

    def give_back() -> None:
        claims.stores.batches.is_open(campaign)  # from here on the transaction sees the store as it is now
        if arrival.ident is None:
            arrival.start()
            arrival.join(30)
        claims.give_back(claimed)

    in_transaction(give_back)
    [batch] = db["campaign_batches"].find()
    assert [item[:2] for item in batch["figures"]] == [["bounced", "hard 5.1.1"]]


def test_two_campaigns_of_one_issue_reach_nobody_twice(db: Any, sink: Sink, start: Any) -> None:
    readers = add(db, 60)
    campaigns = [begin(db) for _ in range(2)]
    start(sender_kit.GeneratedTexts(500))
    start(sender_kit.GeneratedTexts(500))
    for campaign in campaigns:
        ended(db, campaign)
    assert sink.counts() == {reader["email"]: 1 for reader in readers}
    skipped = list(db["newsletter_deliveries"].find({"state": "skipped"}))
    assert [row["reason"] for row in skipped] == ["has_it"] * 60


def test_a_repeat_that_is_asked_for_twice_reaches_nobody_twice(db: Any, sink: Sink, start: Any) -> None:
    readers = add(db, 6)
    refused = {readers[0]["email"]}
    sink.policy = lambda recipient: b"550 5.7.1 No\r\n" if recipient in refused else None
    first = begin(db)
    start(sender_kit.GeneratedTexts(500))
    ended(db, first)
    refused.clear()
    for _ in range(2):
        ended(db, begin(db, kind="failed_only", of=first))
    assert sink.counts() == {reader["email"]: 1 for reader in readers}


class TakenBack(sender_kit.GeneratedTexts):
    """One issue is a draft again before it is sent, one is cancelled before its end."""

    def set_state(self, issue: str, state: str) -> None:
        if (issue, state) in (("draft", "sending"), ("canceled", "sent")):
            raise Conflict("notifications.issue_state_refused", "It is a draft.")
        super().set_state(issue, state)


def test_an_issue_that_was_taken_back_stops_its_own_campaign_alone(db: Any, sink: Sink, start: Any) -> None:
    readers = add(db, 2)
    due = {"state": "scheduled", "open": False, "started_at": None}
    poison, sound, canceled = (begin(db, issue=issue, **due) for issue in ("draft", "1", "canceled"))
    texts = TakenBack(500)
    Starting(Campaigns(db), lambda **_: [], lambda issue: texts.set_state(issue, "sending") or ["forum"]).start_due({})
    start(texts)
    assert ended(db, poison, "needs_confirmation")["reason"] == "issue"
    for campaign in (sound, canceled):
        ended(db, campaign)
    assert sink.counts() == {reader["email"]: 2 for reader in readers}


def test_a_campaign_that_is_canceled_ends_no_issue_that_another_sends(db: Any, sink: Sink, start: Any) -> None:
    add(db, 2)
    begun = {"open": True, "started_at": clock.now(), "next_bucket": 1024}
    begin(db, state="paused", **begun)
    canceled = begin(db, state="canceled", **begun)
    texts = sender_kit.GeneratedTexts(500)
    start(texts)
    wait_for(lambda: db["campaigns"].find_one({"_id": canceled, "open": False}), 15)
    assert texts.states == []


def test_an_issue_whose_campaigns_are_all_canceled_is_canceled(db: Any, sink: Sink, start: Any) -> None:
    begun = {"open": True, "started_at": clock.now(), "next_bucket": 1024}
    campaigns = [begin(db, state="canceled", **begun) for _ in range(2)]
    texts = sender_kit.GeneratedTexts(500)
    start(texts)
    wait_for(lambda: not db["campaigns"].find_one({"_id": {"$in": campaigns}, "open": True}), 15)
    assert texts.states == [("1", "canceled")]


def test_of_two_campaigns_that_end_at_once_the_last_one_ends_the_issue(db: Any) -> None:
    begun = {"state": "canceled", "open": True, "started_at": clock.now(), "next_bucket": 1024}
    first, second = (begin(db, **begun) for _ in range(2))
    states: list[tuple[str, str]] = []
    lifecycle = Lifecycle(Campaigns(db), Batches(db), lambda *state: states.append(state))
    other = threading.Thread(target=lifecycle.finish, args=(second,))

    def finish() -> None:
        Campaigns(db).read(first)  # from here on the transaction sees the store as it is now
        if other.ident is None:
            other.start()
            other.join(30)
        lifecycle.finish(first)

    in_transaction(finish)
    assert states == [("1", "canceled")]


def test_a_campaign_that_cannot_be_claimed_holds_up_no_other(db: Any, sink: Sink, start: Any) -> None:
    readers = add(db, 2)
    begin(db, kind="test", recipients=b"sealed with a former key")
    sound = begin(db)
    start(sender_kit.GeneratedTexts(500))
    ended(db, sound)
    assert sink.counts() == {reader["email"]: 1 for reader in readers}


class Broken(sender_kit.GeneratedTexts):
    """One language cannot be rendered."""

    def render(self, campaign: Any, language: str) -> Any:
        if language == "fr":
            raise KeyError("sections")
        return super().render(campaign, language)


def test_a_mail_that_cannot_be_written_fails_and_the_campaign_ends(db: Any, sink: Sink, start: Any) -> None:
    add(db, 7)
    campaign = begin(db)
    start(Broken(500))
    ended(db, campaign)
    [failed] = db["newsletter_deliveries"].find({"state": "failed"})
    assert (failed["language"], failed["reason"]) == ("fr", "not_written KeyError")
    assert len(sink.taken) == 6


def test_a_test_is_not_sent_to_a_suppressed_address(db: Any, sink: Sink, start: Any) -> None:
    recipient = {
        "_id": "a" * 32,
        "email": "no@wsis.example",
        "first_name": "",
        "last_name": "",
        "language": "en",
        "format": "text",
        "email_key": "k",
        "state": "active",
        "bucket": 0,
    }
    db["suppressions"].insert_one({"_id": "k", "reason": "officer", "at": clock.now(), "source": "officer"})
    made = sender_kit.campaign(kind="test")
    made["recipients"] = seal_recipients(made["_id"], [recipient])
    db["campaigns"].insert_one({**made, "version": 1})
    start(sender_kit.GeneratedTexts(500))
    ended(db, made["_id"])
    assert sink.taken == []


def test_a_complaint_that_a_feedback_loop_sends_unsubscribes_the_reader(db: Any) -> None:
    from_row, by_link = add(db, 2)
    campaign, secret = begin(db), mailbox_secret()
    row = {"_id": f"{campaign}|{from_row['_id']}", "state": "sent", "reason": None, "bucket": from_row["bucket"]}
    db["newsletter_deliveries"].insert_one(row)
    link = Unsubscription("subscriber", by_link["_id"], "newsletter")
    bounces = compose(Parts(db, lambda *_, **__: None))
    for address in (
        return_path(row["_id"], secret=secret, domain="mail.wsis.example"),
        f"u.{token(link, secret)}@mail.wsis.example",
        f"n.{'a' * 39}.{'b' * 20}@mail.wsis.example",
    ):
        in_transaction(partial(bounces.receive_complaint, address))
    assert {one["state"] for one in db["subscribers"].find()} == {"unsubscribed"}
    assert db["newsletter_deliveries"].find_one({"_id": row["_id"]})["reason"] == "complaint"
    assert [one["_id"] for one in db["suppressions"].find()] == [from_row["email_key"]]


def test_a_rare_state_is_found_without_a_look_at_every_row(db: Any) -> None:
    campaign = begin(db, state="sending", open=True)
    failed = {f"{campaign}|00ff", f"{campaign}|0200", f"{campaign}|03ff"}
    for bucket in range(0, 1024, 8):
        rows = [
            {
                "_id": f"{campaign}|{number:04x}",
                "reason": None,
                "language": "en",
                "domain": "mail.example",
                "state": "failed" if f"{campaign}|{number:04x}" in failed else "sent",
            }
            for number in range(bucket, bucket + 8)
        ]
        db["newsletter_deliveries"].insert_many(rows)
        batches, ids = Batches(db), [row["_id"] for row in rows]
        batch = batches.add(campaign, (bucket, bucket + 8), ids, "claim", 60.0)
        if bucket != 0x200:  # which is being worked on: it has no figures yet
            batches.give_back(batch["_id"], "claim", figures.count(rows), None)
    cases = CampaignsCases(db, Issues(db), rates.Limits(), lambda account: {}, smtputf8=False, sender=Sender(db, "x"))
    pages: list[dict[str, Any]] = [{"next": None}]

    def read() -> None:
        for _ in range(3):
            pages.append(cases.list_campaign_deliveries(campaign, 1, pages[-1]["next"], "failed"))

    commands = STORE_COMMANDS.during(read)
    assert [row["id"] for page in pages[1:] for row in page["items"]] == sorted(failed)
    assert len(commands) <= 3 * 8, commands  # of 128 batches
    assert cases.list_campaign_deliveries(campaign, 1, pages[-1]["next"], "failed") == {"items": [], "next": None}


def test_the_suppression_of_an_officer_replaces_a_weaker_one(db: Any) -> None:
    suppressions = Suppressions(db)
    for reason in ("hard_bounce", "officer", "complaint"):
        in_transaction(partial(suppressions.add, "k", reason, clock.now(), "test"))
    assert suppressions.among(["k"]) == {"k": "officer"}
