"""Secrets of webhooks as text (Standard Webhooks 1.0)."""

from __future__ import annotations

import base64

SECRET_BYTES = 32  # of 24 to 64
PREFIX = "whsec_"


def to_text(secret: bytes) -> str:
    """The secret as its owner gets it: whsec_ and base64."""
    return PREFIX + base64.b64encode(secret).decode()


def from_text(text: str) -> bytes:
    """The reverse of `to_text`. Raises ValueError."""
    return base64.b64decode(text.removeprefix(PREFIX), validate=True)
