"""A claim: somebody says that they speak for the organization of an entry, and proves it by a code that is mailed to
its domain or to its contact, or to an officer. It gives them all entries of the organization that the proof covers."""

from __future__ import annotations

import unicodedata
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict

from wsis_shared.errors import Conflict
from wsis_shared.mail_quotas import MailQuota

MAILED, WAITING, PROVED, DONE, REFUSED = STATES = ("mailed", "waiting", "proved", "done", "refused")
"""A code was asked for; an officer decides; the entries are being handed over; they were; an officer refused."""
DOMAIN, CONTACT, OFFICER = ("domain", "contact", "officer")
GRANT, REFUSE = DECISIONS = ("grant", "refuse")

CODE_LENGTH = 8  # digits
CODE_LIFE = timedelta(minutes=30)  # from the request on: the mail may take some minutes
KEPT = timedelta(days=400)  # a claim that was proved, or that an officer decides
UNPROVED_KEPT = timedelta(days=2)  # with the address that was typed
TRIES = 5  # wrong codes before another one has to be asked for
MAX_WAITING = 20  # claims of an account that wait for officers
MAILS = MailQuota({timedelta(hours=1): 3, timedelta(days=1): 10})
"""To an address, and those that an account asks for: 15 guesses an hour among 10^8 codes."""


class Claim(TypedDict):
    """Of an account to an entry, and to what else the organization has. `nonce` is new with each code; `address` is
    what was typed; `mailed` says whether it is one that proves anything, which only its owner may learn. `whole`: all
    entries of the organization, not this one alone. `locale` is that of the mail."""

    _id: str
    account: str
    entry: str
    title: str
    organization: str
    state: str
    proof: str | None
    asked_at: datetime
    whole: bool
    locale: NotRequired[str]
    address: NotRequired[str | None]
    mailed: NotRequired[bool]
    nonce: NotRequired[str | None]
    tries: NotRequired[int]
    message: NotRequired[str | None]
    reason: NotRequired[str | None]
    decided_at: NotRequired[datetime | None]
    entries: NotRequired[int]
    expires_at: NotRequired[datetime | None]
    version: NotRequired[int]


class Holding(TypedDict):
    """What the register knows of an entry's organization: the folded name, the domain of its website, the address of
    the contact with its domain. Domains that many share are None."""

    name: str
    site: str | None
    contact: str | None
    contact_domain: str | None


def folded(name: str) -> str:
    """A name without case, accents, punctuation and repeated spaces: equal names are one organization."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    kept = "".join(char if char.isalnum() else " " for char in plain if not unicodedata.combining(char))
    return " ".join(kept.split())


def proof_of(address: str, domain: str | None, holding: Holding) -> str | None:
    """What a mailbox proves about an entry; None: nothing. `domain` is that of the address, None where many share it.
    Equal domains only: one below or above may belong to somebody else."""
    if domain is not None and domain in (holding["site"], holding["contact_domain"]):
        return DOMAIN
    return CONTACT if holding["contact"] == address else None


def covers(claim: Claim, domain: str | None, entry: str, holding: Holding) -> bool:
    """Does a proved claim give this entry, which nobody owns? The one that was claimed, and with `whole` those of an
    organization of the same name about which the mailbox proves the same; an officer has seen the name alone."""
    if entry == claim["entry"]:
        return True
    if not claim["whole"] or holding["name"] != folded(claim["organization"]):
        return False
    return claim["proof"] == OFFICER or proof_of(claim.get("address") or "", domain, holding) is not None


def seconds_left(claim: Claim, now: datetime) -> float:
    """How long its code still counts; 0 where there is none."""
    if claim["state"] != MAILED or claim.get("tries", 0) >= TRIES:
        return 0.0
    return max(0.0, (claim["asked_at"] + CODE_LIFE - now).total_seconds())


def require_waiting(claim: Claim, version: int | None) -> None:
    """Raise Conflict where no officer is to decide, or who claims has written again since the officer read it. A client
    of a former version sends no version."""
    if claim["state"] != WAITING:
        raise Conflict("stocktaking.claim_decided")
    if version not in (None, claim.get("version")):
        raise Conflict("stocktaking.claim_changed")
