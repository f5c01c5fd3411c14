"""Identities of accounts at providers, and the way there and back: one secret of the browser, from which all follows.

What the provider sees (`state`, `nonce`, the challenge of PKCE) follows from `binding` by keyed hashes. Whoever has an
address with a code and its state has no binding; whoever has the store has neither (RFC 9700, 4.7).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypedDict

from wsis_accounts.rules.providers import Provider

LIFE = timedelta(minutes=10)  # from our page to the provider's and back
SCOPE = "openid email"


class Purpose(StrEnum):
    """What somebody goes to the provider for; `state` begins with it, so that the page of the return knows."""

    SIGN_IN = "s"
    ADD = "a"


class IdentityRequest(TypedDict):
    """One way there. `_id` is the state; `session` is that of the account which adds an identity."""

    _id: str
    provider: str
    session: str | None
    expires_at: datetime


class KeptIdentity(TypedDict):
    """An identity that opens an account: `_id` is a keyed hash of issuer and subject, and nothing of it can be read."""

    _id: str
    account: str
    provider: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True)
class Secrets:
    """What is sent to the provider or proves itself to it; `verifier` is that of PKCE (RFC 7636)."""

    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        """S256."""
        digest = hashlib.sha256(self.verifier.encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def fields(provider: Provider, secrets: Secrets, back: str, locale: str) -> dict[str, str]:
    """What the browser takes to the page of the provider, which sends it to `back`, and nowhere else."""
    return {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": SCOPE,
        "state": secrets.state,
        "nonce": secrets.nonce,
        "code_challenge": secrets.challenge,
        "code_challenge_method": "S256",
        "ui_locales": locale,
        **({"acr_values": " ".join(provider.acr)} if provider.acr else {}),
    }


def said_by_another(provider: Provider, issuer: object, metadata: Mapping[str, object]) -> bool:
    """Does the return name another issuer, or none where its provider always does (RFC 9207)?"""
    if issuer is None:
        return metadata.get("authorization_response_iss_parameter_supported") is True
    return issuer != provider.issuer
