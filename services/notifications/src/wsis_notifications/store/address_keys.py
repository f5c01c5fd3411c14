"""Addresses as keys: a keyed hash finds an address again and says to nobody whose it is (`wsis_shared.keys`)."""

from __future__ import annotations

from wsis_shared import keys

from wsis_notifications.domain.addresses import canonical

PURPOSE = "mail-address"


def address_key(email: str) -> str:
    """The key of all spellings of an address, 64 hex digits. Raises ValueError where it is none."""
    return keys.digest(PURPOSE, canonical(email))
