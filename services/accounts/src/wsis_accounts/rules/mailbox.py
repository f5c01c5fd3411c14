"""One mailbox, many spellings: the canonical form by which an account is unique.

RFC 5321 leaves the part before the @ to the receiving host; in practice no provider tells upper from lower case.
Tags and dots are ignored only where the provider says so (data/providers.yaml). Mail goes to the typed address.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache

from email_validator import EmailNotValidError, ValidatedEmail, validate_email
from wsis_shared.errors import Invalid
from wsis_shared.resources import read_yaml


@dataclass(frozen=True)
class Provider:
    """What one provider ignores; `domain` is the one that its mailboxes are filed under, if they share a name space."""

    domain: str = ""
    tag: str = ""
    ignored: str = ""


@cache
def _providers() -> dict[str, Provider]:
    rows = read_yaml("wsis_accounts", "data/providers.yaml")
    return {
        domain: Provider(row["domains"][0] if row.get("one") else "", row.get("tag", ""), row.get("ignored", ""))
        for row in rows
        for domain in row["domains"]
    }


def check(address: str) -> ValidatedEmail:
    """The parts of an address (RFC 5321, 6531). Raises `accounts.email_invalid`.

    Nothing is looked up: an answer that depends on a name server would be slow, and forgeable. `.test` is let through
    for trials (RFC 6761): mail to it goes nowhere.
    """
    try:
        return validate_email(address, check_deliverability=False, test_environment=True)
    except (EmailNotValidError, UnicodeError):
        raise Invalid("accounts.email_invalid", fields={"email": ["Not a mail address."]}) from None


def mailable(address: str, *, smtputf8: bool) -> str:
    """The address to mail to, normalised. Raises `accounts.email_invalid`, and `accounts.email_not_mailable`
    for one that only a relay with SMTPUTF8 takes."""
    parts = check(address)
    if not smtputf8 and not parts.local_part.isascii():
        raise Invalid(
            "accounts.email_not_mailable",
            fields={"email": ["We cannot send mail to an address with letters outside A to Z before the @."]},
        )
    return parts.normalized


def canonical(address: str) -> str:
    """The one spelling of a mailbox: `Jane.Doe+wsis@GoogleMail.com` -> `janedoe@gmail.com`.

    Raises `accounts.email_invalid`.
    """
    parts = check(address)
    domain = parts.ascii_domain.lower()
    provider = _providers().get(domain, Provider())
    local = _folded(parts.local_part)
    plain = local.partition(provider.tag)[0] if provider.tag else local
    plain = "".join(char for char in plain if char not in provider.ignored)
    return f"{plain or local}@{provider.domain or domain}"


def domain_of(address: str) -> str:
    """The domain in its ASCII form, lower case: what a fraud review groups by. Raises `accounts.email_invalid`."""
    return check(address).ascii_domain.lower()


def _folded(local: str) -> str:
    """Case folding until nothing changes: one pass is not always enough (Unicode 3.13, D147)."""
    while (folded := unicodedata.normalize("NFC", unicodedata.normalize("NFKC", local).casefold())) != local:
        local = folded
    return local
