"""One spelling for all spellings of an address."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

import idna


def canonical(email: str) -> str:
    """The spelling that all spellings of an address share: NFC, folded case, the domain in ASCII (RFC 5891, UTS 46).
    What follows a plus sign is kept: only the host knows what it means. Raises ValueError where there is no domain."""
    local, at, domain = unicodedata.normalize("NFC", email.strip()).rpartition("@")
    if not at or not local or not domain:
        raise ValueError("not an address")
    folded = unicodedata.normalize("NFC", local.casefold())
    return f"{folded}@{ascii_domain(domain).rstrip('.')}"


@lru_cache(maxsize=4096)
def ascii_domain(domain: str) -> str:
    """The domain in ASCII and lower case (RFC 5891, UTS 46). Raises ValueError for what is no domain."""
    return idna.encode(domain, uts46=True).decode().lower()
