"""Kills while mail comes in: what was accepted is handled, each mail once."""

from __future__ import annotations

import signal
import smtplib
import threading
from typing import Any

from wsis_testkit import publish, wait_for
from wsis_testkit.process import Started

from ..conftest import DOMAIN, send, unlike_others

MAILS = 60


def test_what_the_listener_accepted_is_handled_once_whoever_is_killed(
    accounts: Any, serve: Any, amqp_client: Any, inbox: Any, published: Any, database: Any, start_inbound: Any
) -> None:
    told = published("notifications")
    service = serve("notifications", WSIS_MAIL_DOMAIN=DOMAIN)
    members, title = [accounts.add() for _ in range(MAILS)], unlike_others("kills")
    publish(amqp_client, "herald", "jurors_reminded", {"accounts": members, "title": title})
    wait_for(lambda: inbox.count(subject=title) == MAILS, 60, "the mails")
    deliveries = database("notifications").deliveries
    wait_for(lambda: deliveries.count_documents({"state": "sent"}) == MAILS, 30)
    paths = [str(mail["return_path"]) for mail in inbox.all(title)]
    listening: list[Started] = [start_inbound()]
    accepted: list[str] = []

    def relay() -> None:
        """As a relay does: what is not answered with 250 is sent again, to whoever listens then."""
        while paths:
            path = paths.pop()
            try:
                send(listening[-1], path, "postfix-unknown-user")
                accepted.append(path)
            except (OSError, smtplib.SMTPException):
                paths.append(path)

    relays = [threading.Thread(target=relay) for _ in range(4)]
    for thread in relays:
        thread.start()
    wait_for(lambda: len(accepted) >= MAILS // 4, 60, "a quarter of the bounces")
    listening[-1].stop(signal.SIGKILL)
    service.stop(signal.SIGKILL)
    before = deliveries.count_documents({"state": "bounced"})
    assert before < MAILS, "all was done before the kill"
    listening.append(start_inbound())
    serve("notifications", WSIS_MAIL_DOMAIN=DOMAIN)
    for thread in relays:
        thread.join(60)
    assert len(accepted) == MAILS
    wait_for(lambda: deliveries.count_documents({"state": "bounced", "bounce": "hard"}) == MAILS, 60, "all of them")
    # A kill between the publication of an event and the note of it publishes the event twice, under one id.
    wait_for(lambda: len({event["id"] for event in told.of("delivery_failed")}) >= MAILS, 30, "an event for each")
    ids = {event["id"]: event["data"]["delivery"] for event in told.of("delivery_failed")}
    assert (len(ids), len(set(ids.values()))) == (MAILS, MAILS)
