"""Keys of mailed links. A key follows from its document's id and the secret of the suite: it is stored nowhere, and an
id that leaks opens nothing."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

from wsis_shared import keys

KEY_LENGTH = 40  # hex digits: 160 bits


def link_key(id: str, number: int = 0) -> str:
    """The key that the mailed link to a draft or submission carries; `number` counts how often it was replaced."""
    return keys.digest("consultation link", f"{id}|{number}")[:KEY_LENGTH]


def opens(document: Mapping[str, Any], key: str | None) -> bool:
    """Whether the key is that of the document, compared in constant time."""
    return key is not None and fits(key, link_key(document["_id"], document.get("link_number", 0)))


def fits(key: str, wanted: str) -> bool:
    """Whether a key that somebody sent is the wanted one, compared in constant time. Any text may have been sent."""
    return key.isascii() and hmac.compare_digest(key, wanted)


def mailbox_key(email: str) -> str:
    """The mailbox as something that can be looked up and not read."""
    return keys.digest("consultation mailbox", email.strip().lower())
