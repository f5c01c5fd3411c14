"""Mailed codes: who gets a mail, how long a code lives, how often one may guess. A state machine over one mailbox.

A mailbox exists for us as soon as somebody types its address, whether it has an account or not: both are treated alike,
so that nobody can tell one from the other by status, text, time or work done.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NotRequired, TypedDict

from wsis_shared.errors import NotFound
from wsis_shared.mail_quotas import MailQuota

LIFE = timedelta(minutes=10)  # of a code, from the moment its mail is written (ASVS 6.5.5: at most 10)
TRIES = 5  # wrong codes with the address before a code works by its link alone; as many with the link
FAILURES = 10  # wrong codes with an address before the next one has to wait; links never do
WAIT = timedelta(minutes=1)  # that wait, doubled by each wrong code; a sign-in ends it
LONGEST_WAIT = timedelta(days=1)
MAILS_PER_HOUR = 5  # with a code to a mailbox; then one as soon as the last code is used or nearly over
SPACING = LIFE * 3 / 4  # of those: when the next is due, the code of the last works for a quarter of its life more
REGISTRATION_KEPT = timedelta(days=7)  # where nobody confirms it
RETURNING = timedelta(days=400)  # who erased an account and comes back within gets the same id

HOUR = timedelta(hours=1)
MAILS = MailQuota({HOUR: MAILS_PER_HOUR}, SPACING)  # to spellings without an account, and with links that erase
WRITE_WITHIN = HOUR  # a mail that is written later is of no use to anybody


class Registration(TypedDict):
    """What somebody typed into the form, and when and from where: `registered_from` is the keyed hash of a network.
    Whoever is appointed at the machine has only what was typed."""

    email: str
    given_name: str
    family_name: str
    stakeholder_type: str
    country: str
    organization: str | None
    locale: str
    registered_at: NotRequired[datetime]
    registered_from: NotRequired[str | None]
    seconds_to_fill: NotRequired[float | None]


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
    TOO_SOON = "too_soon"


@dataclass(frozen=True)
class Challenge:
    """One request for a code. `code` is the keyed hash, none until the mail is written; `registration` is what was
    typed with the request; `tries` and `link_tries` count wrong codes that came with the address and with its link;
    `spent`: a code of this mailbox was used since; `locale` is the language in which it was asked for."""

    id: str
    purpose: Purpose
    requested_at: datetime
    locale: str = "en"
    registration: Registration | None = None
    code: str | None = None
    issued_at: datetime | None = None
    tries: int = 0
    link_tries: int = 0
    spent: bool = False


@dataclass(frozen=True)
class Mailbox:
    """`key` is the keyed hash of the canonical address, `email` what was typed last, `registration` what somebody
    typed who has not proved yet that the mailbox is theirs, `account` who it belongs to, `challenges` the requests of
    the last hour, newest last."""

    key: str
    email: str
    account: str | None = None
    erased_at: datetime | None = None
    registration: Registration | None = None
    challenges: tuple[Challenge, ...] = ()
    failures: int = 0
    wait_until: datetime | None = None

    @property
    def known(self) -> bool:
        """It has an account."""
        return self.account is not None and self.erased_at is None

    def challenge(self, id: str) -> Challenge | None:
        """The request of that id."""
        return next((one for one in self.challenges if one.id == id), None)


def register(mailbox: Mailbox, registration: Registration, challenge: str, locale: str, now: datetime) -> Mailbox:
    """Somebody typed this address into the form. What they typed counts only once the mailbox is proved, and with the
    code of this request: who else registers the address puts nothing into the owner's account."""
    if mailbox.known:
        return _ask(mailbox, Challenge(challenge, Purpose.ALREADY_REGISTERED, now, locale))
    asked = _ask(mailbox, Challenge(challenge, Purpose.CONFIRM, now, locale, registration))
    if asked is mailbox:
        return asked
    return replace(asked, registration=registration, email=str(registration["email"]))


def request_code(
    mailbox: Mailbox, challenge: str, locale: str, now: datetime, *, network: str | None = None
) -> Mailbox:
    """Somebody wants to sign in, or to have the mail again: its code confirms what was typed until now, and nothing
    that a stranger types before it is used. `network` is the keyed hash of theirs."""
    purpose = Purpose.SIGN_IN if mailbox.known else Purpose.CONFIRM if mailbox.registration else Purpose.NO_ACCOUNT
    return _ask(mailbox, Challenge(challenge, purpose, now, locale, _typed(mailbox, network)))


def _typed(mailbox: Mailbox, network: str | None) -> Registration | None:
    """What was typed last from this network in the last hour, else what was typed last at all: a stranger elsewhere who
    registers the address meanwhile does not put their form in place of the owner's."""
    if not mailbox.known and network is not None:
        for one in reversed(mailbox.challenges):
            if one.registration and one.registration.get("registered_from") == network:
                return one.registration
    return mailbox.registration


def _ask(mailbox: Mailbox, asked: Challenge) -> Mailbox:
    """A mail more, or the same mailbox where there were enough and the owner has one that still works: said to nobody.
    So strangers can neither flood a mailbox nor use up the owner's mails."""
    recent = tuple(one for one in mailbox.challenges if one.requested_at > asked.requested_at - HOUR)
    if len(recent) >= MAILS_PER_HOUR and any(_still_works(one, asked) for one in recent):
        return mailbox
    return replace(mailbox, challenges=(*recent, asked))


def _still_works(sent: Challenge, asked: Challenge) -> bool:
    if sent.spent or sent.link_tries >= TRIES:
        return False
    if sent.purpose is Purpose.NO_ACCOUNT and asked.purpose is not Purpose.NO_ACCOUNT:
        return False  # that mail has no code
    return asked.requested_at < (sent.issued_at or sent.requested_at) + SPACING


def issue(mailbox: Mailbox | None, challenge: str, code: str, now: datetime) -> Mailbox:
    """The mail is being written: from now on this code counts. `code` is the keyed hash.

    Raises `accounts.challenge_over` where the mail is not needed any more.
    """
    asked = mailbox.challenge(challenge) if mailbox else None
    if mailbox is None or asked is None or asked.spent or now > asked.requested_at + WRITE_WITHIN:
        raise NotFound("accounts.challenge_over")
    if asked.purpose is Purpose.NO_ACCOUNT:
        return mailbox
    return _with(mailbox, replace(asked, code=code, issued_at=now))


def attempt(
    mailbox: Mailbox, hashed: Callable[[str], str], now: datetime, *, link: str = ""
) -> tuple[Mailbox, Verdict]:
    """Somebody typed a code; `hashed` gives its keyed hash for the id of a challenge. Save the mailbox if it changed.

    `link`: they came with the id of this challenge, which only its mail holds. What others guess does not count there,
    and they need not wait: a stranger cannot keep the owner out.
    """
    alive = [one for one in mailbox.challenges if one.issued_at is not None and now < one.issued_at + LIFE]
    if link:
        alive = [one for one in alive if one.id == link and one.link_tries < TRIES]
    elif mailbox.wait_until is not None and now < mailbox.wait_until:
        return mailbox, Verdict.TOO_SOON
    fitting = [one for one in alive if hmac.compare_digest(one.code or "", hashed(one.id))]
    for one in fitting:
        if not one.spent and (link or one.tries < TRIES):
            return _proven(mailbox, one), Verdict.PROVEN
    if any(one.spent for one in fitting):
        return mailbox, Verdict.REFUSED  # sent twice, and no guess
    return _guessed_wrong(mailbox, alive, now, link), Verdict.REFUSED


def _proven(mailbox: Mailbox, by: Challenge) -> Mailbox:
    spent = tuple(replace(one, spent=True, registration=None) for one in mailbox.challenges)
    typed = by.registration or mailbox.registration
    return replace(mailbox, challenges=spent, registration=typed, failures=0, wait_until=None)


def _guessed_wrong(mailbox: Mailbox, alive: Iterable[Challenge], now: datetime, link: str) -> Mailbox:
    for one in alive:
        if link:
            mailbox = _with(mailbox, replace(one, link_tries=one.link_tries + 1))
        else:
            mailbox = _with(mailbox, replace(one, tries=one.tries + 1))
    if link:
        return mailbox
    failures = mailbox.failures + 1
    if failures < FAILURES:
        return replace(mailbox, failures=failures)
    return replace(mailbox, failures=failures, wait_until=wait_until(failures, now))


def wait_until(failures: int, now: datetime) -> datetime | None:
    """When the next code may be typed after so many wrong ones in a row; None: at once."""
    if failures < FAILURES:
        return None
    wait: timedelta = min(WAIT * 2 ** min(failures - FAILURES, 20), LONGEST_WAIT)
    return now + wait


def _with(mailbox: Mailbox, changed: Challenge) -> Mailbox:
    return replace(mailbox, challenges=tuple(changed if one.id == changed.id else one for one in mailbox.challenges))


def owned(mailbox: Mailbox, account: str) -> Mailbox:
    """The mailbox is proved and belongs to this account."""
    return replace(mailbox, account=account, erased_at=None, registration=None)


def erased(mailbox: Mailbox, now: datetime) -> Mailbox:
    """Nothing of a person is left but the keyed hash, and which account it had: whoever comes back gets that id again,
    so that erasing and registering anew does not give a second ballot."""
    return Mailbox(mailbox.key, "", account=mailbox.account, erased_at=now)


def kept_until(mailbox: Mailbox, now: datetime) -> datetime | None:
    """When the store forgets it; None: never."""
    if mailbox.known:
        return None
    if mailbox.erased_at is not None:
        return max(mailbox.erased_at + RETURNING, now + timedelta(days=1))
    return now + REGISTRATION_KEPT
