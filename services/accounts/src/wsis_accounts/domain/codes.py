"""Mailed codes: who gets a mail, how long a code lives, how often one may guess. A state machine over one mailbox.

A mailbox exists for us as soon as somebody types its address, whether it has an account or not: both are treated alike,
so that nobody can tell one from the other by status, text, time or work done.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from wsis_accounts import errors
from wsis_accounts.domain.rules import CodeRules

WRITE_WITHIN = timedelta(hours=1)  # a mail that is written later is of no use to anybody
LONGEST_LOCK = timedelta(days=1)


class Purpose(StrEnum):
    """Why a mail is sent."""

    CONFIRM = "confirm"
    SIGN_IN = "sign_in"
    ALREADY_REGISTERED = "already_registered"
    NO_ACCOUNT = "no_account"


class Verdict(StrEnum):
    """What a typed code proved."""

    PROVEN = "proven"
    REFUSED = "refused"
    LOCKED = "locked"


@dataclass(frozen=True)
class Challenge:
    """One request for a code. `code` is the keyed hash, none until the mail is written; `tries` counts guesses;
    `locale` is the language in which it was asked for."""

    id: str
    purpose: Purpose
    requested_at: datetime
    locale: str = "en"
    code: str | None = None
    issued_at: datetime | None = None
    tries: int = 0


@dataclass(frozen=True)
class Mailbox:
    """`key` is the keyed hash of the canonical address, `email` what was typed last, `registration` what somebody
    typed who has not proved yet that the mailbox is theirs, `account` who it belongs to."""

    key: str
    email: str
    account: str | None = None
    erased_at: datetime | None = None
    registration: Mapping[str, Any] | None = None
    challenge: Challenge | None = None
    sent: tuple[datetime, ...] = ()
    failures: int = 0
    locks: int = 0
    locked_until: datetime | None = None

    @property
    def known(self) -> bool:
        """It has an account."""
        return self.account is not None and self.erased_at is None

    @property
    def challenge_id(self) -> str:
        """The id of the request for a code, empty where there is none."""
        return self.challenge.id if self.challenge else ""


def register(
    mailbox: Mailbox, registration: Mapping[str, Any], challenge: str, locale: str, now: datetime, rules: CodeRules
) -> Mailbox:
    """Somebody typed this address into the form. What they typed counts only once the mailbox is proved."""
    purpose = Purpose.ALREADY_REGISTERED if mailbox.known else Purpose.CONFIRM
    asked = _ask(mailbox, Challenge(challenge, purpose, now, locale), rules)
    if asked is mailbox or mailbox.known:
        return asked
    return replace(asked, registration=registration, email=str(registration["email"]))


def request_code(mailbox: Mailbox, challenge: str, locale: str, now: datetime, rules: CodeRules) -> Mailbox:
    """Somebody wants to sign in, or to have the mail again."""
    purpose = Purpose.SIGN_IN if mailbox.known else Purpose.CONFIRM if mailbox.registration else Purpose.NO_ACCOUNT
    return _ask(mailbox, Challenge(challenge, purpose, now, locale), rules)


def _ask(mailbox: Mailbox, challenge: Challenge, rules: CodeRules) -> Mailbox:
    now = challenge.requested_at
    recent = tuple(at for at in mailbox.sent if at > now - timedelta(hours=1))
    if len(recent) >= rules.codes_per_hour:
        return mailbox  # said to nobody: the answer is the same, and the last code goes on working
    return replace(mailbox, challenge=challenge, sent=(*recent, now))


def issue(mailbox: Mailbox | None, challenge: str, code: str, now: datetime) -> Mailbox:
    """The mail is being written: from now on this code counts, and none before it. `code` is the keyed hash.

    Raises errors.challenge_over where the mail is not needed any more.
    """
    asked = mailbox.challenge if mailbox else None
    if mailbox is None or asked is None or asked.id != challenge or now > asked.requested_at + WRITE_WITHIN:
        raise errors.challenge_over()
    if asked.purpose is Purpose.NO_ACCOUNT:
        return mailbox
    return replace(mailbox, challenge=replace(asked, code=code, issued_at=now))


def attempt(mailbox: Mailbox, code: str, now: datetime, rules: CodeRules, *, by_link: bool) -> tuple[Mailbox, Verdict]:
    """Somebody typed a code, `code` is its keyed hash. Save the mailbox whatever the verdict is.

    `by_link`: they came with the challenge's id, which only the mail holds. Locks do not hold them up, so that a
    stranger who guesses at a mailbox cannot keep its owner out.
    """
    if not by_link and mailbox.locked_until is not None and now < mailbox.locked_until:
        return mailbox, Verdict.LOCKED
    asked = mailbox.challenge
    if asked is not None and _good(asked, code, now, rules):
        return replace(mailbox, challenge=None, failures=0, locks=0, locked_until=None), Verdict.PROVEN
    if asked is not None:
        mailbox = replace(mailbox, challenge=replace(asked, tries=asked.tries + 1))
    failures = mailbox.failures + 1
    if failures < rules.code_failures:
        return replace(mailbox, failures=failures), Verdict.REFUSED
    lock = min(timedelta(hours=rules.code_lock_hours) * 2 ** min(mailbox.locks, 10), LONGEST_LOCK)
    return replace(mailbox, failures=0, locks=mailbox.locks + 1, locked_until=now + lock), Verdict.REFUSED


def _good(asked: Challenge, code: str, now: datetime, rules: CodeRules) -> bool:
    if asked.code is None or asked.issued_at is None:
        return False
    fits = hmac.compare_digest(asked.code, code)
    return fits and asked.tries < rules.code_tries and now < asked.issued_at + rules.code_life


def owned(mailbox: Mailbox, account: str) -> Mailbox:
    """The mailbox is proved and belongs to this account."""
    return replace(mailbox, account=account, erased_at=None, registration=None)


def erased(mailbox: Mailbox, now: datetime) -> Mailbox:
    """Nothing of a person is left but the keyed hash, and which account it had: whoever comes back gets that id again,
    so that erasing and registering anew does not give a second ballot."""
    return Mailbox(mailbox.key, "", account=mailbox.account, erased_at=now)


def kept_until(mailbox: Mailbox, now: datetime, rules: CodeRules) -> datetime | None:
    """When the store forgets it; None: never."""
    if mailbox.known:
        return None
    if mailbox.erased_at is not None:
        return max(mailbox.erased_at + timedelta(days=rules.returning_days), now + timedelta(days=1))
    return now + timedelta(days=rules.registration_days)
