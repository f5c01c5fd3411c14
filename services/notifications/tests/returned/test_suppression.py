"""What comes back decides who gets mail: bounces, complaints, mails that unsubscribe; by the process `inbound`."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from typing import Any

import pytest
from wsis_testkit import Served, actor, publish, wait_for
from wsis_testkit.process import Started

from ..conftest import DOMAIN, SAMPLES

Mailed = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def notifications(accounts: Any, fake_service: Any, serve: Any) -> Served:
    fake_service("herald", summary=lambda data, account: {"chosen": "a choice"})
    served: Served = serve("notifications", WSIS_MAIL_DOMAIN=DOMAIN, WSIS_PUBLIC_URL="https://wsis.example")
    return served


@pytest.fixture(scope="module")
def inbound(start_inbound: Any, notifications: Any) -> Started:
    made: Started = start_inbound()
    return made


@pytest.fixture
def remind(notifications: Any, amqp_client: Any, accounts: Any, inbox: Any, database: Any) -> Mailed:
    """`remind(account)`: the state and reason of its next reminder, and the mail where it was sent."""
    deliveries = database("notifications")["deliveries"]

    def one(account: str) -> dict[str, Any]:
        data = {"accounts": [account], "title": "x"}
        event = publish(amqp_client, "herald", "jurors_reminded", data)
        ends = {"event": event, "state": {"$in": ["sent", "skipped", "failed"]}}
        row = wait_for(lambda: deliveries.find_one(ends), 30, "the reminder to end")
        mail = inbox.read(accounts.email(account)) if row["state"] == "sent" else {}
        return {"state": row["state"], "reason": row["reason"], "mail": mail}

    return one


def deliver(inbound: Started, recipient: str, content: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", inbound.ports["smtp"], timeout=30) as relay:
        relay.sendmail("", [recipient], content.replace(b"\n", b"\r\n"))


def sample(name: str, replaced: str = "") -> bytes:
    text = (SAMPLES / f"{name}.eml").read_text("utf-8")
    return text.replace("Original-Mail-From: <b.token@mail.wsis.example>", replaced).encode()


def suppressed(database: Any) -> list[str]:
    return sorted(row["reason"] for row in database("notifications")["suppressions"].find())


@pytest.fixture(autouse=True)
def _no_suppressions(database: Any) -> None:
    for name in ("suppressions", "soft_bounces", "mail_preferences"):
        database("notifications")[name].delete_many({})


def test_one_bounce_from_an_unknown_mailbox_suppresses_it(
    inbound: Started, remind: Mailed, accounts: Any, database: Any
) -> None:
    account = accounts.add()
    deliver(inbound, remind(account)["mail"]["return_path"], sample("postfix-unknown-user"))
    wait_for(lambda: suppressed(database) == ["hard_bounce"], 15, "the suppression")
    again = remind(account)
    assert (again["state"], again["reason"]) == ("skipped", "suppressed")
    assert accounts.email(account) not in str(list(database("notifications")["suppressions"].find()))


def test_a_mail_that_nobody_may_date_is_not_dated_by_its_bounce(
    inbound: Started, notifications: Served, amqp_client: Any, inbox: Any, accounts: Any, database: Any
) -> None:
    """The mail of a complete ballot is one: officers look an address up in the list."""
    voter = accounts.add()
    publish(amqp_client, "herald", "choice_made", {"account": voter, "edition": "2017"})
    deliver(inbound, inbox.read(accounts.email(voter))["return_path"], sample("postfix-unknown-user"))
    wait_for(lambda: suppressed(database) == ["hard_bounce"], 15, "the suppression")
    found = notifications.call("find_suppression", actor("officer"), body={"email": accounts.email(voter)})
    assert found["at"].endswith("T00:00:00Z")


def test_a_full_mailbox_is_counted_and_not_yet_suppressed(
    inbound: Started, remind: Mailed, accounts: Any, database: Any
) -> None:
    account = accounts.add()
    deliver(inbound, remind(account)["mail"]["return_path"], sample("postfix-full-mailbox"))
    [counted] = wait_for(lambda: list(database("notifications")["soft_bounces"].find()), 15, "the count")
    assert len(counted["days"]) == 1
    assert suppressed(database) == []
    assert remind(account)["state"] == "sent"


@pytest.mark.parametrize("way", ["return path", "feedback loop", "original mail"])
def test_a_complaint_unsubscribes_and_suppresses(
    inbound: Started, remind: Mailed, accounts: Any, database: Any, way: str
) -> None:
    account = accounts.add()
    mail = remind(account)["mail"]
    unsubscribe = mail["headers"]["List-Unsubscribe"].partition("mailto:")[2].partition("?")[0]
    part = "\n\n--arf\nContent-Type: text/rfc822-headers\n\n"
    original = f"Feedback-Source: x{part}List-Unsubscribe: <mailto:{unsubscribe}>"
    recipient, line = {
        "return path": (mail["return_path"], ""),
        "feedback loop": (f"complaints@{DOMAIN}", f"Original-Mail-From: <{mail['return_path']}>"),
        "original mail": (f"complaints@{DOMAIN}", original),
    }[way]
    deliver(inbound, recipient, sample("complaint", line))
    wait_for(lambda: suppressed(database) == ["complaint"], 15, "the suppression")
    assert database("notifications")["mail_preferences"].find_one({"_id": account})["declined"] == ["reminders"]
    assert remind(account)["state"] == "skipped"


def test_a_mail_unsubscribes(inbound: Started, remind: Mailed, accounts: Any) -> None:
    account = accounts.add()
    mail = remind(account)["mail"]
    address = mail["headers"]["List-Unsubscribe"].partition("mailto:")[2].partition("?")[0]
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        deliver(inbound, f"u.aaaa.{'b' * 20}@{DOMAIN}", b"Subject: unsubscribe\n\n")
    deliver(inbound, address.upper(), b"From: a@people.example\nSubject: unsubscribe\n\n")
    wait_for(lambda: remind(account)["reason"] == "declined", 30, "the wish to be known")


def test_a_forged_complaint_concerns_nobody(
    inbound: Started, remind: Mailed, accounts: Any, database: Any, notifications: Any
) -> None:
    account = accounts.add()
    mail = remind(account)["mail"]
    local_part, _, domain = mail["return_path"].partition("@")
    forged = f"{local_part[:-1]}{'b' if local_part[-1] == 'a' else 'a'}@{domain}"
    lines = f"Original-Mail-From: <{forged}>\nOriginal-Rcpt-To: {accounts.email(account)}"
    handled = database("notifications").inbox
    before = handled.count_documents({"_id": {"$regex": "^receive_complaint"}})
    deliver(inbound, f"complaints@{DOMAIN}", sample("complaint", lines))
    wait_for(lambda: handled.count_documents({"_id": {"$regex": "^receive_complaint"}}) > before)
    assert suppressed(database) == []
    assert remind(account)["state"] == "sent"
