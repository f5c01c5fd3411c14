"""Officers send campaigns: over the bus, with the process `sender` and a relay that counts."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.errors import Invalid
from wsis_shared.mongo import in_transaction
from wsis_testkit import actor, publish, publish_mail, refused, wait_for

from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.mails.store.announced import AnnouncedAddresses
from wsis_notifications.subscribers.store.subscribers import Subscribers

from .. import sender_kit
from ..conftest import DOMAIN, SAMPLES, Inbox
from ..issue_kit import content
from ..issues.test_checks import CHAMPIONS
from ..sink import Sink

OFFICER = actor("officer")


@pytest.fixture(scope="module")
def sink() -> Iterator[Sink]:
    with Sink() as made:
        yield made


@pytest.fixture(scope="module")
def events(published: Any) -> Any:
    return published("notifications")


@pytest.fixture(scope="module")
def served(events: Any, serve: Any, accounts: Any, start_process: Any, sink: Sink) -> Any:
    settings = {
        "WSIS_MAIL_DOMAIN": DOMAIN,
        "WSIS_PUBLIC_URL": "https://wsis.example",
        "WSIS_NEWSLETTER_WARM_UP": "0=0",
    }
    made = serve("notifications", **settings)
    start_process("notifications", "sender", WSIS_SMTP_URI=sink.uri, WSIS_NEWSLETTER_CONNECTIONS="4", **settings)
    return made


@pytest.fixture
def readers(served: Any, database: Any, sink: Sink, accounts: Any) -> list[dict[str, Any]]:
    db = database("notifications")
    for name in ("subscribers", "subscriber_counts", "suppressions", "campaigns", "campaign_batches"):
        db[name].delete_many({})
    sink.taken.clear()
    made = list(sender_kit.readers(21))
    accounts.accounts[OFFICER.id] = {
        "account": OFFICER.id,
        "email": "officer@wsis.example",
        "names": "O",
        "locale": "fr",
    }
    in_transaction(lambda: Subscribers(db).add_many(made, clock.now()))
    return made


@pytest.fixture
def issue(served: Any) -> str:
    made = served.call("create_issue", OFFICER, body=content())
    body = {"state": "ready", "version": made["version"], "reason": "Agreed"}
    return str(served.call("move_issue", OFFICER, issue=made["id"], body=body)["id"])


def create(served: Any, issue: str, **segment: Any) -> str:
    whole = {"languages": [], "topics": [], "stakeholder_types": [], "regions": [], **segment}
    return str(served.call("create_campaign", OFFICER, body={"issue": issue, "segment": whole})["id"])


def send(served: Any, campaign: str) -> dict[str, Any]:
    served.call("schedule_campaign", OFFICER, campaign=campaign, body={"at": None})
    return ended(served, campaign)


def ended(served: Any, campaign: str, state: str = "finished") -> dict[str, Any]:
    def found() -> Any:
        read = served.call("read_campaign", OFFICER, campaign=campaign)
        return read if read["state"] == state else None

    return dict(wait_for(found, 30, f"a campaign that is {state}"))


def test_an_issue_goes_to_a_segment_once(
    served: Any, readers: list[dict[str, Any]], issue: str, sink: Sink, events: Any
) -> None:
    campaign = create(served, issue, languages=["fr", "ar"])
    estimate = served.call("estimate_campaign", OFFICER, campaign=campaign)
    assert (estimate["recipients"], estimate["exact"], estimate["text"]) == (6, True, "6 at 800/s = 1 s")
    send(served, campaign)
    wanted = [reader for reader in readers if reader["language"] in ("fr", "ar")]
    assert sink.counts() == {reader["email"]: 1 for reader in wanted}
    figures = served.call("campaign_figures", OFFICER, campaign=campaign)
    assert figures["states"] == [{"name": "sent", "state": "sent", "count": 6}]
    assert {item["name"] for item in figures["languages"]} == {"fr", "ar"}
    assert {item["name"] for item in figures["domains"]} == {"other"}  # so few that a domain could be a person
    page = served.call("list_campaign_deliveries", OFFICER, campaign=campaign, limit=4, after=None, state="sent")
    rest = served.call(
        "list_campaign_deliveries", OFFICER, campaign=campaign, limit=4, after=page["next"], state="sent"
    )
    listed = [row["subscriber"] for row in page["items"] + rest["items"]]
    assert sorted(listed) == sorted(reader["_id"] for reader in wanted)
    assert "@" not in str(page)
    assert served.call("read_issue", OFFICER, issue=issue)["state"] == "sent"
    told = events.wait("newsletter_issued")
    assert told[-1]["data"]["issue"] == issue
    assert events.wait("campaign_finished")[-1]["data"]["campaign"] == campaign
    mail = message_from_bytes(sink.contents[wanted[0]["email"]], policy=policy.default)
    assert "%%" not in mail.as_string()


def test_an_issue_goes_to_the_readers_of_its_topics_unless_an_officer_says_all(
    served: Any, readers: list[dict[str, Any]], issue: str, sink: Sink, database: Any, events: Any
) -> None:
    other, *rest = readers
    database("notifications")["subscribers"].update_one({"_id": other["_id"]}, {"$set": {"topics": ["prizes"]}})
    campaign, everybody = create(served, issue), create(served, issue, topics=["all"])
    assert served.call("estimate_campaign", OFFICER, campaign=campaign)["recipients"] == len(rest)
    send(served, campaign)
    assert sink.counts() == {reader["email"]: 1 for reader in rest}

    assert served.call("estimate_campaign", OFFICER, campaign=everybody)["recipients"] == len(readers)
    send(served, everybody)
    assert sink.counts() == {reader["email"]: 1 for reader in readers}

    def audited() -> Any:
        told = [event["data"] for event in events.wait("action_taken")]
        return [data for data in told if data["object"] == f"campaign/{everybody}"]

    [created, *_] = wait_for(audited, 15, "the audit entry")
    assert (created["action"], created["after"]["segment"]["topics"]) == ("notifications.campaign_created", ["all"])


def test_a_test_goes_to_the_officer_and_to_nobody_on_the_list(
    served: Any, readers: list[dict[str, Any]], issue: str, sink: Sink, database: Any
) -> None:
    body = {"issue": issue, "addresses": ["colleague@wsis.example"], "languages": ["en", "zh"], "format": "html"}
    made = served.call("test_campaign", OFFICER, body=body)
    ended(served, made["id"])
    assert sink.counts() == {"officer@wsis.example": 2, "colleague@wsis.example": 2}
    mail = message_from_bytes(sink.contents["officer@wsis.example"], policy=policy.default)
    assert mail["Subject"].startswith("[test] ")
    greeting = {"en": "Dear reader,", "zh": "尊敬的读者："}[mail["Content-Language"]]
    assert greeting in mail.get_body(("plain",)).get_content()
    stored = database("notifications")["campaigns"].find_one({"_id": made["id"]})
    assert stored["recipients"] is None
    assert database("notifications")["issues"].find_one({"_id": issue})["state"] == "ready"


@pytest.mark.parametrize("address", ["a@ab--cd.example", "a@-x.example", "a@[127.0.0.1]", "é@wsis.example", "a@b"])
def test_a_test_to_an_address_that_takes_no_mail_is_refused_with_its_place(
    served: Any, issue: str, database: Any, address: str
) -> None:
    before = database("notifications")["campaigns"].count_documents({})
    body = {"issue": issue, "addresses": ["colleague@wsis.example", address], "languages": [], "format": "html"}
    with pytest.raises(Invalid) as refusal:
        served.call("test_campaign", OFFICER, body=body)
    assert list(refusal.value.fields) == ["addresses.1"]
    assert database("notifications")["campaigns"].count_documents({}) == before


def test_who_bounced_is_suppressed_and_who_complained_unsubscribed(
    served: Any, readers: list[dict[str, Any]], issue: str, sink: Sink, database: Any, amqp_client: Any
) -> None:
    campaign = create(served, issue)
    send(served, campaign)
    db, blobs = database("notifications"), _blob_store()
    bounced, soft, complained, absent = readers[:4]
    for reader, sample in (
        (bounced, "postfix-unknown-user"),
        (soft, "postfix-full-mailbox"),
        (complained, "complaint"),
        (absent, "vacation"),
    ):
        blob = blobs(sample)
        publish_mail(
            amqp_client,
            "notifications",
            "receive_newsletter_bounce",
            recipient=sink.senders[reader["email"]],
            blob=blob,
        )

    def rows() -> dict[str, Any]:
        found = db["newsletter_deliveries"].find({"_id": {"$regex": f"^{campaign}"}})
        return {row["_id"].partition("|")[2]: (row["state"], row["reason"]) for row in found}

    expected = {
        bounced["_id"]: ("bounced", "hard 5.1.1"),
        soft["_id"]: ("bounced", "soft 5.2.2"),
        complained["_id"]: ("sent", "complaint"),
        absent["_id"]: ("sent", None),
    }
    wait_for(lambda: expected.items() <= rows().items(), 15, str(rows()))
    states = {row["_id"]: row["state"] for row in db["subscribers"].find()}
    assert [states[reader["_id"]] for reader in (bounced, soft, complained, absent)] == [
        "bounced",
        "active",
        "unsubscribed",
        "active",
    ]
    assert {row["_id"]: row["reason"] for row in db["suppressions"].find()} == {
        bounced["_id"]: "hard_bounce",
        complained["_id"]: "complaint",
    }
    figures = served.call("campaign_figures", OFFICER, campaign=campaign)
    reasons = {(item["name"], item["state"], item["count"]) for item in figures["reasons"]}
    assert reasons == {("hard 5.1.1", "bounced", 1), ("soft 5.2.2", "bounced", 1), ("complaint", "sent", 1)}
    sink.taken.clear()
    body = {"reason": "Once more", "include_unknown": False}
    again = served.call("resend_campaign", OFFICER, campaign=campaign, body=body)
    ended(served, again["id"])
    assert sink.counts() == {soft["email"]: 1}


def _blob_store() -> Any:
    from wsis_shared.blobs import store

    def put(sample: str) -> str:
        raw = (SAMPLES / f"{sample}.eml").read_bytes().replace(b"\n", b"\r\n")
        return str(
            store.of("notifications").put([raw], owner="mail/test", filename="mail.eml", media_type="message/rfc822").id
        )

    return put


def test_champions_are_announced_once_to_subscribers_of_the_prizes(
    served: Any, readers: list[dict[str, Any]], sink: Sink, database: Any, amqp_client: Any
) -> None:
    db = database("notifications")
    wanted = readers[:3]
    db["subscribers"].update_many(
        {"_id": {"$in": [reader["_id"] for reader in wanted]}}, {"$set": {"topics": ["prizes"]}}
    )
    event = publish(amqp_client, "prizes", "champions_announced", CHAMPIONS)
    for _ in range(2):
        publish(amqp_client, "prizes", "champions_announced", CHAMPIONS, id=event)
    wait_for(lambda: db["campaigns"].find_one({"event": event, "state": "finished"}), 30)
    assert sink.counts() == {reader["email"]: 1 for reader in wanted}
    mail = message_from_bytes(sink.contents[wanted[0]["email"]], policy=policy.default)
    assert CHAMPIONS["champions"][0]["title"] in mail.get_body(("plain",)).get_content()
    assert db["campaigns"].count_documents({}) == 1


def scheduled(database: Any, campaign: str, at: Any) -> None:
    change = {"state": "scheduled", "scheduled_at": at, "by": OFFICER.id}
    assert database("notifications")["campaigns"].update_one({"_id": campaign}, {"$set": change}).matched_count


def test_a_schedule_that_is_over_an_hour_late_waits_for_an_officer(
    served: Any, readers: list[dict[str, Any]], issue: str, sink: Sink, database: Any
) -> None:
    campaign = create(served, issue)
    scheduled(database, campaign, clock.now() - timedelta(hours=2))
    assert ended(served, campaign, "needs_confirmation")["reason"] == "late"
    assert sink.taken == []
    served.call("confirm_campaign", OFFICER, campaign=campaign, body={"reason": "Still news"})
    ended(served, campaign)
    assert len(sink.taken) == len(readers)


def test_a_time_that_a_former_version_stored_as_text_is_one_too(
    served: Any, readers: list[dict[str, Any]], issue: str, sink: Sink, database: Any
) -> None:
    campaign = create(served, issue)
    scheduled(database, campaign, clock.iso(clock.now()))
    ended(served, campaign)
    assert len(sink.taken) == len(readers)


def test_a_campaign_of_an_officer_who_is_blocked_when_its_time_comes_waits_for_another(
    served: Any, readers: list[dict[str, Any]], issue: str, sink: Sink, accounts: Any, events: Any
) -> None:
    other = actor("officer")
    accounts.accounts[other.id] = accounts.accounts[OFFICER.id] | {"account": other.id}
    campaign = create(served, issue)
    accounts.blocked.add(OFFICER.id)
    try:
        served.call("schedule_campaign", OFFICER, campaign=campaign, body={"at": None})
        assert ended(served, campaign, "needs_confirmation")["reason"] == "officer"
        told = {"campaign": campaign, "name": content()["title"]["en"], "reason": "officer"}
        wait_for(lambda: told in [event["data"] for event in events.wait("campaign_paused")], 15, "the event")
        assert sink.taken == []
        served.call("confirm_campaign", other, campaign=campaign, body={"reason": "It is in order"})
        ended(served, campaign)
    finally:
        accounts.blocked.clear()
    assert len(sink.taken) == len(readers)


def test_a_campaign_that_is_given_another_time_while_accounts_is_asked_waits_for_that(
    served: Any, readers: list[dict[str, Any]], issue: str, accounts: Any, database: Any
) -> None:
    moved, other = create(served, issue), create(served, issue)
    db, asked = database("notifications"), list[str]()

    def give_another_time() -> None:
        asked.append(moved)
        later = {"$set": {"scheduled_at": clock.now() + timedelta(hours=1)}, "$inc": {"version": 1}}
        db["campaigns"].update_one({"_id": moved}, later)

    accounts.meanwhile = give_another_time
    try:
        scheduled(database, moved, clock.now())
        wait_for(lambda: asked, 15, "the question")
    finally:
        accounts.meanwhile = lambda: None
    scheduled(database, other, clock.now())
    ended(served, other)  # in a later turn
    assert served.call("read_campaign", OFFICER, campaign=moved)["state"] == "scheduled"


@pytest.mark.parametrize("roles", [["member", "juror"], []], ids=["demoted", "blocked or erased"])
def test_what_an_officer_started_stops_when_they_may_no_longer_send(
    served: Any, accounts: Any, readers: Any, issue: str, database: Any, amqp_client: Any, roles: Any, monkeypatch: Any
) -> None:
    db = database("notifications")
    running, waiting, others = (create(served, issue) for _ in range(3))
    for one in (waiting, others):
        scheduled(database, one, clock.now() + timedelta(hours=1))
    db["campaigns"].update_one({"_id": others}, {"$set": {"by": "another"}})
    # Without `open` the sender leaves it alone, so that it is still under way.
    db["campaigns"].update_one({"_id": running}, {"$set": {"state": "sending", "by": OFFICER.id}})
    told = publish(amqp_client, "accounts", "power_changed", {"account": OFFICER.id, "roles": roles})
    wait_for(lambda: db["inbox"].find_one({"_id": f"check_campaign_officer|{told}"}), 15, "an event that came late")
    assert served.call("read_campaign", OFFICER, campaign=waiting)["state"] == "scheduled", "they have the role again"
    monkeypatch.setitem(accounts.roles, OFFICER.id, roles)
    publish(amqp_client, "accounts", "power_changed", {"account": OFFICER.id, "roles": roles})
    assert ended(served, running, "paused")["reason"] == "officer"
    assert ended(served, waiting, "needs_confirmation")["reason"] == "officer"
    queues = {row["code"]: row["count"] for row in served.call("list_waiting", OFFICER)["items"]}
    assert min(queues["paused_campaigns"], queues["late_campaigns"]) > 0
    assert served.call("read_campaign", OFFICER, campaign=others)["state"] == "scheduled"


@pytest.mark.parametrize("first", ["mail", "campaign"])
def test_who_has_an_account_and_reads_the_newsletter_hears_of_champions_once(
    served: Any,
    readers: list[dict[str, Any]],
    sink: Sink,
    database: Any,
    amqp_client: Any,
    accounts: Any,
    environment: dict[str, str],
    first: str,
) -> None:
    db, event, inbox = database("notifications"), uuid.uuid4().hex, Inbox(environment["WSIS_MAIL_WEB_URI"])
    listed = readers[:6]
    db["subscribers"].update_many({"_id": {"$in": [one["_id"] for one in listed]}}, {"$set": {"topics": ["prizes"]}})
    for reader in listed:
        db["subscribers"].update_one({"_id": reader["_id"]}, {"$set": {"email_key": address_key(reader["email"])}})
    accounts.accounts.clear()
    alone = accounts.add()
    for reader in listed[3:]:
        accounts.accounts[accounts.add()]["email"] = reader["email"]
    # One address that each of the ways has had before the other looks.
    taken = address_key(listed[3]["email"])
    in_transaction(lambda: AnnouncedAddresses(db).take(event, [taken], first))
    publish(amqp_client, "prizes", "champions_announced", CHAMPIONS, id=event)
    wait_for(lambda: db["campaigns"].find_one({"event": event, "state": "finished"}), 30)

    def settled() -> bool:
        found = list(db["deliveries"].find({"event": event, "template": "prizes/champions_announced"}))
        return len(found) == len(accounts.accounts) and {row["state"] for row in found} <= {"sent", "skipped"}

    wait_for(settled, 30, "the mails")
    counts = Counter(sink.counts())
    for email in [one["email"] for one in listed] + [accounts.email(alone)]:
        counts[email] += inbox.count(to=email)
    assert counts == {email: 1 for email in counts}
    assert len(counts) == 7
    assert sink.counts().get(listed[3]["email"], 0) == (first == "campaign")


def test_what_is_not_allowed_changes_nothing(served: Any, readers: list[dict[str, Any]], issue: str) -> None:
    with refused("notifications.campaign_unknown"):
        served.call("read_campaign", OFFICER, campaign="none")
    draft = served.call("create_issue", OFFICER, body=content())["id"]
    with refused("notifications.issue_not_ready"):
        create(served, draft)
    campaign = create(served, issue)
    for move in ("pause", "resume", "confirm"):
        with refused("notifications.campaign_state"):
            served.call(f"{move}_campaign", OFFICER, campaign=campaign, body={"reason": "No reason"})
    served.call("cancel_campaign", OFFICER, campaign=campaign, body={"reason": "Not now"})
    with refused("notifications.campaign_state"):
        served.call("schedule_campaign", OFFICER, campaign=campaign, body={"at": None})
