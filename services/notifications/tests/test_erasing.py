"""An erasure takes a person from all that the service stores, but for what security.yaml keeps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from wsis_shared import clock
from wsis_shared.keys import mailbox_secret
from wsis_testkit import Served, actor, canaries, wait_for

from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.mails.delivery_policy import Recipient
from wsis_notifications.mails.rules import unsubscription

from .subscribers_kit import FORM, link_of

LEAVER = "leaver-account"
ADDRESS, ASKED, NAME = "canary@gone.example", "canary@asked.example", "Canaria"


@pytest.fixture(scope="module")
def notifications(accounts: Any, serve: Any) -> Served:
    return serve("notifications", WSIS_PUBLIC_URL="https://wsis.example", WSIS_MAIL_DOMAIN="mail.wsis.example")


def subscribe(notifications: Served, inbox: Any, email: str) -> Any:
    before = inbox.count(to=email)
    notifications.call("subscribe_newsletter", body={**FORM, "email": email, "first_name": NAME})
    wait_for(lambda: inbox.count(to=email) > before, what="the mail")
    return inbox.read(email)


def confirm(notifications: Served, inbox: Any, email: str) -> None:
    notifications.call("confirm_subscription", token=link_of(subscribe(notifications, inbox, email)))


def test_a_person_is_in_no_collection_any_more(notifications: Served, inbox: Any, amqp_client: Any) -> None:
    confirm(notifications, inbox, ADDRESS)
    subscribe(notifications, inbox, ASKED)
    notifications.call("decline_mail_kinds", actor("member", id=LEAVER), body={"declined": ["news"]})
    link = unsubscription.token(Recipient("news", None, ADDRESS).unsubscription, mailbox_secret())
    notifications.call("unsubscribe", token=link, body={})
    words = (LEAVER, ADDRESS, ASKED, NAME, address_key(ADDRESS)[:32])
    assert canaries.to_go("notifications") - canaries.found("notifications", words).keys() == set()
    canaries.erase(amqp_client, "notifications", account=LEAVER, address=ADDRESS.upper())
    canaries.erase(amqp_client, "notifications", address=ASKED)
    assert canaries.found("notifications", words).keys() - canaries.may_stay("notifications") == set()


def test_a_late_erasure_spares_who_has_subscribed_since(
    notifications: Served, inbox: Any, amqp_client: Any, database: Any
) -> None:
    db, email = database("notifications"), "back@people.example"
    before = clock.now() - timedelta(days=1)
    confirm(notifications, inbox, email)
    back = actor("member", id="back-account")
    notifications.call("decline_mail_kinds", back, body={"declined": ["news"]})
    canaries.erase(amqp_client, "notifications", account="back-account", address=email, time=before)
    assert db["subscribers"].find_one({"email": email})["state"] == "active"
    assert db["mail_preferences"].find_one({"_id": "back-account"})["declined"] == ["news"]
