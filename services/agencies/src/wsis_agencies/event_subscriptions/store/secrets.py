"""Secrets of webhooks in the store: sealed, under the id of their subscription; the newest first."""

from __future__ import annotations

import os
from datetime import datetime

from wsis_shared import keys

from wsis_agencies.event_subscriptions.rules.secrets import SECRET_BYTES
from wsis_agencies.event_subscriptions.rules.subscriptions import Secret, Subscription

PURPOSE = "webhook secret"
MAX_SECRETS = 10  # each is a signature in a header of every request


def new_secret() -> bytes:
    """A new symmetric secret."""
    return os.urandom(SECRET_BYTES)


def sealed(subscription: str, secret: bytes) -> Secret:
    """A secret as it is stored, valid until another one takes its place."""
    return {"sealed": keys.seal(PURPOSE, subscription, secret), "until": None}


def valid_secrets(subscription: Subscription, now: datetime) -> list[bytes]:
    """The secrets that are valid now, still sealed."""
    return [one["sealed"] for one in subscription["secrets"] if _is_valid(one, now)]


def unseal(subscription: str, sealed: bytes) -> bytes:
    """A secret of a subscription. Raises CannotUnseal."""
    return keys.unseal(PURPOSE, subscription, sealed)


def rotated(subscription: Subscription, secret: bytes, now: datetime, until: datetime) -> list[Secret]:
    """Its secrets with a new one. The former one is valid until `until`; those before stay as long as they were to, the
    newest MAX_SECRETS in all: a repeat of a rotation must not end what a receiver still has."""
    former: list[Secret] = [
        {**one, "until": one["until"] or until} for one in subscription["secrets"] if _is_valid(one, now)
    ]
    return [sealed(subscription["_id"], secret), *former][:MAX_SECRETS]


def _is_valid(secret: Secret, now: datetime) -> bool:
    return secret["until"] is None or now < secret["until"]
