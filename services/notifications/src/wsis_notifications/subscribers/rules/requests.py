"""A request for a subscription: what somebody typed, until the mailbox confirms it. One for each address.

A known and an unknown address are treated alike: one read, one write, one event, one response.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from wsis_shared.json_types import Input
from wsis_shared.mail_quotas import MailQuota


class SubscriptionRequest(TypedDict):
    """`_id` is the key of the address, `request` what its link names, `typed` the form until it is confirmed, `sent`
    the times of mails of the last day."""

    _id: str
    request: str
    typed: Input | None
    state: str
    sent: list[datetime]
    requested_at: datetime
    expires_at: datetime
    confirmed_at: NotRequired[datetime]
    withdrawn_at: NotRequired[datetime]


PENDING, REPEATED, CONFIRMED, WITHDRAWN = "pending", "repeated", "confirmed", "withdrawn"

KEPT = timedelta(days=7)
WRITE_WITHIN = timedelta(hours=1)
"""A mail that is written later is of no use to anybody."""
DAY = timedelta(days=1)
QUIET = DAY
"""After whoever has the mailbox said no: strangers cannot go on."""
MAILS_PER_HOUR = 3
MAILS = MailQuota({timedelta(hours=1): MAILS_PER_HOUR, DAY: 3 * MAILS_PER_HOUR})
"""To a mailbox; more are not sent."""


def ask(
    known: SubscriptionRequest | None,
    key: str,
    id: str,
    typed: Input,
    at: datetime,
    *,
    is_reader: bool,
) -> SubscriptionRequest | None:
    """The request after somebody typed this address into the form; None where MAILS allows it no other, or it was
    withdrawn a short time ago.

    The link of a request that waits goes on working, with what was typed last. A reader's is REPEATED: what was typed
    changes nothing, and they get the link to their preferences.
    """
    if (
        known is not None
        and known["state"] == WITHDRAWN
        and at < (known.get("withdrawn_at") or known["requested_at"]) + QUIET
    ):
        return None
    sent = MAILS.with_one_more(known.get("sent", ()) if known else (), at)
    if sent is None:
        return None
    waits = known is not None and known["state"] == PENDING
    asked: SubscriptionRequest = {
        "_id": key,
        "request": known["request"] if known and waits else id,
        "typed": dict(typed),
        "state": REPEATED if is_reader else PENDING,
        "sent": sent,
        "requested_at": at,
        "expires_at": at + KEPT,
    }
    return {**known, **asked} if known else asked


def confirm(request: SubscriptionRequest, at: datetime) -> SubscriptionRequest:
    """The request is done: what was typed is with the subscriber now."""
    return {**request, "state": CONFIRMED, "typed": None, "confirmed_at": at}


def withdraw(request: SubscriptionRequest, at: datetime) -> SubscriptionRequest:
    """Whoever has the mailbox does not want it: its link confirms nothing any more."""
    return {**request, "state": WITHDRAWN, "typed": None, "withdrawn_at": at}


def is_writable(request: SubscriptionRequest, at: datetime) -> bool:
    """Is its mail still of use?"""
    return request["state"] in (PENDING, REPEATED) and at <= request["requested_at"] + WRITE_WITHIN
