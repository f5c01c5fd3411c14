"""Proof of work before a registration: some seconds of a computer's time, which costs a person nothing and a script
that registers thousands a lot. Self-hosted, with the algorithm and the widget of ALTCHA; nobody is tracked.

Solvers exist: it makes fraud dearer and does not end it. What gets through is found by the review.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import altcha

from wsis_accounts import errors

ALGORITHM = "PBKDF2/SHA-256"


@dataclass(frozen=True)
class Solved:
    """A solution that fits: the challenge's name, when it was given out, until when it works."""

    id: str
    issued_at: datetime
    expires_at: datetime


def give(key: bytes, now: datetime, life: timedelta, cost: int) -> dict[str, Any]:
    """A challenge: find a number whose derived key begins with a zero byte, in 256 tries on average."""
    made = altcha.create_challenge(
        ALGORITHM, cost, expires_at=int((now + life).timestamp()), hmac_secret=key,
        data={"issued_at": int(now.timestamp() * 1000)},
    )  # fmt: skip
    return made.to_dict()


def check(payload: str, key: bytes) -> Solved:
    """Read what the form sent. Raises errors.proof_of_work_invalid for whatever is wrong with it."""
    try:
        result = altcha.verify_solution(payload, key)
        parameters = altcha.Payload.from_base64(payload).challenge.parameters
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise errors.proof_of_work_invalid() from None
    data = parameters.data
    if not result.verified or not isinstance(data, dict) or parameters.expires_at is None:
        raise errors.proof_of_work_invalid()
    # The nonce is signed: another spelling of the payload has the same name.
    id = hashlib.sha256(parameters.nonce.encode()).hexdigest()
    issued, expires = data["issued_at"] / 1000, parameters.expires_at
    return Solved(id, datetime.fromtimestamp(issued, UTC), datetime.fromtimestamp(expires, UTC))
