"""Domains of mailboxes and of websites, and which of them belong to one organization."""

from __future__ import annotations

import re
from functools import cache
from urllib.parse import urlsplit

from disposable_email_domains import blocklist
from email_validator import EmailNotValidError, validate_email
from wsis_shared.errors import Invalid
from wsis_shared.resources import read_yaml

_OF_COUNTRIES = re.compile(r"(?:(?:co|com|net|org)\.)?[a-z]{2,3}")  # what follows the name of a family


@cache
def _shared() -> tuple[frozenset[str], frozenset[str]]:
    """Domains, and names of families."""
    rows = read_yaml("wsis_stocktaking", "data/shared_domains.yaml")
    return frozenset((*rows["mailboxes"], *rows["sites"])), frozenset(rows["families"])


def normalised(address: str) -> str:
    """The address in lower case with its domain in ASCII: equal texts are one mailbox, and a domain with letters that
    only look alike is another one. Raises Invalid."""
    try:
        parts = validate_email(address, check_deliverability=False, test_environment=True)
    except (EmailNotValidError, UnicodeError):
        raise Invalid("stocktaking.claim_address_invalid", fields={"email": ["Not a mail address."]}) from None
    return f"{parts.local_part.casefold()}@{parts.ascii_domain.lower()}"


def spelt(address: str | None) -> str | None:
    """`normalised`; None for what is no address, as an import may have brought it."""
    try:
        return normalised(address) if address else None
    except Invalid:
        return None


def domain_of(address: str | None) -> str | None:
    """The domain of a mailbox; None where many share it, or it is no address."""
    same = spelt(address)
    return _of_one(same.rpartition("@")[2]) if same else None


def site_of(website: str | None) -> str | None:
    """The domain of a website, without "www."; None where many share it."""
    try:
        host = (urlsplit(website or "").hostname or "").rstrip(".").removeprefix("www.")
        return domain_of(f"any@{host}") if host else None
    except ValueError:
        return None


def _of_one(domain: str) -> str | None:
    labels, (shared, families) = domain.split("."), _shared()
    above = {".".join(labels[start:]) for start in range(len(labels) - 1)}
    return None if above & shared or above & blocklist or any(_is_of(each, families) for each in above) else domain


def _is_of(domain: str, families: frozenset[str]) -> bool:
    name, _, rest = domain.partition(".")
    return name in families and _OF_COUNTRIES.fullmatch(rest) is not None
