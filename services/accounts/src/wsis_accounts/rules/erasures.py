"""Links by which whoever has a mailbox erases what the suite holds about its address, with or without an account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from wsis_accounts.rules import codes

LIFE = timedelta(days=1)

ErasureLink = dict[str, Any]
"""{_id: key of the mailbox, link: its id, email, locale, asked_at, expires_at}: the last link that was asked for."""


def link(key: str, id: str, email: str, locale: str, now: datetime) -> ErasureLink:
    """A link on its way to a mailbox; one of before opens nothing any more."""
    return {"_id": key, "link": id, "email": email, "locale": locale, "asked_at": now, "expires_at": now + LIFE}


def works(found: Mapping[str, Any] | None, now: datetime) -> bool:
    """Whether the link can be used."""
    return found is not None and "email" in found and now < found["expires_at"]


def forgotten(mailbox: codes.Mailbox) -> codes.Mailbox | None:
    """What is left of a mailbox without an account: nothing, or which account it had before an earlier erasure."""
    if mailbox.account is None:
        return None
    return replace(codes.Mailbox(mailbox.key, ""), account=mailbox.account, erased_at=mailbox.erased_at)
