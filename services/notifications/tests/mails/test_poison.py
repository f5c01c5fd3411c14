"""Mails that cannot be composed, or not sent to that address: set aside, and nobody else waits for them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from aiosmtpd.controller import Controller
from wsis_testkit import Served, actor, publish, wait_for
from wsis_testkit.process import free_port


class Relay:
    """Counts."""

    def __init__(self) -> None:
        self.got: list[str] = []
        self.port = free_port()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got += envelope.rcpt_tos
        return "250 ok"


@pytest.fixture(scope="module")
def relay(request: pytest.FixtureRequest) -> Iterator[Any]:
    """With SMTPUTF8, unless a test asks for one without."""
    made = Relay()
    controller = Controller(made, hostname="127.0.0.1", port=made.port, enable_SMTPUTF8=getattr(request, "param", True))
    controller.start()
    yield made
    controller.stop()


ASKED: list[str] = []


def issue_code(data: dict[str, Any], account: str | None) -> dict[str, Any]:
    """What a publisher with a fault answers: no text where the contact should have an address."""
    ASKED.append(data["challenge"])
    email = {"not": "text"} if data["challenge"] == "poison" else data["challenge"]
    contact = {"email": email, "names": "Ama Mensah", "locale": "en"}
    return {"contact": contact, "code": "1", "minutes": 15, "url": "/confirm"}


METRICS = free_port()


@pytest.fixture(scope="module")
def notifications(accounts: Any, fake_service: Any, relay: Any, serve: Any) -> Iterator[Served]:
    fake_service("herald", issue_code=issue_code)
    served = serve("notifications", WSIS_SMTP_URI=f"smtp://127.0.0.1:{relay.port}", WSIS_METRICS_PORT=str(METRICS))
    yield served
    served.stop()


def delivery(notifications: Any, event: str, *states: str) -> dict[str, Any]:
    def found() -> list[dict[str, Any]]:
        page = notifications.call(
            "deliveries", actor("officer"), limit=10, after=None, event=event, account=None, state=None
        )
        return [row for row in page["items"] if row["state"] in states]

    [row] = wait_for(found, 30, f"a delivery that is {states}")
    return dict(row)


def not_composed() -> dict[str, float]:
    """What the alert DeliveriesNotComposed counts, by priority."""
    metrics = httpx.get(f"http://127.0.0.1:{METRICS}/metrics").text
    found = re.findall(r'^wsis_deliveries_not_composed_total{priority="(\w+)"} (\S+)$', metrics, re.MULTILINE)
    return {priority: float(count) for priority, count in found}


def send_code(amqp_client: Any, email: str) -> str:
    return publish(amqp_client, "herald", "code_wanted", {"challenge": email})


def test_a_mail_that_cannot_be_composed_is_set_aside(
    notifications: Any, amqp_client: Any, relay: Any, published: Any
) -> None:
    told = published("notifications")
    ASKED.clear()
    event = send_code(amqp_client, "poison")
    delivery(notifications, event, "queued")
    before = send_code(amqp_client, "before@people.example")
    assert delivery(notifications, before, "sent")["attempts"] == 1
    row = delivery(notifications, event, "failed")
    assert row["reason"].startswith("cannot be composed: ")
    assert ASKED.count("poison") == 3
    wait_for(lambda: not_composed()["high"] == 1, what="the count")
    [failed] = wait_for(lambda: [seen for seen in told.of("delivery_failed") if seen["data"]["event"] == event])
    assert failed["data"]["reason"] == row["reason"]
    after = send_code(amqp_client, "after@people.example")
    delivery(notifications, after, "sent")
    assert ASKED.count("poison") == 3


def test_an_address_beyond_ascii_is_mailed_where_the_relay_can(
    notifications: Any, amqp_client: Any, relay: Any
) -> None:
    event = send_code(amqp_client, "jürg@people.example")
    row = delivery(notifications, event, "sent", "failed")
    assert (row["state"], relay.got.count("jürg@people.example")) == ("sent", 1)
    assert "jürg" not in notifications.log.read_text("utf-8")


@pytest.mark.parametrize("host", ["-.example", "people..example", "xn--zzzz.example"])
def test_an_address_that_nobody_can_mail_fails_at_once_with_a_reason_and_is_counted(
    notifications: Any, amqp_client: Any, relay: Any, host: str
) -> None:
    before = not_composed()["low"]  # there from the start: a counter that begins at 1 raises no alert
    ASKED.clear()
    event = publish(amqp_client, "herald", "dates_moved", {"challenge": f"ama@{host}"})
    row = delivery(notifications, event, "failed")
    assert (row["reason"], row["attempts"], ASKED) == ("address_unsafe", 0, [f"ama@{host}"])
    wait_for(lambda: not_composed()["low"] == before + 1, what="the count")
    after = publish(amqp_client, "herald", "dates_moved", {"challenge": "after@people.example"})
    assert delivery(notifications, after, "sent")["attempts"] == 1
    assert relay.got.count("after@people.example") >= 1


@pytest.mark.parametrize("relay", [False], ids=["ascii"], indirect=True)
def test_an_address_beyond_ascii_fails_where_the_relay_cannot(notifications: Any, amqp_client: Any, relay: Any) -> None:
    event = send_code(amqp_client, "jürg@people.example")
    row = delivery(notifications, event, "sent", "failed")
    assert (row["state"], row["reason"], row["attempts"]) == ("failed", "smtputf8_not_offered", 1)
    assert "jürg" not in notifications.log.read_text("utf-8")
