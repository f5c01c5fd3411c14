"""The sender over a real store and a relay that counts."""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.utils import parseaddr
from functools import partial
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.mongo import in_transaction
from wsis_shared.parts import Parts
from wsis_testkit import unsent, wait_for
from wsis_testkit.store_commands import STORE_COMMANDS

from wsis_notifications.campaigns.rules.prepared import Prepared
from wsis_notifications.campaigns.use_cases.retention import KEPT, Retention
from wsis_notifications.returned.use_cases import newsletter as bounces
from wsis_notifications.subscribers.rules.topics import TOPICS
from wsis_notifications.subscribers.store.subscribers import Subscribers

from .. import newsletter_faults
from ..conftest import SAMPLES
from ..mails.test_dkim import key_and_record, verified
from ..sink import Sink
from .campaign_kit import add, begin, ended, states


def prepared_texts() -> int:
    """How many texts of this process are prepared for readers."""
    gc.collect()
    return sum(type(item) is Prepared for item in gc.get_objects())  # `isinstance` asks a proxy whose object is gone


def test_each_reader_gets_one_mail_in_their_language(db: Any, sink: Sink, start: Any) -> None:
    readers = add(db, 350)
    campaign = begin(db)
    texts = start()
    found = ended(db, campaign)
    assert sink.counts() == {reader["email"]: 1 for reader in readers}
    assert states(db) == {"sent": 350}
    assert found["totals"] == {"sent": 350, "hard": 0, "complaints": 0}
    assert texts.states == [("1", "sent")]
    for reader in readers[:70]:
        mail = message_from_bytes(sink.contents[reader["email"]], policy=policy.default)
        assert mail["Content-Language"] == reader["language"]
        assert f"{reader['first_name']} {reader['last_name']}" in mail["To"]
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["Precedence"] == "bulk"
        text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
        assert text.startswith(f"{reader['first_name']},\n")
        assert "%%" not in text
        page = mail.get_body(("html",))
        assert (page is None) == (reader["format"] == "text")
        if page is not None:
            assert f"<bdi>{reader['first_name']}</bdi>" in page.get_content()
        assert sink.senders[reader["email"]].startswith("n.")


IMPORTED = {
    "en": "because you agreed to it on 4 May 2016: Registration desk of the Forum.",
    "fr": "parce que vous avez donné votre accord le 4 mai 2016\u00a0: Registration desk of the Forum.",
    "es": "porque dio su consentimiento el 4 de mayo de 2016: Registration desk of the Forum.",
    "pt": "porque deu seu consentimento em 4 de maio de 2016: Registration desk of the Forum.",
    "ru": "потому что дали на это согласие 4 мая 2016\u202fг.: Registration desk of the Forum.",
    "ar": "لأنكم وافقتم عليها في 4 مايو 2016: \u2068Registration desk of the Forum\u2069.",
    "zh": "是因为您已于2016年5月4日表示同意：Registration desk of the Forum。",
}


def test_a_reader_of_an_import_is_told_where_and_when_they_agreed(db: Any, sink: Sink, start: Any) -> None:
    # 23:30 in Geneva the day before is another day in UTC, so the day is that of Geneva.
    at = datetime(2016, 5, 3, 22, 30, tzinfo=UTC)
    consent = {"at": at, "source": "Registration desk of the Forum", "text": "Yes", "import_id": "7d1c"}
    imported = add(db, 7, consent=consent)
    [confirmed] = add(db, 1, seed=2, consent={"at": at, "source": "form", "text_version": "1"})
    campaign = begin(db)
    start()
    ended(db, campaign)

    def texts(email: str) -> list[str]:
        mail = message_from_bytes(sink.contents[email], policy=policy.default)
        return [part.get_content() for part in mail.walk() if not part.is_multipart()]

    for reader in imported:
        for text in texts(reader["email"]):
            assert IMPORTED[reader["language"]] in text
    for text in texts(confirmed["email"]):
        assert "because you subscribed to it and confirmed your address." in text


def test_what_is_refused_for_now_is_tried_again_and_what_is_refused_for_good_is_not(
    db: Any, sink: Sink, start: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wsis_notifications.campaigns.rules.outcomes.BACKOFF", (0.1, 0.1))
    readers = add(db, 6)
    later, never, nobody, policy_, full = (reader["email"] for reader in readers[:5])
    replies = {
        later: [b"451 4.7.1 Later\r\n"] * 2,
        never: [b"451 4.7.1 Later\r\n"] * 9,
        nobody: [b"550 5.1.1 Unknown\r\n"] * 9,
        policy_: [b"550 5.7.1 No\r\n"] * 9,
        full: [b"552 5.2.2 Full\r\n"] * 9,
    }
    sink.policy = lambda recipient: replies[recipient].pop() if replies.get(recipient) else None
    campaign = begin(db)
    start()
    ended(db, campaign)
    rows = {row["_id"].partition("|")[2]: row for row in db["newsletter_deliveries"].find()}
    became = [(rows[reader["_id"]]["state"], rows[reader["_id"]]["reason"]) for reader in readers]
    assert became == [
        ("sent", None),
        ("failed", "given up: rcpt 451 4.7.1"),
        ("bounced", "rcpt 550 5.1.1"),
        ("failed", "rcpt 550 5.7.1"),
        ("failed", "rcpt 552 5.2.2"),
        ("sent", None),
    ]
    assert rows[readers[0]["_id"]]["attempts"] == 3
    assert [row["_id"] for row in db["suppressions"].find()] == [readers[2]["email_key"]]
    assert db["subscribers"].find_one({"_id": readers[2]["_id"]})["state"] == "bounced"
    assert db["subscribers"].find_one({"_id": readers[3]["_id"]})["state"] == "active"


def test_a_refused_mailbox_is_noted_in_its_row_and_its_reader_at_once(db: Any, sink: Sink, start: Any) -> None:
    [reader], asked = add(db, 1), []  # type: ignore[var-annotated]

    def refuse(recipient: str) -> bytes:
        asked.append(len(STORE_COMMANDS.names))
        return b"550 5.1.1 Unknown\r\n"

    def lock_reader() -> None:
        Subscribers(db).collection("subscribers").update_one({"_id": reader["_id"]}, {"$set": {"region": "africa"}})
        start()
        wait_for(
            lambda: asked and "abortTransaction" in STORE_COMMANDS.names[asked[0] :], 15, "the reader to be locked"
        )
        assert states(db) == {"sending": 1}

    sink.policy, campaign = refuse, begin(db)
    in_transaction(lock_reader)
    ended(db, campaign)
    assert states(db) == {"bounced": 1}
    assert db["subscribers"].find_one({"_id": reader["_id"]})["state"] == "bounced"
    assert len(list(db["suppressions"].find())) == len(asked) == 1


@pytest.mark.parametrize("way", ["relay", "report"])
def test_a_host_that_is_gone_is_counted_by_day_and_suppressed_on_the_fifth(
    db: Any, sink: Sink, start: Any, way: str
) -> None:
    first, fifth = add(db, 2)
    days = [(clock.now() - timedelta(days=number)).date().isoformat() for number in (1, 2, 3, 4)]
    db["soft_bounces"].insert_one({"_id": fifth["email_key"], "days": days, "at": clock.now()})
    if way == "relay":
        sink.policy = lambda recipient: b"550 5.4.4 Host not found\r\n"
    campaign = begin(db)
    start(mail_domain="mail.wsis.example")
    ended(db, campaign)
    if way == "report":
        cases = bounces.compose(Parts(db, lambda *_, **__: None))
        report = (SAMPLES / "postfix-host-not-found.eml").read_bytes()
        for reader in (first, fifth):
            in_transaction(partial(cases.receive, sink.senders[reader["email"]], report))
    assert states(db) == {"bounced": 2}
    assert {row["_id"]: row["reason"] for row in db["suppressions"].find()} == {fifth["email_key"]: "hard_bounce"}
    assert {row["_id"]: len(row["days"]) for row in db["soft_bounces"].find()} == {
        first["email_key"]: 1,
        fifth["email_key"]: 5,
    }


def test_a_paused_campaign_leaves_no_texts_in_memory_and_goes_on(db: Any, sink: Sink, start: Any) -> None:
    readers = add(db, 40)
    before = prepared_texts()
    campaign = begin(db)
    start(newsletter_per_second=4.0)
    wait_for(lambda: len(sink.taken) >= 3, 15)
    assert prepared_texts() > before
    db["campaigns"].update_one({"_id": campaign}, {"$set": {"state": "paused"}})
    wait_for(lambda: prepared_texts() <= before, 15, "the texts to be gone")
    db["campaigns"].update_one({"_id": campaign}, {"$set": {"state": "sending"}})
    ended(db, campaign)
    assert sink.counts() == {reader["email"]: 1 for reader in readers}


def test_a_suppressed_address_is_skipped_and_says_why(db: Any, sink: Sink, start: Any) -> None:
    first, second = add(db, 2)
    db["suppressions"].insert_one({"_id": first["email_key"], "reason": "complaint", "at": clock.now(), "source": "x"})
    campaign = begin(db)
    start()
    ended(db, campaign)
    assert sink.counts() == {second["email"]: 1}
    row = db["newsletter_deliveries"].find_one({"_id": f"{campaign}|{first['_id']}"})
    assert (row["state"], row["reason"]) == ("skipped", "complaint")


def test_a_campaign_with_too_many_dead_addresses_pauses_and_goes_on_when_it_is_resumed(
    db: Any, sink: Sink, start: Any
) -> None:
    readers = add(db, 900)
    dead = {reader["email"] for reader in readers[::10]}
    sink.policy = lambda recipient: b"550 5.1.1 Unknown\r\n" if recipient in dead else None
    campaign = begin(db)
    start()
    paused = ended(db, campaign, "paused")
    assert paused["reason"] == "hard_bounces"
    assert len(unsent(db, "campaign_paused")) == 1
    assert len(sink.taken) < 810
    wait_for(lambda: not db["campaign_batches"].find_one({"claim": {"$ne": None}}), 15, "all batches back")
    before = len(sink.taken)
    change = {"state": "sending", "overridden": ["hard_bounces"]}
    db["campaigns"].update_one({"_id": campaign}, {"$set": change})
    ended(db, campaign)
    assert before < len(sink.taken) == 810
    assert states(db) == {"sent": 810, "bounced": 90}


def test_what_is_canceled_is_not_sent(db: Any, sink: Sink, start: Any) -> None:
    add(db, 60)
    campaign = begin(db)
    texts = start(newsletter_per_second=5.0)
    wait_for(lambda: len(sink.taken) >= 5, 15)
    db["campaigns"].update_one({"_id": campaign}, {"$set": {"state": "canceled"}})
    wait_for(lambda: db["campaigns"].find_one({"_id": campaign, "open": False}), 15, "an end")
    counts = states(db)
    assert counts["sent"] == len(sink.taken) < 60
    assert counts == {"sent": counts["sent"], "skipped": 60 - counts["sent"]}
    assert texts.states == [("1", "sent")]  # the page of an issue that some have stays


def test_who_leaves_while_their_mail_is_handed_over_waits_for_it(db: Any, sink: Sink, start: Any) -> None:
    [reader] = add(db, 1)
    sink.delay = 1.0
    begin(db)
    start()
    wait_for(lambda: states(db).get("sending"), 15)
    newsletter_faults.leave(db, reader["_id"])
    assert [recipient for recipient, _ in sink.taken] == [reader["email"]]
    assert states(db) == {"sent": 1} or db["newsletter_deliveries"].find_one({"state": "sending"}) is None


def test_who_leaves_between_two_tries_gets_nothing(db: Any, sink: Sink, start: Any) -> None:
    [reader] = add(db, 1)
    sink.policy = lambda recipient: b"451 4.7.1 Later\r\n"
    campaign = begin(db)
    start()
    wait_for(lambda: states(db).get("queued") and db["newsletter_deliveries"].find_one({"due": {"$exists": True}}), 15)
    newsletter_faults.leave(db, reader["_id"])
    row = db["newsletter_deliveries"].find_one({"_id": f"{campaign}|{reader['_id']}"})
    assert (row["state"], row["reason"]) == ("skipped", "unsubscribed")


def test_who_takes_the_topic_off_between_two_tries_gets_nothing(db: Any, sink: Sink, start: Any) -> None:
    reader, other = add(db, 2)
    sink.policy = lambda recipient: b"451 4.7.1 Later\r\n"
    campaign = begin(db, topics=reader["topics"][:1])
    start()
    wait_for(lambda: db["newsletter_deliveries"].count_documents({"due": {"$exists": True}}) == 2, 15)
    off = [topic for topic in TOPICS if topic != reader["topics"][0]][:1]
    db["subscribers"].update_one({"_id": reader["_id"]}, {"$set": {"topics": off}})
    sink.policy = lambda recipient: None
    db["newsletter_deliveries"].update_many({}, {"$set": {"due": clock.now()}})
    db["campaign_batches"].update_many({}, {"$set": {"due": clock.now()}})
    ended(db, campaign)
    assert sink.counts() == {other["email"]: 1}
    row = db["newsletter_deliveries"].find_one({"_id": f"{campaign}|{reader['_id']}"})
    assert (row["state"], row["reason"]) == ("skipped", "topic")


def test_who_was_not_reached_and_takes_the_topic_off_gets_no_repeat(db: Any, sink: Sink, start: Any) -> None:
    reader, other = add(db, 2)
    topics = reader["topics"][:1]
    sink.policy = lambda recipient: b"554 5.7.1 No\r\n"
    former = begin(db, topics=topics)
    start()
    ended(db, former)
    off = [topic for topic in TOPICS if topic != topics[0]][:1]
    db["subscribers"].update_one({"_id": reader["_id"]}, {"$set": {"topics": off}})
    sink.policy = lambda recipient: None
    ended(db, begin(db, kind="failed_only", of=former, topics=topics))
    assert sink.counts() == {other["email"]: 1}


def test_mails_are_signed_with_the_headers_of_unsubscription(db: Any, sink: Sink, start: Any) -> None:
    readers = add(db, 14)
    key, record = key_and_record()
    campaign = begin(db)
    start(dkim_domain="wsis.example", dkim_key=key)
    ended(db, campaign)
    for reader in readers:
        content = sink.contents[reader["email"]]
        assert verified(content, record), reader["language"]
        signed = message_from_bytes(content)["DKIM-Signature"].partition("h=")[2].partition(";")[0].split(":")
        assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(signed)


def test_campaigns_have_a_stream_of_their_own(db: Any, sink: Sink, start: Any) -> None:
    [reader] = add(db, 1)
    key, record = key_and_record()
    campaign = begin(db)
    start(
        mail_from="WSIS <codes@wsis.example>",
        dkim_domain="wsis.example",
        dkim_key=key_and_record()[0],
        newsletter_from="WSIS Flash <flash@news.wsis.example>",
        newsletter_domain="bounces.news.wsis.example",
        newsletter_dkim_domain="news.wsis.example",
        newsletter_dkim_selector="flash",
        newsletter_dkim_key=key,
    )
    ended(db, campaign)
    content = sink.contents[reader["email"]]
    mail = message_from_bytes(content)
    assert parseaddr(mail["From"]) == ("WSIS Flash", "flash@news.wsis.example")
    assert mail["Message-ID"].endswith("@news.wsis.example>")
    assert sink.senders[reader["email"]].endswith("@bounces.news.wsis.example")
    assert mail["Feedback-ID"] == f"{campaign}:newsletter:subscriber:wsis-suite"
    tags = dict(tag.strip().split("=", 1) for tag in mail["DKIM-Signature"].split(";"))
    assert (tags["d"], tags["s"]) == ("news.wsis.example", "flash")
    assert verified(content, record, b"flash._domainkey.news.wsis.example.")


def test_rows_and_batches_of_old_campaigns_are_removed_and_others_stay(db: Any, start: Any) -> None:
    add(db, 300)
    old = begin(db)
    start()
    totals = ended(db, old)["totals"]
    recent = begin(db)  # of the same issue: its rows are skipped
    ended(db, recent)
    now = clock.now()
    db["campaigns"].update_one({"_id": old}, {"$set": {"created_at": now - KEPT - timedelta(seconds=1)}})
    db["campaigns"].update_one({"_id": recent}, {"$set": {"created_at": now - KEPT + timedelta(minutes=1)}})
    assert Retention(db).remove_old_newsletter_deliveries(now) > 1
    assert {row["_id"][:16] for row in db["newsletter_deliveries"].find()} == {recent}
    assert {row["campaign"] for row in db["campaign_batches"].find()} == {recent}
    assert db["campaigns"].find_one({"_id": old})["totals"] == totals == {"sent": 300, "hard": 0, "complaints": 0}
    assert Retention(db).remove_old_newsletter_deliveries(now) == 0
