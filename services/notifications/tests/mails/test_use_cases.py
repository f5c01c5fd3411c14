"""The service in a process of its own, with a real broker, store and mail catcher."""

from __future__ import annotations

import signal
import time
from collections import Counter
from typing import Any

import pytest
import wsis_testkit
from wsis_shared import clock
from wsis_shared.errors import TooMany
from wsis_testkit import actor, publish, refused, wait_for

from ..conftest import unlike_others

CODES: dict[str, dict[str, Any]] = {}
BUSY: dict[str, float] = {}  # whose summaries the publisher has no time for, and for how many seconds
CLOSES = "2017-04-30T21:00:00Z"


def issue_code(data: dict[str, Any], account: str | None) -> dict[str, Any]:
    return CODES[data["challenge"]]


def summary(data: dict[str, Any], account: str) -> dict[str, Any]:
    if account in BUSY:
        raise TooMany("herald.busy", retry_after=BUSY.pop(account))
    return {"chosen": f"the choice of {account}"}


@pytest.fixture(scope="module")
def herald(fake_service: Any) -> None:
    fake_service("herald", issue_code=issue_code, summary=summary)


@pytest.fixture(scope="module")
def notifications(accounts: Any, herald: None, serve: Any) -> wsis_testkit.Served:
    return serve("notifications", WSIS_SMTP_TIMEOUT="4", WSIS_MAIL_PAGE="7", WSIS_PUBLIC_URL="https://wsis.example")


def want_code(amqp_client: Any, challenge: str, email: str, code: str, locale: str = "en") -> str:
    contact = {"email": email, "names": "Ama Mensah", "locale": locale}
    CODES[challenge] = {"contact": contact, "code": code, "minutes": 15, "url": "/confirm"}
    return publish(amqp_client, "herald", "code_wanted", {"challenge": challenge})


def receive_work(amqp_client: Any, account: str, title: str = "Smart Villages", **more: Any) -> str:
    data = {"account": account, "title": title, "edition": "2017", "closes_at": CLOSES}
    return publish(amqp_client, "herald", "work_received", data, **more)


def deliveries(notifications: Any, **query: Any) -> list[dict[str, Any]]:
    wanted = {"limit": 100, "after": None, "event": None, "account": None, "state": None, **query}
    return list(notifications.call("deliveries", actor("officer"), **wanted)["items"])


def settled(notifications: Any, event: str, count: int = 1) -> list[dict[str, Any]]:
    """The deliveries of an event once none of them is under way any more."""

    def done() -> list[dict[str, Any]]:
        rows = deliveries(notifications, event=event)
        return rows if len(rows) == count and all(row["state"] not in ("queued", "sending") for row in rows) else []

    return wait_for(done, 30, f"{count} deliveries of the event")


def test_a_code_reaches_the_person_who_waits_for_it(notifications: Any, amqp_client: Any, inbox: Any) -> None:
    event = want_code(amqp_client, "c1", "ama@people.example", "482913")
    mail = inbox.read("ama@people.example")
    assert mail["subject"] == "Your code: 482913"
    assert mail["to"] == ["ama@people.example"]
    assert "your confirmation code is 482913. It is valid for 15 minutes." in mail["text"]
    assert "Confirm:\nhttps://wsis.example/confirm" in mail["text"]
    assert "<bdi>482913</bdi>" in mail["html"]
    assert mail["headers"]["Auto-Submitted"] == "auto-generated"
    assert "List-Unsubscribe" not in mail["headers"]
    [row] = settled(notifications, event)
    assert (row["state"], row["account"], row["priority"]) == ("sent", None, "high")
    assert mail["headers"]["Message-ID"] == row["message_id"]
    assert "ama@people.example" not in str(row)


def test_nothing_that_officers_read_tells_who_got_an_undated_mail_or_when(
    notifications: Any, amqp_client: Any, inbox: Any, accounts: Any
) -> None:
    """The mail of a complete ballot is one: its moment leads to the votes in the public log."""
    voter = accounts.add()
    receive_work(amqp_client, voter)
    event = publish(amqp_client, "herald", "choice_made", {"account": voter, "edition": "2017"})
    inbox.read(accounts.email(voter), "Your choice")
    [row] = settled(notifications, event)
    assert (row["state"], row["account"]) == ("sent", None)
    assert {str(row[name])[11:19] for name in ("at", "sent_at")} == {"00:00:00"}
    assert voter not in str(row)
    assert {row["template"] for row in deliveries(notifications, account=voter)} == {"herald/receipt"}
    rows = deliveries(notifications)
    moments = [clock.parse(str(row["at"])) for row in rows]
    assert moments == sorted(moments, reverse=True), "nor its place"


def test_an_arabic_reader_gets_an_arabic_mail_from_right_to_left(
    notifications: Any, amqp_client: Any, inbox: Any
) -> None:
    want_code(amqp_client, "c2", "layla@people.example", "111222", locale="ar")
    mail = inbox.read("layla@people.example")
    assert mail["subject"] == "رمز التأكيد الخاص بكم: 111222"
    assert mail["headers"]["Content-Language"] == "ar"
    assert 'dir="rtl"' in mail["html"]
    assert "\u2068Ama Mensah\u2069" in mail["text"]


def test_a_person_is_written_to_in_her_language(
    notifications: Any, amqp_client: Any, inbox: Any, accounts: Any
) -> None:
    reader = accounts.add(locale="zh", names="王芳")
    receive_work(amqp_client, reader)
    mail = inbox.read(accounts.email(reader))
    assert mail["subject"] == "我们已收到“Smart Villages”"
    assert "日内瓦时间2017年4月30日23:00（世界协调时21:00）" in mail["text"]
    assert "王芳" in mail["headers"]["To"]


def test_a_language_without_a_text_gets_english(
    notifications: Any, amqp_client: Any, inbox: Any, accounts: Any
) -> None:
    reader = accounts.add(locale="ru", names="Анна")
    receive_work(amqp_client, reader)
    mail = inbox.read(accounts.email(reader))
    assert mail["subject"] == "We have received Smart Villages"
    assert mail["headers"]["Content-Language"] == "en"


def test_an_event_that_comes_five_times_is_one_mail(
    notifications: Any, amqp_client: Any, inbox: Any, accounts: Any
) -> None:
    reader = accounts.add()
    event = receive_work(amqp_client, reader, title="first")
    for _ in range(4):
        receive_work(amqp_client, reader, title="first", id=event)
    settled(notifications, event)
    after = receive_work(amqp_client, reader, title="second")
    settled(notifications, after)
    assert sorted(mail["subject"] for mail in inbox.to(accounts.email(reader))) == [
        "We have received first",
        "We have received second",
    ]


def test_each_of_the_named_accounts_gets_one(notifications: Any, amqp_client: Any, inbox: Any, accounts: Any) -> None:
    jurors = [accounts.add() for _ in range(20)]
    event = publish(amqp_client, "herald", "jurors_reminded", {"accounts": [*jurors, jurors[0]], "title": "reviews"})
    rows = settled(notifications, event, 20)
    assert {row["account"] for row in rows} == set(jurors)
    assert {row["state"] for row in rows} == {"sent"}
    assert [inbox.count(to=accounts.email(juror), subject="reminder reviews") for juror in jurors] == [1] * 20


def test_everyone_is_reached_page_by_page(notifications: Any, amqp_client: Any, inbox: Any, accounts: Any) -> None:
    for _ in range(25):
        accounts.add()
    everyone = set(accounts.accounts)
    title = unlike_others("champions")
    event = publish(amqp_client, "herald", "news_published", {"title": title})
    rows = settled(notifications, event, len(everyone))
    assert {row["account"] for row in rows} == everyone
    assert inbox.count(subject=f"news {title}") == len(everyone)


def test_a_role_is_reached_and_nobody_else(notifications: Any, amqp_client: Any, inbox: Any, accounts: Any) -> None:
    jurors, title = {accounts.add(juror=True) for _ in range(9)}, unlike_others("finalists")
    event = publish(amqp_client, "herald", "jury_called", {"title": title})
    assert {row["account"] for row in settled(notifications, event, 9)} == jurors
    assert inbox.count(subject=f"call {title}") == 9


def test_details_are_asked_when_the_mail_is_written(
    notifications: Any, amqp_client: Any, inbox: Any, accounts: Any
) -> None:
    voter = accounts.add(locale="fr")
    publish(amqp_client, "herald", "choice_made", {"account": voter, "edition": "2017"})
    mail = inbox.read(accounts.email(voter), subject="Votre choix")
    assert f"the choice of {voter}" in " ".join(mail["text"].split())


def test_a_mail_waits_while_its_publisher_has_no_time(
    notifications: Any, amqp_client: Any, inbox: Any, accounts: Any
) -> None:
    voter = accounts.add()
    BUSY[voter] = 0.2
    event = publish(amqp_client, "herald", "choice_made", {"account": voter, "edition": "2017"})
    assert settled(notifications, event)[0]["attempts"] == 1
    assert (BUSY, inbox.count(to=accounts.email(voter))) == ({}, 1)


def test_what_is_queued_meanwhile_does_not_end_that_rest(
    notifications: Any, amqp_client: Any, inbox: Any, accounts: Any
) -> None:
    first, second = accounts.add(), accounts.add()
    BUSY[first] = 3.0
    publish(amqp_client, "herald", "choice_made", {"account": first, "edition": "2017"})
    wait_for(lambda: not BUSY)
    asked = time.monotonic()
    publish(amqp_client, "herald", "choice_made", {"account": second, "edition": "2017"})
    inbox.read(accounts.email(second))
    assert time.monotonic() - asked > 2.5


def test_an_erased_account_is_skipped(notifications: Any, amqp_client: Any, inbox: Any, accounts: Any) -> None:
    event = receive_work(amqp_client, "an-account-that-is-gone")
    [row] = settled(notifications, event)
    assert (row["state"], row["reason"]) == ("skipped", "no contact")


def test_a_name_is_data_and_never_a_template(notifications: Any, amqp_client: Any, inbox: Any, accounts: Any) -> None:
    reader = accounts.add(names="{{7*7}} <b>Ama</b>")
    receive_work(amqp_client, reader, title="{{7*7}}")
    mail = inbox.read(accounts.email(reader))
    assert mail["subject"] == "We have received {{7*7}}"
    assert "Dear {{7*7}} <b>Ama</b>," in mail["text"]
    assert "&lt;b&gt;Ama" in mail["html"]


def test_a_header_injection_is_refused_and_listed(
    notifications: Any, amqp_client: Any, inbox: Any, accounts: Any
) -> None:
    reader = accounts.add(names="Ama\r\nBcc: spy@evil.example")
    event = receive_work(amqp_client, reader)
    [row] = settled(notifications, event)
    assert (row["state"], row["reason"]) == ("failed", "header_unsafe")
    assert inbox.count(to="spy@evil.example") == 0


def test_a_missing_template_is_told_and_nothing_is_lost(
    notifications: Any, amqp_client: Any, accounts: Any, published: Any
) -> None:
    told = published("notifications")
    reader = accounts.add()
    event = publish(amqp_client, "herald", "text_forgotten", {"account": reader})
    [row] = settled(notifications, event)
    assert (row["state"], row["reason"]) == ("failed", "template_missing forgotten")
    [failed] = wait_for(lambda: [seen for seen in told.of("delivery_failed") if seen["data"]["event"] == event])
    assert failed["data"]["account"] == reader
    assert failed["data"]["template"] == "herald/forgotten"
    assert notifications.call("health")["templates"]["herald/forgotten.en"] == "template_missing forgotten"


def test_an_announcement_without_its_template_waits(notifications: Any, amqp_client: Any) -> None:
    event = publish(amqp_client, "herald", "all_forgotten", {})

    def waiting() -> list[dict[str, Any]]:
        found = notifications.call("figures", actor("officer"))["expanding"]
        return [item for item in found if item["event"] == event and item["reason"]]

    [held] = wait_for(waiting, 15, "the announcement to be listed")
    assert held["reason"] == "template_missing nowhere"
    assert deliveries(notifications, event=event) == []


def test_an_event_without_its_recipient_is_listed(notifications: Any, amqp_client: Any) -> None:
    event = publish(amqp_client, "herald", "work_received", {"title": "x"})
    [row] = settled(notifications, event)
    assert (row["state"], row["reason"]) == ("failed", "event_misfit account")


def test_an_operator_sends_again_with_a_reason(
    notifications: Any, amqp_client: Any, inbox: Any, accounts: Any, published: Any
) -> None:
    told = published("notifications")
    reader = accounts.add(names="Ama\nMensah")
    [row] = settled(notifications, receive_work(amqp_client, reader, title="again"))
    accounts.accounts[reader]["names"] = "Ama Mensah"
    operator = actor("operator")
    answer = notifications.call("retry", operator, delivery=row["id"], body={"reason": "The name is fixed"})
    assert answer["state"] == "queued"
    assert inbox.read(accounts.email(reader))["headers"]["Message-ID"] == row["message_id"]
    name = f"delivery/{row['id']}"
    [entry] = wait_for(lambda: [seen["data"] for seen in told.of("action_taken") if seen["data"]["object"] == name])
    assert entry["action"] == "notifications.delivery_retried"
    assert (entry["actor"], entry["before"], entry["reason"]) == (operator.id, "failed", "The name is fixed")
    wait_for(lambda: deliveries(notifications, account=reader, state="sent"), 10, "it to be sent")
    with refused("notifications.not_retriable"):
        notifications.call("retry", operator, delivery=row["id"], body={"reason": "Once more"})
    with refused("notifications.delivery_unknown"):
        notifications.call("retry", operator, delivery="nothing", body={"reason": "Once more"})


def test_figures_and_pages_show_no_address(notifications: Any) -> None:
    figures = notifications.call("figures", actor("officer"))
    assert sum(priority["sent"] for priority in figures["priorities"]) > 50
    assert any(item["template"] == "herald/news" and item["state"] == "sent" for item in figures["templates"])
    assert "@people.example" not in str(figures) + str(deliveries(notifications))


def test_no_address_rests_in_the_store_or_the_log(notifications: Any, database: Any) -> None:
    db = database("notifications")
    for name in db.list_collection_names():
        for document in db[name].find():
            assert "@people.example" not in str(document), name
    assert "@people.example" not in notifications.log.read_text("utf-8")


def test_a_code_overtakes_a_thousand_others(notifications: Any, amqp_client: Any, inbox: Any, accounts: Any) -> None:
    crowd, title = [accounts.add() for _ in range(1000)], unlike_others("crowd")
    event = publish(amqp_client, "herald", "jurors_reminded", {"accounts": crowd, "title": title})
    wait_for(lambda: inbox.count(subject=title) >= 50, 60, "the crowd's mails to go out")
    want_code(amqp_client, "c9", "hurry@people.example", "909090")
    code = inbox.read("hurry@people.example")
    wait_for(lambda: inbox.count(subject=title) == 1000, 120, "all of the crowd")
    behind = [mail for mail in inbox.all(title) if int(mail["id"]) > int(code["id"])]
    assert len(behind) > 250, "the code should have arrived long before the last of the crowd"
    assert len(deliveries(notifications, event=event)) == 100


def test_killed_in_the_middle_nobody_gets_two_and_the_missed_are_listed(
    notifications: Any, amqp_client: Any, inbox: Any, accounts: Any, serve: Any
) -> None:
    crowd, title = {accounts.add() for _ in range(500)}, unlike_others("after the kill")
    event = publish(amqp_client, "herald", "jurors_reminded", {"accounts": sorted(crowd), "title": title})
    wait_for(lambda: inbox.count(subject=title) >= 100, 60, "a fifth of the mails")
    notifications.stop(signal.SIGKILL)
    assert inbox.count(subject=title) < 500
    # Two take over, and share what is left.
    again, _ = (serve("notifications", WSIS_SMTP_TIMEOUT="4", WSIS_MAIL_PAGE="7") for _ in range(2))

    def ended() -> bool:
        figures = again.call("figures", actor("officer"))
        expanded = all(item["event"] != event for item in figures["expanding"])
        return expanded and all(priority["queued"] == priority["sending"] == 0 for priority in figures["priorities"])

    wait_for(ended, 120, "everything to be settled")
    arrived = Counter(to for mail in inbox.all(title) for to in mail["to"])
    missed = {account for account in crowd if not arrived[accounts.email(account)]}
    unknown = deliveries(again, state="unknown")
    assert max(arrived.values()) == 1
    assert missed <= {row["account"] for row in unknown}
    assert len(unknown) <= 8, "no more than the senders of one priority"
    for row in unknown:
        if row["account"] in missed:
            again.call("retry", actor("operator"), delivery=row["id"], body={"reason": "Not in the mailbox"})
    wait_for(lambda: inbox.count(subject=title) == 500, 30, "the missed")


@pytest.mark.parametrize(
    ("method", "arguments", "code"),
    [
        ("read_campaign", {"campaign": "none"}, "notifications.campaign_unknown"),
        ("read_composition", {"issue": "none"}, "notifications.issue_unknown"),
        ("read_issue", {"issue": "none"}, "notifications.issue_unknown"),
        ("read_issue_image", {"image": "none"}, "notifications.image_missing"),
        ("read_subscriber", {"subscriber": "none"}, "notifications.subscriber_unknown"),
        ("read_subscriber_import", {"id": "none"}, "notifications.import_unknown"),
        ("list_subscriber_refusals", {"id": "none", "limit": 20}, "notifications.import_unknown"),
    ],
)
def test_what_is_not_there_is_said_to_be_unknown(
    notifications: wsis_testkit.Served, method: str, arguments: dict[str, Any], code: str
) -> None:
    with refused(code):
        notifications.call(method, actor("officer"), **arguments)
