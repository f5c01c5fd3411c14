"""Requests through the real gateway, as an account."""

from __future__ import annotations

from typing import Any

import httpx
from wsis_testkit.tokens import TokenSigner

SIGNER = TokenSigner()
headers = SIGNER.headers


def ok(response: httpx.Response, status: int = 200) -> Any:
    """Its body; AssertionError with the body for another status."""
    assert response.status_code == status, response.text
    return response.json() if response.content else None
