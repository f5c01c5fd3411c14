"""The challenge of a handshake: a receiver agrees by repeating it."""

from __future__ import annotations

import hmac
import json


def repeats(body: bytes, challenge: str) -> bool:
    """Does a reply contain the challenge, as text or as {"challenge": ...}, and nothing else?"""
    try:
        text = body.decode().strip()
        found = json.loads(text)["challenge"] if text.startswith("{") else text
        return isinstance(found, str) and hmac.compare_digest(found.encode(), challenge.encode())
    except (ValueError, KeyError, RecursionError):
        return False
