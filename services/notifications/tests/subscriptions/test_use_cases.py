"""Subscribing to the newsletter through the service: real broker, store and mail catcher."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from marshmallow import ValidationError
from wsis_shared import clock
from wsis_shared.erasure import Erasure
from wsis_shared.errors import Invalid
from wsis_shared.mongo import in_transaction
from wsis_testkit import Served, actor, refused, wait_for

from wsis_notifications.addresses.store import Suppressions
from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.subscribers.rules.requests import KEPT
from wsis_notifications.subscribers.schemas import Subscription
from wsis_notifications.subscribers.store.subscribers import Subscribers, SubscriptionRequests
from wsis_notifications.subscriptions.use_cases.preferences import PreferencesCases

from ..subscribers_kit import FORM, link_of, new_email

OFFICER = actor("officer")


@pytest.fixture(scope="module")
def notifications(accounts: Any, serve: Any, published: Any) -> Served:
    published("notifications")
    return serve("notifications", WSIS_PUBLIC_URL="https://wsis.example", WSIS_MAIL_DOMAIN="mail.wsis.example")


@pytest.fixture(scope="module")
def db(database: Any) -> Any:
    return database("notifications")


@pytest.fixture(scope="module")
def subscribe(notifications: Served) -> Callable[..., str]:
    """Send the form; returns the address."""

    def send(email: str = "", **fields: Any) -> str:
        email = email or new_email()
        answer = notifications.call("subscribe_newsletter", body={**FORM, "email": email, **fields})
        assert answer == {"message": "Thank you. Please look into your mailbox, a mail is on its way."}
        return email

    return send


@pytest.fixture(scope="module")
def confirmed(notifications: Served, subscribe: Any, inbox: Any) -> Callable[..., tuple[str, str]]:
    """Subscribe and confirm; returns the address and the token of the preferences."""

    def make(email: str = "", **fields: Any) -> tuple[str, str]:
        before = inbox.count(to=email) if email else 0
        email = subscribe(email, **fields)
        wait_for(lambda: inbox.count(to=email) > before, 15, "the mail")
        token = link_of(inbox.read(email))
        return email, notifications.call("confirm_subscription", token=token)["token"]

    return make


@pytest.fixture
def reader(db: Any) -> Callable[[str], Any]:
    """What is stored of an address."""
    return lambda email: db["subscribers"].find_one({"email_key": address_key(email)})


def test_nobody_is_a_reader_before_they_confirm_and_then_with_what_they_chose(
    notifications: Served, subscribe: Any, inbox: Any, reader: Any
) -> None:
    email = subscribe(first_name="{{7*7}}", format="text", topics=["ungis", "forum"], country="KE")
    mail = inbox.read(email)
    assert mail["subject"] == "Please confirm your subscription to WSIS Flash"
    assert (mail["to"], reader(email)) == ([email], None)
    assert "{{7*7}}" not in mail["text"] + mail["html"]
    assert notifications.call("confirm_subscription", token=link_of(mail))["state"] == "active"
    found = reader(email)
    assert (found["first_name"], found["format"], found["topics"]) == ("{{7*7}}", "text", ["forum", "ungis"])
    assert (found["region"], found["consent"]["source"], found["consent"]["text_version"]) == ("africa", "form", "1")


def test_a_mail_of_confirmation_is_transactional_and_leaves_by_one_click(subscribe: Any, inbox: Any) -> None:
    headers = inbox.read(subscribe())["headers"]
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "<https://wsis.example/v1/unsubscriptions/" in headers["List-Unsubscribe"]
    assert "@mail.wsis.example" in headers["List-Unsubscribe"]


def test_confirming_twice_is_confirming_once(notifications: Served, subscribe: Any, inbox: Any, db: Any) -> None:
    email = subscribe()
    token = link_of(inbox.read(email))
    first, second = (notifications.call("confirm_subscription", token=token) for _ in range(2))
    assert first == second
    assert db["subscribers"].count_documents({"email_key": address_key(email)}) == 1


def test_a_reader_who_subscribes_again_gets_the_link_to_their_preferences(
    confirmed: Any, subscribe: Any, inbox: Any, reader: Any
) -> None:
    email, token = confirmed()
    before = reader(email)
    subscribe(email.upper().replace("EXAMPLE", "example"), language="fr", topics=["prizes"], first_name="Mallory")
    mail = inbox.read(email, "already receive")
    assert f"https://wsis.example/en/newsletter/preferences#{token}" in mail["text"]
    assert reader(email) == before


def test_a_form_that_is_sent_again_under_its_key_is_one_mail(notifications: Served, subscribe: Any, inbox: Any) -> None:
    body, key = {**FORM, "email": new_email()}, {"idempotency_key": uuid.uuid4().hex}
    first, second = (notifications.call("subscribe_newsletter", context=key, body=body) for _ in range(2))
    assert first == second
    inbox.read(subscribe())  # queued behind it
    assert inbox.count(to=body["email"]) == 1


def test_a_stranger_cannot_fill_a_mailbox(subscribe: Any, inbox: Any, db: Any) -> None:
    email = subscribe()
    for _ in range(6):
        subscribe(email)
    last = subscribe()  # queued behind them
    inbox.read(last)
    wait_for(lambda: inbox.count(to=email) == 3, 15, "three mails")
    assert len(db["subscription_requests"].find_one({"_id": address_key(email)})["sent"]) == 3


def test_a_link_ends_after_seven_days(notifications: Served, subscribe: Any, inbox: Any, db: Any) -> None:
    email = subscribe()
    token = link_of(inbox.read(email))
    request = db["subscription_requests"].find_one({"_id": address_key(email)})
    assert request["expires_at"] - request["requested_at"] == KEPT
    [ttl] = [index for index in db["subscription_requests"].list_indexes() if "expireAfterSeconds" in index]
    assert (dict(ttl["key"]), ttl["expireAfterSeconds"]) == ({"expires_at": 1}, 0)
    db["subscription_requests"].update_one({"_id": request["_id"]}, {"$set": {"expires_at": clock.now()}})
    with refused("notifications.link_invalid"):
        notifications.call("confirm_subscription", token=token)


@pytest.mark.parametrize("token", ["x", "a.b", "a" * 64])
@pytest.mark.parametrize("method", ["confirm_subscription", "read_newsletter_preferences", "leave_newsletter"])
def test_a_link_that_we_did_not_make_leads_nowhere(notifications: Served, method: str, token: str) -> None:
    with refused("notifications.link_invalid"):
        notifications.call(method, token=token)


def test_the_link_of_one_purpose_is_not_that_of_another(notifications: Served, subscribe: Any, inbox: Any) -> None:
    token = link_of(inbox.read(subscribe()))
    with refused("notifications.link_invalid"):
        notifications.call("read_newsletter_preferences", token=token)


@pytest.mark.parametrize(
    "email",
    ["a@b", '"a b"@people.example', "a@[127.0.0.1]", "ü@people.example", "a@-x.example", f"{'a' * 65}@x.example"],
)
def test_an_address_that_takes_no_mail_is_refused(notifications: Served, email: str) -> None:
    with pytest.raises(Invalid) as error:
        notifications.call("subscribe_newsletter", body={**FORM, "email": email})
    assert list(error.value.fields) == ["email"]


def test_a_domain_in_any_script_is_one_reader(confirmed: Any, subscribe: Any, inbox: Any, reader: Any) -> None:
    name = uuid.uuid4().hex
    email, _ = confirmed(f"{name}@xn--bcher-kva.example")
    assert reader(f"{name}@bücher.example")["state"] == "active"


def test_who_left_comes_back_only_by_their_own_confirmation(
    notifications: Served, confirmed: Any, subscribe: Any, inbox: Any, reader: Any
) -> None:
    email, token = confirmed()
    assert notifications.call("leave_newsletter", token=token)["state"] == "unsubscribed"
    left = reader(email)
    subscribe(email)
    assert reader(email) == left
    wait_for(lambda: inbox.count(to=email) == 2, 15, "the second mail")
    notifications.call("confirm_subscription", token=link_of(inbox.read(email)))
    back = reader(email)
    assert (back["_id"], back["state"], back["unsubscribed_at"]) == (left["_id"], "active", None)
    assert back["former_consents"][0]["unsubscribed_at"] == left["unsubscribed_at"]


def test_preferences_change_and_show_no_address(notifications: Served, confirmed: Any, reader: Any) -> None:
    email, token = confirmed()
    changes = {"language": "ar", "format": "text", "topics": ["prizes", "prizes"]}
    changed = notifications.call("change_newsletter_preferences", token=token, body=changes)
    assert (changed["language"], changed["format"], changed["topics"]) == ("ar", "text", ["prizes"])
    assert changed["email"] == f"{email[0]}***@people.example"
    shown = notifications.call("read_newsletter_preferences", token=token)
    assert {name: shown[name] for name in ("email", *changes)} == {
        **changes,
        "email": changed["email"],
        "topics": ["prizes"],
    }


def test_an_erased_reader_leaves_a_keyed_hash_alone(notifications: Served, confirmed: Any, db: Any) -> None:
    email, token = confirmed()
    notifications.call("erase_own_subscription", token=token)
    for name in db.list_collection_names():
        if name not in ("idempotency", "inbox"):
            assert email not in json.dumps(list(db[name].find()), default=str), name
    assert Suppressions(db).among([address_key(email)]) == {address_key(email): "unsubscribed"}
    with refused("notifications.link_invalid"):
        notifications.call("read_newsletter_preferences", token=token)


def test_an_erased_address_is_brought_back_by_no_list(subscribe: Any, inbox: Any, db: Any) -> None:
    """Whoever erases an address need not be a reader: an import with it may be on its way."""
    cases = PreferencesCases(Subscribers(db), SubscriptionRequests(db), Suppressions(db), "secret")

    def erase(email: str, at: datetime) -> dict[str, str]:
        in_transaction(lambda: cases.forget_reader(Erasure(at, address=email)))
        return Suppressions(db).among([address_key(email)])

    email = new_email()
    assert erase(email, clock.now()) == {address_key(email): "unsubscribed"}
    asked = subscribe()
    assert erase(asked, clock.now() - timedelta(days=1)) == {}, "they have asked for it since"
    assert db["subscription_requests"].find_one({"_id": address_key(asked)})
    assert erase(asked, clock.now()) != {}
    assert db["subscription_requests"].find_one({"_id": address_key(asked)}) is None


@pytest.mark.parametrize("name", ["Your account is locked: evil.example/a", "Read www.evil.example", "me@evil", "t.co"])
def test_nobody_is_greeted_by_a_link_that_a_stranger_typed(notifications: Served, name: str) -> None:
    for field in ("first_name", "last_name"):
        with pytest.raises(ValidationError) as refusal:
            Subscription().load({**FORM, "email": new_email(), field: name})
        assert list(refusal.value.messages) == [field]
    assert Subscription().load({**FORM, "email": new_email(), "first_name": "J. R. Muta-O’Neil Jr."})


def test_an_erased_reader_may_come_back_by_themselves(
    notifications: Served, confirmed: Any, db: Any, reader: Any, inbox: Any
) -> None:
    email, token = confirmed()
    notifications.call("erase_own_subscription", token=token)
    confirmed(email)
    assert (reader(email)["state"], Suppressions(db).among([address_key(email)])) == ("active", {})


def test_an_address_that_an_officer_suppressed_gets_no_mail(subscribe: Any, inbox: Any, db: Any) -> None:
    email = new_email()
    Suppressions(db).add(address_key(email), "officer", clock.now(), "a letter")
    subscribe(email)
    inbox.read(subscribe())  # queued behind it
    skipped = wait_for(lambda: db["deliveries"].find_one({"state": "skipped"}), 15, "the end of the delivery")
    assert skipped["template"] == "notifications/newsletter_confirmation"
    assert inbox.count(to=email) == 0


def test_no_event_has_an_address_or_a_name(confirmed: Any, published: Any) -> None:
    email, _ = confirmed(first_name="Wangari", last_name="Muta")
    confirmed(new_email())
    events = published("notifications").wait("subscription_requested")
    text = json.dumps(events)
    assert (email in text, "Wangari" in text) == (False, False)


# -- officers ---------------------------------------------------------------------------------------------------------


def test_officers_list_filter_and_read_with_the_record_of_consent(notifications: Served, confirmed: Any) -> None:
    email, _ = confirmed(language="ru", topics=["prizes"])
    confirmed(language="ru", topics=["forum"])
    filters = {"state": "active", "language": "ru", "topic": "prizes", "mail_format": "html"}
    page = notifications.call("list_subscribers", OFFICER, limit=100, **filters)
    assert [row["email"] for row in page["items"]] == [email]
    found = notifications.call("read_subscriber", OFFICER, subscriber=page["items"][0]["id"])
    assert (found["consent"]["source"], found["email"]) == ("form", email)
    first = notifications.call("list_subscribers", OFFICER, limit=1)
    second = notifications.call("list_subscribers", OFFICER, limit=1, after=first["next"])
    assert first["items"][0]["created_at"] >= second["items"][0]["created_at"]


def test_looking_for_an_address_and_erasing_are_audited_without_it(
    notifications: Served, confirmed: Any, published: Any, reader: Any
) -> None:
    email, _ = confirmed()
    found = notifications.call("look_up_subscriber", OFFICER, body={"email": email})
    notifications.call("erase_subscriber", OFFICER, subscriber=found["id"], body={"reason": "Asked by letter"})
    assert reader(email) is None
    entries = [each["data"] for each in published("notifications").wait("action_taken", 2)]
    ours = [entry for entry in entries if entry["object"] == f"subscriber/{found['id']}"]
    assert [entry["action"] for entry in ours] == [
        "notifications.subscriber_looked_up",
        "notifications.subscriber_erased",
    ]
    assert email not in json.dumps(entries)
    with refused("notifications.subscriber_unknown"):
        notifications.call("look_up_subscriber", OFFICER, body={"email": email})


def test_figures_are_those_of_a_count_of_all_readers(notifications: Served, confirmed: Any, db: Any) -> None:
    _, token = confirmed(country="NO", language="fr")
    notifications.call("leave_newsletter", token=token)
    gone, _ = confirmed(country="KE", language="fr")
    Subscribers(db).mark_bounced(db["subscribers"].find_one({"email_key": address_key(gone)})["_id"], "hard", "5.1.1")
    figures = notifications.call("subscriber_figures", OFFICER)
    rows = list(db["subscribers"].find())
    for state in ("active", "unsubscribed", "bounced"):
        assert figures[state] == sum(row["state"] == state for row in rows)
        for name, field in (("languages", "language"), ("formats", "format"), ("regions", "region")):
            counted = {each["code"]: each[state] for each in figures[name]}
            for code in counted:
                assert counted[code] == sum((row[field] or "none") == code and row["state"] == state for row in rows)
        for each in figures["topics"]:
            assert each[state] == sum(each["code"] in row["topics"] and row["state"] == state for row in rows)
    [month] = figures["months"]
    assert month["joined"] - month["left"] == figures["active"]
    assert figures["pending"] == db["subscription_requests"].count_documents({"state": "pending"})
