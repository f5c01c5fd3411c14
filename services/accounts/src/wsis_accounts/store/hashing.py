"""Keyed hashes of what accounts must recognise and not store. Every purpose has its own key (`wsis_shared.keys`)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from wsis_shared import keys

from wsis_accounts.rules.identities import Purpose, Secrets

ERASURE_TAG_DIGITS = 32
RECOVERY_BYTES, RECOVERY_LETTERS = 7, 10


def key(purpose: str) -> bytes:
    """32 bytes for one purpose of this service. Raises SettingError where WSIS_SECRET is too short."""
    return keys.derive(f"accounts {purpose}")


def digest(purpose: str, text: str) -> str:
    """HMAC-SHA-256 in 64 hex digits."""
    return keys.digest(f"accounts {purpose}", text)


def mailbox(canonical: str) -> str:
    """The name of a mailbox inside the suite, from its canonical address."""
    return digest("mailbox", canonical)


def network(prefix: str | None) -> str | None:
    """A client's network (/24, /48) as something that can be compared and not read."""
    return digest("network", prefix) if prefix else None


def code(challenge: str, digits: str) -> str:
    """A mailed code as it is kept: good for its own challenge only."""
    return digest("code", f"{challenge}|{digits}")


def new_recovery() -> str:
    """A code of 50 random bits for whoever has lost the authenticator: ten letters and digits (base32)."""
    return base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode().lower()[:RECOVERY_LETTERS]


def recovery(account: str, code: str) -> str:
    """A recovery code as it is kept: good for its own account only."""
    return digest("recovery code", f"{account}|{code}")


def erasure_tag(link: str) -> str:
    """What makes the link genuine that erases an address: derived, so that nothing that is stored or published opens
    anything."""
    return digest("erasure link", link)[:ERASURE_TAG_DIGITS]


def new_code() -> str:
    """Six digits."""
    return f"{secrets.randbelow(1_000_000):06d}"


def new_challenge() -> str:
    """The id of a mailed code, which its link carries: 128 random bits, of which a UUID lacks six."""
    return secrets.token_hex(16)


def new_binding() -> str:
    """What ties a way to a provider and back to one browser: 256 random bits."""
    return _text(secrets.token_bytes(32))


def identity_secrets(binding: str, purpose: Purpose) -> Secrets:
    """What is sent to a provider, from what the browser keeps. Only our key tells one from another."""
    state = digest("identity state", f"{purpose}|{binding}")
    return Secrets(f"{purpose}{state}", digest("identity nonce", binding), digest("identity verifier", binding))


def identity(issuer: str, subject: str) -> str:
    """An identity as it is kept: recognised, and not read. An issuer has no line break."""
    return digest("identity", f"{issuer}\n{subject}")


def new_refresh(session: str) -> str:
    """The first refresh token of a session: `<session>.<number>.<secret>.<tag>`, the secret of 256 random bits. The tag
    tells what was once ours from what is made up, so that only a real token that comes twice ends a session."""
    return _refresh(session, 1, secrets.token_bytes(32))


def next_refresh(token: str) -> str:
    """The token that follows one of ours, always the same: two tabs that refresh at once get the same. Only our key
    tells it, and without the token our key tells nothing."""
    session, number, _secret, _tag = token.split(".")
    return _refresh(session, int(number) + 1, hmac.digest(key("next refresh"), token.encode(), "sha256"))


def session_of(token: str) -> str | None:
    """The session of a refresh token that this suite made; None for anything else."""
    body, _, tag = token.rpartition(".")
    if len(token) > 256 or not token.isascii() or not hmac.compare_digest(tag, _tag(body)):
        return None
    return body.partition(".")[0]


def refresh(token: str) -> str:
    """A refresh token as it is kept. It holds 256 bits that nobody can guess: a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _refresh(session: str, number: int, secret: bytes) -> str:
    body = f"{session}.{number}.{_text(secret)}"
    return f"{body}.{_tag(body)}"


def _tag(body: str) -> str:
    return _text(hmac.digest(key("refresh"), body.encode(), "sha256")[:16])


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
