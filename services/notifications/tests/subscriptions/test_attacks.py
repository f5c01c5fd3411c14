"""Attacks on readers of the newsletter: mails after a no, floods of a mailbox, tokens in the store."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from wsis_testkit import Served, wait_for

from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.subscribers.files import SubscriberFile
from wsis_notifications.subscribers.rules import requests

from ..subscribers_kit import FORM, link_of, new_email

AT = datetime(2017, 5, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def notifications(accounts: Any, serve: Any) -> Served:
    return serve("notifications", WSIS_PUBLIC_URL="https://wsis.example", WSIS_MAIL_DOMAIN="mail.wsis.example")


@pytest.fixture
def subscribed(notifications: Served, inbox: Any) -> Callable[[str], dict[str, Any]]:
    """Send the form with an address; returns the mail that asks to confirm."""

    def send(email: str) -> dict[str, Any]:
        before = inbox.count(to=email)
        notifications.call("subscribe_newsletter", body={**FORM, "email": email})
        wait_for(lambda: inbox.count(to=email) > before, 15, "the mail")
        return dict(inbox.read(email))

    return send


def one_click(mail: dict[str, Any]) -> str:
    """The token of its List-Unsubscribe."""
    found = re.search(r"/v1/unsubscriptions/([a-z2-7.]+)", mail["headers"]["List-Unsubscribe"])
    assert found
    return found[1]


def test_one_click_in_the_mail_of_a_confirmation_ends_what_was_confirmed(
    notifications: Served, subscribed: Any, database: Any
) -> None:
    db, email = database("notifications"), new_email()
    first = subscribed(email)

    def state() -> str:
        return str(db["subscribers"].find_one({"email_key": address_key(email)})["state"])

    notifications.call("confirm_subscription", token=link_of(first))
    db["subscription_requests"].delete_many({"_id": address_key(email)})  # forgotten after seven days
    notifications.call("unsubscribe", token=one_click(first), body={})
    assert state() == "unsubscribed"
    second = subscribed(email)  # and of one who comes back
    notifications.call("confirm_subscription", token=link_of(second))
    assert state() == "active"
    notifications.call("unsubscribe", token=one_click(second), body={})
    assert state() == "unsubscribed"


def test_who_said_no_is_not_asked_again_at_once(notifications: Served, subscribed: Any, inbox: Any) -> None:
    email = new_email()
    notifications.call("unsubscribe", token=one_click(subscribed(email)), body={})
    notifications.call("subscribe_newsletter", body={**FORM, "email": email})
    subscribed(new_email())  # queued behind it
    assert inbox.count(to=email) == 1


def test_tags_of_a_mailbox_are_one_mailbox_and_keep_its_owner_in(
    notifications: Served, subscribed: Any, inbox: Any
) -> None:
    name, _, domain = new_email().partition("@")
    owner, reader = f"{name}@{domain}", f"{name}+mine@{domain}"
    notifications.call("confirm_subscription", token=link_of(subscribed(reader)))
    tagged = [f"{name}+{number}@{domain}" for number in range(30)]
    for email in tagged:
        notifications.call("subscribe_newsletter", body={**FORM, "email": email})
    subscribed(owner)  # queued behind them
    assert sum(inbox.count(to=email) for email in [reader, *tagged]) == 3
    subscribed(reader)  # gets the link to their preferences, whatever strangers make up
    subscribed(owner)


def test_a_mailbox_gets_a_few_mails_a_day_however_patient_somebody_is() -> None:
    known, mails = None, 0
    for minute in range(0, 24 * 60, 10):
        asked = requests.ask(known, "key", "a", {}, AT + timedelta(minutes=minute), is_reader=False)
        known, mails = asked or known, mails + (asked is not None)
    assert mails == 9


def test_no_token_of_a_reader_is_stored(notifications: Served, subscribed: Any, database: Any) -> None:
    db, email = database("notifications"), new_email()
    token = notifications.call("confirm_subscription", token=link_of(subscribed(email)))["token"]
    notifications.call("change_newsletter_preferences", token=token, body={"language": "fr"})
    notifications.call("leave_newsletter", token=token)
    rows = json.dumps(list(db["idempotency"].find()), default=str)
    assert token not in rows


def test_a_file_whose_rows_all_have_other_columns_is_read_in_flat_memory(tmp_path: Path) -> None:
    with (tmp_path / "list").open("w") as rows:
        rows.writelines(json.dumps({f"{number}{'x' * 20_000}": 1}) + "\n" for number in range(1500))
    file = SubscriberFile(tmp_path / "list", {})
    tracemalloc.start()
    assert sum(map(len, file.batches(100))) == 1500
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(file.unknown_columns) == 50
    assert peak < 5_000_000  # of 30 MB of names
