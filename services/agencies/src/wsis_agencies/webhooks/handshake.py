"""The handshake: nothing is sent to a receiver that has not agreed to it.

First OPTIONS with `WebHook-Request-Origin` (CloudEvents, HTTP 1.1 Web Hooks, 4.1): the reply allows our origin and may
limit the rate. A receiver that does not know it gets a signed event whose challenge its reply repeats, as text or as
{"challenge": ...}.
"""

from __future__ import annotations

import secrets
from typing import NamedTuple

from wsis_shared import clock

from wsis_agencies.event_log.rules.direct import CHALLENGED
from wsis_agencies.event_subscriptions.rules.subscriptions import Subscription
from wsis_agencies.webhooks.client import Reply
from wsis_agencies.webhooks.rules.challenges import repeats
from wsis_agencies.webhooks.sending import Sender

ORIGIN_HEADER = "WebHook-Request-Origin"
ALLOWED_ORIGIN, ALLOWED_RATE = "webhook-allowed-origin", "webhook-allowed-rate"


class Agreement(NamedTuple):
    """What the receiver said. `interval` is the least number of seconds between two requests; `error` is None where it
    agreed. `reply` is its last one."""

    reply: Reply
    interval: float = 0.0
    error: str | None = None


async def handshake(sender: Sender, subscription: Subscription, origin: str) -> Agreement:
    """Ask the receiver of a subscription. Never raises for what a receiver does."""
    reply = await sender.client.request("OPTIONS", subscription["url"] or "", {ORIGIN_HEADER: origin})
    allowed = reply.headers.get(ALLOWED_ORIGIN)
    if reply.is_success and allowed in ("*", origin):
        return Agreement(reply, interval_of(reply.headers.get(ALLOWED_RATE, "*")))
    if reply.status is None:
        return Agreement(reply, error=reply.error)
    if allowed is not None:
        return Agreement(reply, error="origin_refused")
    challenge = secrets.token_urlsafe(24)
    event = CHALLENGED.message(subscription["_id"], challenge, clock.now())
    reply = await sender.send(subscription, event)
    if reply.is_success and repeats(reply.body, challenge):
        return Agreement(reply)
    return Agreement(reply, error=reply.error or "challenge_not_repeated")


def interval_of(rate: str) -> float:
    """Seconds between two requests, of an allowed rate: requests per minute, or "*"."""
    number = int(rate[:9]) if rate.isascii() and rate.isdecimal() else 0  # more digits than int reads may come
    return 60 / number if number else 0.0
