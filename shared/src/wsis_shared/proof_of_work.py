"""Proof of work: some seconds of a computer's time, which cost a person nothing, and much if a script sends thousands.
Self-hosted, with the algorithm and the widget of ALTCHA; nobody is tracked.

Solvers exist: it makes abuse dearer and does not end it. A solution works once: who takes it keeps its id until
`expires_at`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import altcha
from wsis_shared import keys

ALGORITHM = "PBKDF2/SHA-256"


class Unsolved(ValueError):
    """Not a challenge of this suite, not solved, or too old."""


def key() -> bytes:
    """What challenges are signed with. Raises SettingError where WSIS_SECRET is too short."""
    return keys.derive("proof of work")


@dataclass(frozen=True)
class Solved:
    """A solution that fits: the challenge's name, when it was given out, until when it works."""

    id: str
    issued_at: datetime
    expires_at: datetime


def give(key: bytes, now: datetime, life: timedelta, cost: int) -> dict[str, object]:
    """A challenge: find a number whose derived key begins with a zero byte, in 256 tries on average."""
    made = altcha.create_challenge(
        ALGORITHM,
        cost,
        expires_at=int((now + life).timestamp()),
        hmac_secret=key,
        data={"issued_at": int(now.timestamp() * 1000)},
    )
    return made.to_dict()


def check(payload: str, key: bytes) -> Solved:
    """Read what a client sent. Raises Unsolved for whatever is wrong with it."""
    try:
        result = altcha.verify_solution(payload, key)
        parameters = altcha.Payload.from_base64(payload).challenge.parameters
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise Unsolved from None
    data = parameters.data
    if not result.verified or not isinstance(data, dict) or parameters.expires_at is None:
        raise Unsolved
    # The nonce is signed: another spelling of the payload has the same name.
    id = hashlib.sha256(parameters.nonce.encode()).hexdigest()
    issued, expires = data["issued_at"] / 1000, parameters.expires_at
    return Solved(id, datetime.fromtimestamp(issued, UTC), datetime.fromtimestamp(expires, UTC))
