"""An authenticator app as second factor: codes of RFC 6238 (30 seconds, six digits, SHA-1: what all apps know), and
recovery codes for whoever has lost it. A state machine over what one account has."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

import pyotp
from wsis_shared.errors import Forbidden

from wsis_accounts.rules import codes

STEP = timedelta(seconds=30)
DRIFT = (0, -1, 1)  # steps that the clock of a telephone may be off (RFC 6238, 5.2)
RECOVERY_CODES = 10
ISSUER = "WSIS"


class Verdict(StrEnum):
    """What a typed code proved."""

    PROVEN = "proven"
    SET_UP = "set_up"
    RECOVERED = "recovered"
    REFUSED = "refused"
    TOO_SOON = "too_soon"


@dataclass(frozen=True)
class Key:
    """What app and service share. `secret` is in base32; `recovery` are the keyed hashes of the codes that are left;
    `step` is that of the last code: a code works once."""

    secret: str = field(repr=False)
    recovery: tuple[str, ...]
    made_at: datetime
    step: int = 0


@dataclass(frozen=True)
class Authenticator:
    """`key` counts, once a first code has shown that an app has it; until then it is `offered`. `failures` are wrong
    codes in a row."""

    account: str
    key: Key | None = None
    offered: Key | None = None
    failures: int = 0
    wait_until: datetime | None = None


def new_secret() -> str:
    """160 random bits, as RFC 4226 recommends, in base32."""
    return pyotp.random_base32()


def uri(secret: str, email: str) -> str:
    """What the app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER)


def code(secret: str, now: datetime) -> str:
    """What the app shows."""
    return pyotp.TOTP(secret).generate_otp(_step(now))


def offer(authenticator: Authenticator, key: Key, *, shown: bool) -> Authenticator:
    """A key that counts once the app has shown a code of it, in place of the one that there is. Raises Forbidden where
    there is one that the session has not `shown`: who has the mailbox alone does not replace it."""
    if authenticator.key is not None and not shown:
        raise Forbidden("accounts.authenticator_needed")
    return replace(authenticator, offered=key)


def attempt(authenticator: Authenticator, typed: str, recovery: str, now: datetime) -> tuple[Authenticator, Verdict]:
    """Somebody typed a code; `recovery` is its keyed hash, should it be one for recovery. Save what comes back.

    Only who has a session of the account gets here, so waiting keeps no stranger's victim out."""
    if authenticator.wait_until is not None and now < authenticator.wait_until:
        return authenticator, Verdict.TOO_SOON
    rested = replace(authenticator, failures=0, wait_until=None)
    if (key := authenticator.key) is not None:
        if recovery in key.recovery:
            left = tuple(each for each in key.recovery if each != recovery)
            return replace(rested, key=replace(key, recovery=left)), Verdict.RECOVERED
        if step := _fitting(key, typed, now):
            return replace(rested, key=replace(key, step=step)), Verdict.PROVEN
    if (offered := authenticator.offered) is not None and (step := _fitting(offered, typed, now)):
        return replace(rested, key=replace(offered, step=step), offered=None), Verdict.SET_UP
    failures = authenticator.failures + 1
    return replace(authenticator, failures=failures, wait_until=codes.wait_until(failures, now)), Verdict.REFUSED


def _fitting(key: Key, typed: str, now: datetime) -> int:
    """The step of a code that has not been used, nor one before it; 0 where there is none."""
    for drift in DRIFT:
        step = _step(now) + drift
        if step > key.step and hmac.compare_digest(pyotp.TOTP(key.secret).generate_otp(step), typed):
            return step
    return 0


def _step(now: datetime) -> int:
    return int(now.timestamp() // STEP.total_seconds())
