"""Batches and rows of campaigns over a real store, without a process."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.mongo import in_transaction
from wsis_testkit import refused

from wsis_notifications.campaigns.store.batches import Batches
from wsis_notifications.campaigns.store.campaigns import Campaigns
from wsis_notifications.campaigns.store.deliveries import NewsletterDeliveries
from wsis_notifications.mails.rules.deliveries import Settlement


@pytest.fixture
def db(database: Any) -> Any:
    db = database("notifications")
    for name in ("campaigns", "campaign_batches", "newsletter_deliveries"):
        db[name].delete_many({})
    return db


@pytest.fixture
def batches(db: Any) -> Batches:
    return Batches(db)


@pytest.fixture
def rows(db: Any) -> NewsletterDeliveries:
    return NewsletterDeliveries(db)


def states(rows: NewsletterDeliveries) -> dict[str, str]:
    return {row["_id"]: row["state"] for row in rows.all.find()}


# -- campaigns -------------------------------------------------------------------------------------------------------


def test_senders_find_the_campaigns_with_work(db: Any) -> None:
    store, now = Campaigns(db), clock.now()
    for number, (id, state, is_open, kind) in enumerate(
        (
            ("due", "scheduled", True, "full"),
            ("later", "scheduled", True, "full"),
            ("going", "sending", True, "full"),
            ("test", "sending", True, "test"),
            ("ended", "canceled", False, "full"),
            ("ending", "canceled", True, "full"),
        )
    ):
        store.write(
            {
                "_id": id,
                "state": state,
                "open": is_open,
                "kind": kind,
                "issue": "flash",
                "by": f"officer {number % 2}",
                "scheduled_at": now + timedelta(hours=id == "later"),
                "created_at": now - timedelta(days=number),
                "started_at": None if state == "scheduled" else now,
                "totals": {"sent": 0, "hard": 0},
            }
        )
    db["campaigns"].update_one({"_id": "due"}, {"$set": {"scheduled_at": clock.iso(now)}})  # as a former version did
    assert [row["_id"] for row in store.due(now)] == ["due"]
    assert {row["_id"] for row in store.open()} == {"going", "test", "ending"}
    assert set(store.live()) == {"due", "later", "going", "test", "ending"}
    assert {row["_id"] for row in store.of_officer("officer 0")} == {"due", "going"}
    assert store.created_before(now - timedelta(days=3)) == ["ended"], "of the other something is left"
    assert set(store.others_of_issue({"_id": "going", "issue": "flash"})) == {"ended", "ending"}
    assert in_transaction(lambda: store.touch_open_of_issue("flash")) == 4
    assert [row["_id"] for row in store.page(2, None, "scheduled").rows] == ["due", "later"]
    assert [row["_id"] for row in store.page(1, None, None).rows] == ["due"]


@pytest.mark.parametrize(
    ("state", "is_open", "expected"),
    [
        ("draft", False, False),
        ("scheduled", False, True),
        ("scheduled", True, True),
        ("sending", True, True),
        ("canceled", True, True),
        ("canceled", False, False),
        ("paused", True, False),
        ("finished", False, False),
    ],
)
def test_campaigns_are_looked_after_while_one_is_under_way(
    db: Any, count_commands: Any, state: str, is_open: bool, expected: bool
) -> None:
    store = Campaigns(db)
    assert count_commands(store.is_any_under_way) == ["find"]
    assert store.is_any_under_way() is False
    store.write({"_id": "c", "state": state, "open": is_open, "scheduled_at": clock.now(), "created_at": clock.now()})
    assert store.is_any_under_way() is expected
    assert expected is bool(store.due(clock.now()) or store.open())


def test_a_campaign_that_has_left_its_state_is_not_changed(db: Any) -> None:
    store = Campaigns(db)
    read = store.write({"_id": "c", "state": "sending", "open": True, "created_at": clock.now(), "totals": {"sent": 1}})
    assert store.add_totals("c", {"sent": 2, "hard": 1})["totals"] == {"sent": 3, "hard": 1}
    assert not store.change("c", "scheduled", {"state": "paused"})
    assert store.change("c", "sending", {"state": "paused"})
    assert store.read("c")["state"] == "paused"
    with refused("suite.changed_meanwhile"):
        store.write({**read, "state": "canceled"})
    with refused("notifications.campaign_unknown", campaign="d"):
        store.read("d")


# -- batches ---------------------------------------------------------------------------------------------------------


def test_a_batch_is_worked_on_by_one_until_its_lease_ends(batches: Batches) -> None:
    batches.add("c", (0, 8), ["c|1"], "first", lease=60)
    assert batches.take("c", "second", 60) is None
    batches.renew([made["_id"] for made in batches.of("c")], "second", -1)
    assert batches.take("c", "second", 60) is None, "only its holder gives it up"
    batches.renew([made["_id"] for made in batches.of("c")], "first", -1)
    assert batches.take("another", "second", 60) is None
    taken = batches.take("c", "second", 60)
    assert taken is not None
    assert (taken["claim"], taken["ids"]) == ("first", ["c|1"]), "as it was left"
    assert batches.take("c", "third", 60) is None


def test_a_batch_that_was_given_back_is_done_or_due_again(batches: Batches) -> None:
    made = batches.add("c", (0, 8), ["c|1"], "first", lease=60)["_id"]
    now = clock.now()
    assert batches.give_back(made, "second", [["sent", 1]], None) is None
    assert [row["claim"] for row in batches.of("c")] == ["first"]
    former = batches.give_back(made, "first", [["sent", 1]], now)
    assert former is not None
    assert (former["claim"], former["figures"]) == ("first", [])
    assert batches.is_open("c")
    assert batches.take("c", "second", 60) is not None
    assert batches.give_back(made, "second", [["sent", 2]], None) is not None
    (row,) = batches.of("c")
    assert (row["state"], row["claim"], row["due"], row["figures"]) == ("done", None, None, [["sent", 2]])
    assert not batches.is_open("c")


def test_a_bucket_is_of_the_batch_around_it(batches: Batches) -> None:
    for first, end in ((8, 16), (0, 8), (20, 24)):
        batches.add("c", (first, end), [], "first", lease=60)
    assert [row["bucket"] for row in batches.of("c")] == [0, 8, 20]
    found = [batches.containing("c", bucket) for bucket in (0, 7, 8, 15, 16, 20, 24)]
    assert [row and row["bucket"] for row in found] == [0, 0, 8, 8, None, 20, None]
    following = [batches.next_after("c", bucket) for bucket in (0, 1, 8, 9, 20, 21)]
    assert [row and row["bucket"] for row in following] == [0, 8, 8, 20, 20, None]
    batches.remove(batches.of("c")[0]["_id"])
    assert [row["bucket"] for row in batches.of("c")] == [8, 20]


# -- rows ------------------------------------------------------------------------------------------------------------


def insert(rows: NewsletterDeliveries, **by_id: tuple[str, str | None]) -> None:
    rows.insert([{"_id": id, "state": state, "claim": claim, "attempts": 0} for id, (state, claim) in by_id.items()])


def test_progress_is_of_rows_that_are_ours(rows: NewsletterDeliveries) -> None:
    insert(rows, sent=("sending", "we"), theirs=("sending", "they"), new=("queued", None), left=("skipped", None))
    at = clock.now()
    begun = rows.write_progress("we", [("sent", at), ("theirs", at)], ["new", "left", "theirs"])
    assert begun == {"new"}
    assert states(rows) == {"sent": "sent", "theirs": "sending", "new": "sending", "left": "skipped"}
    assert [rows.find("new")[name] for name in ("claim", "attempts")] == ["we", 1]  # type: ignore[index]


def test_what_was_sent_after_all_was_sent(rows: NewsletterDeliveries) -> None:
    insert(rows, mine=("sending", "we"), theirs=("sending", "they"), other=("sending", "we"), waits=("queued", None))
    rows.abandon(["mine", "theirs", "waits"])
    assert states(rows) == {"mine": "unknown", "theirs": "unknown", "other": "sending", "waits": "queued"}
    rows.write_progress("we", [("mine", clock.now()), ("theirs", clock.now())], [])
    assert states(rows) == {"mine": "sent", "theirs": "unknown", "other": "sending", "waits": "queued"}


@pytest.mark.parametrize(
    ("outcome", "leaving", "becomes"),
    [
        (Settlement("bounced", "no mailbox"), False, ("bounced", "no mailbox")),
        (Settlement("queued", "busy", 60.0), False, ("queued", "busy")),
        (Settlement("queued", "busy", 60.0), True, ("skipped", "unsubscribed")),
        (Settlement("failed", "refused"), True, ("failed", "refused")),
    ],
)
def test_a_mail_is_tried_again_unless_its_reader_has_left(
    rows: NewsletterDeliveries, outcome: Settlement, leaving: bool, becomes: tuple[str, str]
) -> None:
    insert(rows, r=("sending", "we"), waits=("queued", None))
    if leaving:
        in_transaction(lambda: rows.withdraw(["r"], 3))
    assert rows.is_sending(["r"])
    assert not rows.record("r", "they", outcome)
    assert rows.is_sending(["r"])
    before = clock.now()
    assert rows.record("r", "we", outcome)
    found = rows.find("r")
    assert found is not None
    assert (found["state"], found["reason"]) == becomes
    assert ("due" in found) == (becomes[0] == "queued")
    assert found.get("due", before) - before < timedelta(seconds=70)
    assert not rows.record("r", "we", outcome), "once"
    assert states(rows)["waits"] == "queued"


def test_whoever_leaves_gets_nothing_that_waits(rows: NewsletterDeliveries) -> None:
    insert(rows, r1=("queued", None), r2=("sent", "we"), other=("queued", None))
    in_transaction(lambda: rows.withdraw(["r1", "r2"], 3))
    assert states(rows) == {"r1": "skipped", "r2": "sent", "other": "queued"}
    assert not rows.is_sending(["r1", "r2", "other"])
    rows.change({"_id": "r2", "state": "sent"}, "bounced", "came back")
    rows.change({"_id": "other", "state": "sent"}, "bounced", "came back")
    assert states(rows) == {"r1": "skipped", "r2": "bounced", "other": "queued"}
    in_transaction(lambda: rows.remove(["r1", "r2"]))
    assert list(states(rows)) == ["other"]
