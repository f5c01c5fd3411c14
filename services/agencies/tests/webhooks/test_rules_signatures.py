"""Signatures, judged by the public `standardwebhooks` package; public keys; secrets in the store."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook, WebhookVerificationError
from wsis_shared import keys

from wsis_agencies.event_subscriptions.rules.secrets import to_text
from wsis_agencies.event_subscriptions.store import secrets as sealing
from wsis_agencies.webhooks.rules import signatures

BODY = json.dumps({"id": "e1", "data": {"title": "Ünïcödé"}}).encode()
KEY = signatures.signing_key(b"k" * 32)


def sign(*secrets: bytes, at: datetime | None = None) -> dict[str, str]:
    moment = at or datetime.now(UTC)
    return signatures.sign("e1", int(moment.timestamp()), BODY, secrets, KEY.sign)


def test_receiver_verifies_with_either_secret_while_both_are_valid() -> None:
    new, old = sealing.new_secret(), sealing.new_secret()
    headers = sign(new, old)
    for secret in (new, old):
        assert Webhook(to_text(secret)).verify(BODY.decode(), headers)["id"] == "e1"
    with pytest.raises(WebhookVerificationError):
        Webhook(to_text(sealing.new_secret())).verify(BODY.decode(), headers)


def test_receiver_refuses_changed_bodies_and_old_timestamps() -> None:
    secret = sealing.new_secret()
    judge = Webhook(to_text(secret))
    with pytest.raises(WebhookVerificationError):
        judge.verify(BODY.decode() + " ", sign(secret))
    with pytest.raises(WebhookVerificationError):
        judge.verify(BODY.decode(), {**sign(secret), "webhook-id": "e2"})
    old = datetime.now(UTC) - timedelta(seconds=signatures.TOLERANCE_SECONDS + 5)
    with pytest.raises(WebhookVerificationError):
        judge.verify(BODY.decode(), sign(secret, at=old))


def test_anybody_verifies_with_the_public_key() -> None:
    headers, jwk = sign(sealing.new_secret()), signatures.public_jwk(KEY)
    x = base64.urlsafe_b64decode(str(jwk["x"]) + "=")
    [version] = [one.removeprefix("v1a,") for one in headers["webhook-signature"].split() if one.startswith("v1a,")]
    content = f"e1.{headers['webhook-timestamp']}.".encode() + BODY
    public = Ed25519PublicKey.from_public_bytes(x)
    public.verify(base64.b64decode(version), content)
    with pytest.raises(InvalidSignature):
        public.verify(base64.b64decode(version), content + b" ")


def test_public_key_is_a_jwk_with_its_thumbprint() -> None:
    """The example of RFC 8037, appendix A.3."""
    seed = base64.urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
    jwk = signatures.public_jwk(signatures.signing_key(seed))
    assert jwk["x"] == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert jwk["kid"] == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert "d" not in jwk


def test_secrets_are_sealed_and_rotate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WSIS_SECRET", "a secret of the tests, long enough to be one")
    keys.derive.cache_clear()
    now = datetime(2017, 3, 1, tzinfo=UTC)

    def opened(row: dict[str, Any], at: datetime) -> list[bytes]:
        return [sealing.unseal(row["_id"], sealed) for sealed in sealing.valid_secrets(row, at)]

    first, second, third = (sealing.new_secret() for _ in range(3))
    row = {"_id": "s1", "secrets": [sealing.sealed("s1", first)]}
    assert first not in row["secrets"][0]["sealed"]
    row["secrets"] = sealing.rotated(row, second, now, now + timedelta(hours=24))
    assert opened(row, now + timedelta(hours=23)) == [second, first]
    assert opened(row, now + timedelta(hours=24)) == [second]
    row["secrets"] = sealing.rotated(row, third, now, now + timedelta(hours=24))
    assert opened(row, now) == [third, second, first]  # a repeat ends none that a receiver has
    assert opened(row, now + timedelta(hours=24)) == [third]
    with pytest.raises(keys.CannotUnseal):
        opened({**row, "_id": "s2"}, now)
    keys.derive.cache_clear()
