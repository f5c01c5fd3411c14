"""Addresses as keys: a keyed hash finds an address again and says to nobody whose it is (`wsis_shared.keys`)."""

from __future__ import annotations

from wsis_shared import keys
from wsis_shared.mail_quotas import behind_tag

from wsis_notifications.addresses.rules.spelling import canonical

PURPOSE = "mail-address"


def address_key(email: str) -> str:
    """The key of all spellings of an address, 64 hex digits. Raises ValueError where it is none."""
    return keys.digest(PURPOSE, canonical(email))


def link_id(key: str) -> str:
    """What of a key a link names, which has room for 16 bytes: the id of the wish of whoever has no account."""
    return key[:32]


def tag_key(email: str) -> str | None:
    """The key of the mailbox behind a tag; None where there is none. Raises ValueError where it is no address."""
    mailbox = behind_tag(canonical(email))
    return keys.digest("newsletter tags", mailbox) if mailbox is not None else None
