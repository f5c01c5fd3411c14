"""A relay that is busy, refuses, breaks off, goes away; accounts that do not answer."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import wsis_testkit
from aiosmtpd.controller import Controller
from wsis_testkit import actor, publish, wait_for


class Moody:
    """Behaves by the recipient's name, and counts what it has got as its own."""

    def __init__(self) -> None:
        self.tries: Counter[str] = Counter()
        self.got: Counter[str] = Counter()
        self.sessions = 0

    async def handle_EHLO(self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]) -> Any:
        self.sessions += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.tries[address] += 1
        if address.startswith("busy") and self.tries[address] == 1:
            return "450 4.2.0 try later"
        if address.startswith("nobody"):
            return f"550 5.1.1 <{address}>: no such user"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        [address] = envelope.rcpt_tos
        self.got[address] += 1
        if address.startswith("drop") and self.got[address] == 1:
            server.transport.abort()
        if address.startswith("thorough"):
            await asyncio.sleep(4)  # longer than any other answer may take
        return "250 ok"


class Relay:
    """The moody one on a port of its own, which can be away for a while."""

    def __init__(self) -> None:
        self.mood = Moody()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.start()

    def start(self) -> None:
        self._controller = Controller(self.mood, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    made = Relay()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def notifications(accounts: Any, fake_service: Any, relay: Any, serve: Any) -> wsis_testkit.Served:
    def issue_code(data: dict[str, Any], account: str | None) -> dict[str, Any]:
        contact = {"email": data["challenge"], "names": "Ama", "locale": "en"}
        return {"contact": contact, "code": "1", "minutes": 15, "url": "/confirm"}

    fake_service("herald", issue_code=issue_code)
    return serve("notifications", WSIS_SMTP_URI=f"smtp://127.0.0.1:{relay.port}", WSIS_SMTP_TIMEOUT="3")


def code_to(amqp_client: Any, email: str) -> str:
    return publish(amqp_client, "herald", "code_wanted", {"challenge": email})


def mail_to(amqp_client: Any, accounts: Any, email: str) -> str:
    account = accounts.add()
    accounts.accounts[account]["email"] = email
    data = {"account": account, "title": "x", "edition": "2017", "closes_at": "2017-04-30T21:00:00Z"}
    return publish(amqp_client, "herald", "work_received", data)


def row_of(notifications: Any, event: str, *states: str) -> dict[str, Any]:
    def found() -> list[dict[str, Any]]:
        page = notifications.call(
            "deliveries", actor("officer"), limit=10, after=None, event=event, account=None, state=None
        )
        return [row for row in page["items"] if row["state"] in states]

    return wait_for(found, 20, f"a delivery that is {states}")[0]


def test_a_busy_relay_is_asked_again(notifications: Any, amqp_client: Any, relay: Any) -> None:
    row = row_of(notifications, code_to(amqp_client, "busy@people.example"), "sent")
    assert row["attempts"] == 2
    assert relay.mood.got["busy@people.example"] == 1


def test_a_bulk_mail_to_a_busy_relay_waits_its_turn(
    notifications: Any, amqp_client: Any, relay: Any, accounts: Any
) -> None:
    event = mail_to(amqp_client, accounts, "busy2@people.example")
    wait_for(lambda: relay.mood.tries["busy2@people.example"], 20)
    row = row_of(notifications, event, "queued")
    assert (row["reason"], row["attempts"]) == ("rcpt 450 4.2.0", 1)


def test_a_refused_address_fails_with_the_codes_alone(
    notifications: Any, amqp_client: Any, relay: Any, accounts: Any
) -> None:
    row = row_of(notifications, mail_to(amqp_client, accounts, "nobody@people.example"), "failed")
    assert row["reason"] == "rcpt 550 5.1.1"
    assert relay.mood.tries["nobody@people.example"] == 1


def test_an_answer_that_never_came_is_unknown_and_not_sent_again(
    notifications: Any, amqp_client: Any, relay: Any, accounts: Any
) -> None:
    row = row_of(notifications, mail_to(amqp_client, accounts, "drop@people.example"), "unknown")
    assert row["reason"].startswith("no answer")
    assert relay.mood.got["drop@people.example"] == 1


def test_a_relay_may_look_through_a_mail_for_longer_than_it_answers(
    notifications: Any, amqp_client: Any, relay: Any, accounts: Any
) -> None:
    row_of(notifications, mail_to(amqp_client, accounts, "thorough@people.example"), "sent")
    row_of(notifications, code_to(amqp_client, "thorough-code@people.example"), "sent")
    assert relay.mood.got["thorough-code@people.example"] == 1


def test_a_code_whose_answer_never_came_goes_again(notifications: Any, amqp_client: Any, relay: Any) -> None:
    row_of(notifications, code_to(amqp_client, "drop-code@people.example"), "sent")
    assert relay.mood.got["drop-code@people.example"] == 2


def test_connections_are_kept_for_many_mails(notifications: Any, amqp_client: Any, relay: Any, accounts: Any) -> None:
    before = relay.mood.sessions
    for number in range(40):
        mail_to(amqp_client, accounts, f"many{number}@people.example")
    wait_for(lambda: sum(count for to, count in relay.mood.got.items() if to.startswith("many")) == 40, 30)
    assert relay.mood.sessions - before <= 8


def test_nothing_is_lost_while_the_relay_is_away(
    notifications: Any, amqp_client: Any, relay: Any, accounts: Any
) -> None:
    relay.stop()
    event = mail_to(amqp_client, accounts, "patient@people.example")
    code = code_to(amqp_client, "patient-code@people.example")
    wait_for(lambda: "the relay is away" in notifications.log.read_text("utf-8"), 20)
    assert {row_of(notifications, each, "queued")["attempts"] for each in (event, code)} == {0}
    relay.start()
    assert row_of(notifications, event, "sent")["attempts"] == 1
    row_of(notifications, code, "sent")
    assert relay.mood.got["patient@people.example"] == 1


def test_a_polite_stop_leaves_nothing_open(
    notifications: Any, amqp_client: Any, relay: Any, accounts: Any, database: Any
) -> None:
    for number in range(60):
        mail_to(amqp_client, accounts, f"stop{number}@people.example")
    wait_for(lambda: relay.mood.got["stop0@people.example"], 20)
    assert notifications.stop(signal.SIGTERM) == 0
    rows = list(database("notifications").deliveries.find({"priority": "low"}))
    assert [row for row in rows if row["state"] == "sending"] == []
    sent = sum(row["state"] == "sent" for row in rows)
    assert sent == sum(
        count for to, count in relay.mood.got.items() if "code" not in to and not to.startswith(("drop", "busy@"))
    )
