"""A reply by mail, from the first word of the relay to the comment that everybody reads through the gateway."""

from __future__ import annotations

import http.client
import json
import os
import smtplib
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.load.figures import Figure, NotMeasured
from tests.load.ground import WITHOUT_LIMITS
from wsis_local.stack import Stack
from wsis_shared.keys import derived
from wsis_shared.mongo_connection import connect
from wsis_testkit import fake_service

from wsis_consultation.discussions.rules import addresses, discussions
from wsis_consultation.discussions.rules.addresses import ReplyTarget

ROUNDS, MOST_MS, SECONDS = 30, 1_000, 20
DOMAIN, MTA, EMAIL = "mail.wsis.example", "mx.wsis.example", "ada@ngo.example"
ACCOUNT, DISCUSSION = uuid.uuid4().hex, "2017-1"
PATH = f"/v1/consultations/2017/discussions/{DISCUSSION}/comments"
TEXT = "Les jeunes demandent des **ateliers** sur les TIC.\r\n\r\nCordialement,\r\nAda\r\n\r\n"
QUOTE = "Le 1 déc. 2016 à 12:00, <{address}> a écrit :\r\n> ##- Répondez au-dessus\r\n> " + "mot " * 200


def run(folder: Path) -> Iterator[Figure]:
    """Listener, broker, service and gateway as in production; the time ends with the page that has the comment."""
    settings = {
        "WSIS_MAIL_DOMAIN": DOMAIN,
        "WSIS_CONSULTATION_AUTHSERV_ID": MTA,
        "WSIS_CONSULTATION_REPLIES_PER_DAY": "1000",
        "WSIS_GATEWAY_PLUGINS": "consultation",
    }
    stack = Stack(
        folder,
        parts=("broker", "store", "services", "gateway"),
        services=("consultation", "notifications"),
        environ={**os.environ, **WITHOUT_LIMITS, **settings},
    )
    with stack:
        accounts = fake_service(stack.broker.amqp_uri, "accounts", {"contacts": _contacts, "profile": _profile})
        try:
            yield from _measure(stack)
        finally:
            accounts.stop()


def _measure(stack: Stack) -> Iterator[Figure]:
    environment = stack.environment()
    with connect(environment["WSIS_MONGO_URI"]) as client:
        _fill(client[f"{environment.get('WSIS_MONGO_PREFIX', 'wsis_')}consultation"])
    secret = derived(environment["WSIS_SECRET"], ["mailboxes"]).partition("=")[2]
    address = addresses.address_of(ReplyTarget(ACCOUNT, 0, DISCUSSION), secret=secret, domain=DOMAIN)
    gateway = http.client.HTTPConnection("127.0.0.1", stack.ports["gateway"], timeout=60)
    seconds = sorted(_timed(stack, gateway, address, number) for number in range(1, ROUNDS + 1))
    yield Figure("a reply by mail on its discussion, p50", 1000 * seconds[ROUNDS // 2], "ms")
    yield Figure("a reply by mail on its discussion, p95", 1000 * seconds[int(0.95 * ROUNDS)], "ms", at_most=MOST_MS)


def _timed(stack: Stack, gateway: http.client.HTTPConnection, address: str, number: int) -> float:
    lines = [
        f"Authentication-Results: {MTA}; dmarc=pass header.from=ngo.example",
        f"From: Ada <{EMAIL}>",
        "Subject: Re: TIC",
        f"Message-ID: <{uuid.uuid4().hex}@ngo.example>",
        "Content-Type: text/plain; charset=utf-8",
        "",
        f"{number}. {TEXT}{QUOTE.format(address=address)}",
    ]
    mail = "\r\n".join(lines).encode()
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", stack.ports["notifications-inbound-smtp"], timeout=60) as relay:
        relay.sendmail(EMAIL, [address], mail)
    while _newest(gateway) < number:
        if time.perf_counter() - began > SECONDS:
            raise NotMeasured(f"reply {number} is on no page after {SECONDS} s")
        time.sleep(0.005)
    return time.perf_counter() - began


def _newest(gateway: http.client.HTTPConnection) -> int:
    gateway.request("GET", f"{PATH}?limit=1")
    response = gateway.getresponse()
    body = response.read()
    if response.status != 200:
        raise NotMeasured(f"{PATH} answers {response.status}: {body[:200]!r}")
    return max((row["number"] for row in json.loads(body)["items"]), default=0)


def _fill(db: Any) -> None:
    body = {"community": "youth", "language": "fr", "title": "Les jeunes et les TIC", "text": "Vos idées ?"}
    db["discussions"].insert_one(
        {**discussions.opened("2017", 1, body, datetime(2016, 12, 1, tzinfo=UTC)), "version": 1}
    )
    db["reply_preferences"].insert_one({"_id": ACCOUNT, "enabled": True, "epoch": 0, "version": 1})


def _contacts(ids: list[str]) -> list[dict[str, Any]]:
    return [{"account": id, "email": EMAIL, "names": "Ada Umutoni", "locale": "fr"} for id in ids]


def _profile(account: str) -> dict[str, Any]:
    return {
        "account": account,
        "names": "Ada Umutoni",
        "organization": "NGO",
        "country": "RW",
        "stakeholder_type": "civil_society",
        "locale": "fr",
    }
