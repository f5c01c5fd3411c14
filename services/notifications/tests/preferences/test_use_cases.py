"""Nobody gets what they declined: links in mails, preferences, suppressed addresses. A real service, store, catcher."""

from __future__ import annotations

import re
from email.utils import parseaddr
from typing import Any

import pytest
from wsis_testkit import Served, actor, publish, refused, wait_for

CONTACTS: dict[str, dict[str, Any]] = {}
URL = "https://wsis.example/v1/unsubscriptions/"


@pytest.fixture(scope="module")
def herald(fake_service: Any) -> None:
    fake_service(
        "herald", issue_code=lambda data, account: CONTACTS[data["challenge"]], summary=lambda data, account: {}
    )


@pytest.fixture(scope="module")
def notifications(accounts: Any, herald: None, serve: Any) -> Served:
    return serve(
        "notifications",
        WSIS_PUBLIC_URL="https://wsis.example",
        WSIS_MAIL_DOMAIN="mail.wsis.example",
        WSIS_MAIL_FROM="WSIS <codes@wsis.example>",
        WSIS_NEWSLETTER_FROM="WSIS News <news@news.wsis.example>",
    )


def settled(notifications: Any, event: str, count: int = 1) -> list[tuple[str, str | None]]:
    """State and reason of the deliveries of an event, once none is under way."""

    def done() -> list[dict[str, Any]]:
        wanted = {"limit": 100, "after": None, "event": event, "account": None, "state": None}
        rows = list(notifications.call("deliveries", actor("officer"), **wanted)["items"])
        return rows if len(rows) == count and all(row["state"] not in ("queued", "sending") for row in rows) else []

    return [(row["state"], row["reason"]) for row in wait_for(done, 30, f"{count} deliveries of the event")]


def remind(amqp_client: Any, *accounts: str) -> str:
    return publish(amqp_client, "herald", "jurors_reminded", {"accounts": list(accounts), "title": "reviews"})


def tell_dates(amqp_client: Any, email: str) -> str:
    CONTACTS[email] = {"contact": {"email": email, "names": "Ama", "locale": "en"}}
    return publish(amqp_client, "herald", "dates_moved", {"challenge": email})


def token_of(mail: dict[str, Any]) -> str:
    found = re.search(rf"<{re.escape(URL)}([a-z0-9.]+)>", mail["headers"]["List-Unsubscribe"])
    assert found
    return found[1]


def test_a_mail_that_can_be_declined_says_how(notifications: Any, amqp_client: Any, inbox: Any, accounts: Any) -> None:
    reader = accounts.add(locale="fr")
    remind(amqp_client, reader)
    mail = inbox.read(accounts.email(reader))
    token, headers = token_of(mail), mail["headers"]
    assert f"<mailto:u.{token}@mail.wsis.example?subject=unsubscribe>" in headers["List-Unsubscribe"]
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Id"].startswith("<reminders.")
    assert (headers["Precedence"], headers["X-Auto-Response-Suppress"]) == ("bulk", "All")
    assert parseaddr(headers["From"]) == ("WSIS News", "news@news.wsis.example")
    assert headers["Feedback-ID"] == ":reminders:account:wsis-suite"
    page = f"https://wsis.example/en/unsubscribe/{token}"
    assert f"\n{page}" in mail["text"]
    assert f'href="{page}' in mail["html"]


def test_a_receipt_cannot_be_declined(notifications: Any, amqp_client: Any, inbox: Any, accounts: Any) -> None:
    reader = accounts.add()
    with refused("notifications.kind_unknown"):
        notifications.call("decline_mail_kinds", actor("member", id=reader), body={"declined": ["receipt"]})
    data = {"account": reader, "title": "T", "edition": "2017", "closes_at": "2017-04-30T21:00:00Z"}
    publish(amqp_client, "herald", "work_received", data)
    mail = inbox.read(accounts.email(reader))
    assert not {"List-Unsubscribe", "List-Id", "Precedence", "Feedback-ID"} & set(mail["headers"])
    assert mail["headers"]["Auto-Submitted"] == "auto-generated"
    assert parseaddr(mail["headers"]["From"]) == ("WSIS", "codes@wsis.example")
    assert "unsubscriptions" not in mail["text"] + mail["html"]


def test_one_click_ends_a_kind_and_no_other(notifications: Any, amqp_client: Any, inbox: Any, accounts: Any) -> None:
    reader, other = accounts.add(), accounts.add()
    settled(notifications, remind(amqp_client, reader, other), 2)
    token = token_of(inbox.read(accounts.email(reader)))
    assert notifications.call("read_unsubscription", token=token) == {
        "title": "Reminders of meetings and sessions",
        "newsletter": False,
    }
    assert settled(notifications, remind(amqp_client, reader)) == [("sent", None)]  # reading it changes nothing
    for _ in range(2):
        notifications.call("unsubscribe", token=token, body={"click": "One-Click"})
    assert sorted(settled(notifications, remind(amqp_client, reader, other), 2)) == [
        ("sent", None),
        ("skipped", "declined"),
    ]
    kinds = notifications.call("list_mail_kinds", actor("member", id=reader))["kinds"]
    assert {row["kind"]: row["declined"] for row in kinds if row["kind"] in ("news", "reminders")} == {
        "news": False,
        "reminders": True,
    }
    assert inbox.count(to=accounts.email(reader)) == 2


@pytest.mark.parametrize("token", ["x", "a" * 40 + "." + "b" * 20, "u..x"])
def test_a_link_of_somebody_else_is_refused(notifications: Any, token: str) -> None:
    for method, more in (("read_unsubscription", {}), ("unsubscribe", {"body": {}})):
        with refused("notifications.link_unknown"):
            notifications.call(method, token=token, **more)


def test_who_wants_it_again_gets_it(notifications: Any, amqp_client: Any, accounts: Any) -> None:
    reader = accounts.add()
    me = actor("member", id=reader)
    kinds = notifications.call("decline_mail_kinds", me, body={"declined": ["reminders", "news"]})["kinds"]
    assert {row["kind"] for row in kinds if row["declined"]} == {"reminders", "news"}
    assert settled(notifications, remind(amqp_client, reader)) == [("skipped", "declined")]
    notifications.call("decline_mail_kinds", me, body={"declined": []})
    assert settled(notifications, remind(amqp_client, reader)) == [("sent", None)]


def test_who_has_no_account_declines_too(notifications: Any, amqp_client: Any, inbox: Any) -> None:
    assert settled(notifications, tell_dates(amqp_client, "Kofi@bücher.example")) == [("sent", None)]
    token = token_of(inbox.read("Kofi@xn--bcher-kva.example"))
    notifications.call("unsubscribe", token=token, body={})
    assert settled(notifications, tell_dates(amqp_client, "kofi@xn--bcher-kva.example")) == [("skipped", "declined")]
    assert settled(notifications, tell_dates(amqp_client, "afua@people.example")) == [("sent", None)]


def test_a_suppressed_address_gets_receipts_alone(
    notifications: Any, amqp_client: Any, inbox: Any, accounts: Any
) -> None:
    reader, officer = accounts.add(), actor("officer")
    email = accounts.email(reader)
    added = notifications.call("suppress_address", officer, body={"email": email.upper(), "reason": "She called"})
    assert (added["reason"], added["source"]) == ("officer", "officer")
    assert email not in str(added)
    assert notifications.call("find_suppression", officer, body={"email": email})["id"] == added["id"]
    assert added["id"] in str(notifications.call("list_suppressions", officer, limit=20, after=None))
    assert settled(notifications, remind(amqp_client, reader)) == [("skipped", "suppressed")]
    data = {"account": reader, "title": "T", "edition": "2017", "closes_at": "2017-04-30T21:00:00Z"}
    assert settled(notifications, publish(amqp_client, "herald", "work_received", data)) == [("sent", None)]
    notifications.call("lift_suppression", officer, suppression=added["id"], body={"reason": "She called again"})
    assert added["id"] not in str(notifications.call("list_suppressions", officer, limit=20, after=None))
    assert settled(notifications, remind(amqp_client, reader)) == [("sent", None)]
    with refused("notifications.not_suppressed"):
        notifications.call("find_suppression", officer, body={"email": email})
    with refused("notifications.not_suppressed"):
        notifications.call("lift_suppression", officer, suppression=added["id"], body={"reason": "Once more"})
    with refused("notifications.address_invalid"):
        notifications.call("suppress_address", officer, body={"email": "nobody", "reason": "A slip"})
