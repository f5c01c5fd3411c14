"""Signatures of webhooks (Standard Webhooks 1.0): what a receiver needs to know that a delivery is ours, and fresh.

The signed content is `id.timestamp.body`. `webhook-signature` has one `v1` (HMAC-SHA-256) for each valid secret, the
newest first, and one `v1a` (Ed25519) that anybody can verify with the public keys of `/v1/events/keys`.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SIGNING_PURPOSE = "webhook signing key 1"  # of the Ed25519 key
TOLERANCE_SECONDS = 300  # of a timestamp, for receivers


def sign(
    id: str, timestamp: int, body: bytes, secrets: Sequence[bytes], ed25519: Callable[[bytes], bytes] | None
) -> dict[str, str]:
    """The three headers of a delivery; `timestamp` is in seconds since the epoch, `ed25519` signs with our key."""
    content = b".".join((id.encode(), str(timestamp).encode(), body))
    signatures = [f"v1,{_base64(hmac.digest(secret, content, 'sha256'))}" for secret in secrets]
    if ed25519 is not None:
        signatures.append(f"v1a,{_base64(ed25519(content))}")
    return {"webhook-id": id, "webhook-timestamp": str(timestamp), "webhook-signature": " ".join(signatures)}


def signing_key(seed: bytes) -> Ed25519PrivateKey:
    """The Ed25519 key of a seed of 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_jwk(key: Ed25519PrivateKey) -> dict[str, str]:
    """The public key as a JWK (RFC 8037); `kid` is its thumbprint (RFC 7638)."""
    x = base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).rstrip(b"=").decode()
    members = {"crv": "Ed25519", "kty": "OKP", "x": x}
    canonical = json.dumps(members, separators=(",", ":"), sort_keys=True).encode()
    kid = base64.urlsafe_b64encode(hashlib.sha256(canonical).digest()).rstrip(b"=").decode()
    return {**members, "alg": "EdDSA", "use": "sig", "kid": kid}


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()
