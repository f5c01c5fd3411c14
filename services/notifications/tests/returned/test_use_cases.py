"""A mail goes out and comes back: return path, the process `inbound`, the blob, the queue, the delivery."""

from __future__ import annotations

import smtplib
from typing import Any

import pytest
from wsis_testkit import Served, actor, publish, wait_for
from wsis_testkit.process import Started, free_port

from ..conftest import DOMAIN, send

HEADERS: dict[str, Any] = {}  # of the next code


def issue_code(data: dict[str, Any], account: str | None) -> dict[str, Any]:
    contact = {"email": data["challenge"], "names": "Ama", "locale": "en"}
    return {"contact": contact, "code": "1", "minutes": 15, "url": "/confirm", "headers": dict(HEADERS)}


@pytest.fixture(scope="module")
def notifications(accounts: Any, fake_service: Any, serve: Any) -> Served:
    fake_service("herald", issue_code=issue_code)
    served: Served = serve("notifications", WSIS_MAIL_DOMAIN=DOMAIN)
    return served


@pytest.fixture(scope="module")
def inbound(start_inbound: Any, notifications: Any) -> Started:
    made: Started = start_inbound()
    return made


@pytest.fixture
def mailed(notifications: Any, amqp_client: Any, accounts: Any, inbox: Any) -> tuple[str, str]:
    """A mail that was sent: the event's id, and the return path that the relay was given."""
    account = accounts.add()
    data = {"account": account, "title": "x", "edition": "2017", "closes_at": "2017-04-30T21:00:00Z"}
    event = publish(amqp_client, "herald", "work_received", data)
    mail = inbox.read(accounts.email(account))
    delivery(notifications, event, "sent")
    return event, str(mail["return_path"])


def delivery(notifications: Any, event: str, *states: str) -> dict[str, Any]:
    def found() -> list[dict[str, Any]]:
        page = notifications.call(
            "deliveries", actor("officer"), limit=10, after=None, event=event, account=None, state=None
        )
        return [row for row in page["items"] if not states or row["state"] in states]

    [row] = wait_for(found, 30, f"a delivery that is {states}")
    return dict(row)


def test_a_bounce_marks_its_delivery_once(
    inbound: Started, notifications: Any, mailed: tuple[str, str], published: Any
) -> None:
    told = published("notifications")
    event, return_path = mailed
    assert return_path.startswith("b.")
    assert return_path.endswith(f"@{DOMAIN}")
    for _ in range(3):  # a relay that did not read our 250 sends it again
        send(inbound, return_path, "postfix-unknown-user")
    row = delivery(notifications, event, "bounced")
    assert (row["bounce"], row["reason"], row["attempts"]) == ("hard", "bounced hard 5.1.1", 1)
    assert [seen["data"]["reason"] for seen in told.wait("delivery_failed")] == ["bounced hard 5.1.1"]
    page = notifications.call(
        "deliveries", actor("officer"), limit=100, after=None, event=None, account=None, state="bounced"
    )
    assert event in [item["event"] for item in page["items"]]


def test_a_bounce_over_lmtp_from_a_relay_that_writes_in_capitals(
    inbound: Started, notifications: Any, mailed: tuple[str, str]
) -> None:
    event, return_path = mailed
    send(inbound, return_path.upper(), "postfix-full-mailbox", smtplib.LMTP)
    assert delivery(notifications, event, "bounced")["bounce"] == "soft"


def test_nothing_of_a_mail_that_came_back_stays_in_the_store(
    inbound: Started, notifications: Any, mailed: tuple[str, str], database: Any
) -> None:
    event, return_path = mailed
    for _ in range(2):  # the second is a repeat, which no handler gets
        send(inbound, return_path, "postfix-unknown-user")
    send(inbound, f"complaints@{DOMAIN}", "person")
    delivery(notifications, event, "bounced")
    chunks = database("blobs")["notifications.chunks"]
    wait_for(lambda: chunks.count_documents({}) == 0, 15, "what was sent, and to whom, to be gone")


def test_what_is_no_bounce_changes_nothing(
    inbound: Started, notifications: Any, mailed: tuple[str, str], database: Any
) -> None:
    event, return_path = mailed
    harmless = ("vacation", "postfix-delayed", "no-spam", "person", "exim-warning")
    handled = database("notifications").inbox
    before = handled.count_documents({"_id": {"$regex": "^receive_bounce"}})
    for sample in harmless:
        send(inbound, return_path, sample)
    wait_for(lambda: handled.count_documents({"_id": {"$regex": "^receive_bounce"}}) == before + len(harmless))
    assert delivery(notifications, event)["state"] == "sent"


def test_a_delivery_that_bounced_is_sent_again_by_an_operator(
    inbound: Started, notifications: Any, mailed: tuple[str, str]
) -> None:
    event, return_path = mailed
    send(inbound, return_path, "postfix-expired")
    row = delivery(notifications, event, "bounced")
    notifications.call("retry", actor("operator"), delivery=row["id"], body={"reason": "The host is back"})
    row = delivery(notifications, event, "sent")
    assert row.get("bounce") is None


def test_a_publisher_sets_headers_of_one_mail(notifications: Any, amqp_client: Any, inbox: Any) -> None:
    thread = {
        "Reply-To": f"Secretariat <r.abc@{DOMAIN}>",
        "In-Reply-To": "<q.1@wsis.example>",
        "List-Id": "Codes <codes.wsis.example>",
    }
    HEADERS.update(thread)
    publish(amqp_client, "herald", "code_wanted", {"challenge": "thread@people.example"})
    seen = inbox.read("thread@people.example")["headers"]
    assert {name: seen[name] for name in thread} == thread
    HEADERS.clear()
    publish(amqp_client, "herald", "code_wanted", {"challenge": "plain@people.example"})
    assert not set(thread) & set(inbox.read("plain@people.example")["headers"])


def test_an_answer_to_a_mail_can_cause_neither_answer_nor_bounce(
    notifications: Any, amqp_client: Any, inbox: Any
) -> None:
    publish(amqp_client, "herald", "mail_answered", {"challenge": "writer@people.example"})
    mail = inbox.read("writer@people.example")
    assert (mail["return_path"], mail["headers"]["Auto-Submitted"]) == ("<>", "auto-replied")


@pytest.mark.parametrize("header", ["Bcc", "List-Id", "Reply-To"])
def test_a_header_that_is_unsafe_sends_no_mail(header: str, notifications: Any, amqp_client: Any, inbox: Any) -> None:
    HEADERS.update({header: "<a.b>\r\nBcc: spy@evil.example"})
    event = publish(amqp_client, "herald", "code_wanted", {"challenge": f"{header}@people.example"})
    assert delivery(notifications, event, "failed")["reason"].startswith("header_")
    HEADERS.clear()
    assert inbox.count(to="spy@evil.example") + inbox.count(to=f"{header}@people.example") == 0


def test_a_forged_address_is_refused_before_the_content(inbound: Started, mailed: tuple[str, str]) -> None:
    _, return_path = mailed
    local_part, _, domain = return_path.partition("@")
    with smtplib.SMTP("127.0.0.1", inbound.ports["smtp"], timeout=10) as relay:
        relay.ehlo("relay.example")
        relay.mail("")
        last = "b" if local_part[-1] == "a" else "a"
        forged = f"{local_part[:-1]}{last}@{domain}"
        for address in (forged, f"b.aaaa.bbbb@{domain}", f"{local_part}@elsewhere.example"):
            assert relay.rcpt(address)[0] == 550
        assert relay.rcpt(return_path)[0] == 250


@pytest.mark.parametrize("away", ["WSIS_AMQP_URI", "WSIS_MONGO_URI"])
def test_a_mail_is_not_accepted_while_broker_or_store_is_away(
    away: str, start_inbound: Any, notifications: Any, mailed: tuple[str, str], inbound: Started
) -> None:
    event, return_path = mailed
    scheme = "amqp://guest:hunter2" if away == "WSIS_AMQP_URI" else "mongodb://user:hunter2"
    lame = start_inbound(**{away: f"{scheme}@127.0.0.1:{free_port()}/"})
    with pytest.raises(smtplib.SMTPDataError) as refused:
        send(lame, return_path, "qmail")
    assert refused.value.smtp_code == 451
    assert "hunter2" not in lame.log.read_text("utf-8")
    assert return_path not in lame.log.read_text("utf-8")
    assert delivery(notifications, event)["state"] == "sent"
    send(inbound, return_path, "qmail")
    assert delivery(notifications, event, "bounced")["bounce"] == "hard"


def test_the_process_stops_in_good_order(start_inbound: Any) -> None:
    ending = start_inbound()
    idle = smtplib.SMTP("127.0.0.1", ending.ports["smtp"], timeout=10)
    idle.ehlo("relay.example")
    assert ending.stop(seconds=10) == 0
    assert idle.docmd("NOOP")[0] == 421
