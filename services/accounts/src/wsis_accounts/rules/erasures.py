"""Links by which whoever has a mailbox erases what the suite holds about its address, with or without an account."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypedDict

from wsis_accounts.rules import codes

LIFE = timedelta(days=1)


class ErasureLink(TypedDict):
    """The last link that was asked for. `_id` is the key of the mailbox, `link` the id of the link."""

    _id: str
    link: str
    email: str
    locale: str
    asked_at: datetime
    expires_at: datetime


def link(key: str, id: str, email: str, locale: str, now: datetime) -> ErasureLink:
    """A link on its way to a mailbox; one of before opens nothing any more."""
    return {"_id": key, "link": id, "email": email, "locale": locale, "asked_at": now, "expires_at": now + LIFE}


def works(found: ErasureLink | None, now: datetime) -> bool:
    """Whether the link can be used."""
    return found is not None and "email" in found and now < found["expires_at"]


def forgotten(mailbox: codes.Mailbox) -> codes.Mailbox | None:
    """What is left of a mailbox without an account: nothing, or which account it had before an earlier erasure."""
    if mailbox.account is None:
        return None
    return replace(codes.Mailbox(mailbox.key, ""), account=mailbox.account, erased_at=mailbox.erased_at)
