"""Keys derived from WSIS_SECRET, one per purpose (HKDF, RFC 5869), and what is done with them: keyed hashes of values
that must be recognised but not stored, and sealed values that only this suite can open.

A purpose names its owner, for example "accounts mailbox", so that no hash of one kind can pass for another.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Iterable
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from wsis_shared import start_rules
from wsis_shared.settings import Suite

_NONCE_BYTES = 12  # what AES-GCM takes (NIST SP 800-38D, 8.2)


class CannotUnseal(ValueError):
    """The value was sealed with another WSIS_SECRET, for another purpose or name, or was changed."""


@cache
def derive(purpose: str) -> bytes:
    """A key of 32 bytes for one purpose: that of WSIS_KEYS, or what follows from WSIS_SECRET. Raises SettingError where
    there is neither."""
    suite = Suite.load()
    if (given := suite.given_keys.get(purpose)) is not None:
        return given
    start_rules.check_secret(suite.secret)
    return _hkdf(suite.secret, purpose)


def derived(secret: str, purposes: Iterable[str]) -> str:
    """What WSIS_KEYS is where WSIS_SECRET is `secret`, for a process that gets the keys of these purposes alone."""
    return ",".join(f"{purpose}={_hkdf(secret, purpose).hex()}" for purpose in purposes)


def mailbox_secret() -> str:
    """What mail addresses are signed with (wsis_shared.mailboxes). The process that takes mail from the Internet has
    this key alone."""
    return derive("mailboxes").hex()


def _hkdf(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, None, f"wsis {purpose}".encode()).derive(secret.encode())


def digest(purpose: str, value: str) -> str:
    """HMAC-SHA-256 of `value` under the key of `purpose`, in 64 hex digits."""
    return hmac.digest(derive(purpose), value.encode(), "sha256").hex()


def seal(purpose: str, name: str, value: bytes) -> bytes:
    """`value`, encrypted and authenticated (AES-256-GCM) together with `name`: it opens under that name only."""
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(derive(purpose)).encrypt(nonce, value, name.encode())


def unseal(purpose: str, name: str, sealed: bytes) -> bytes:
    """The reverse of `seal`. Raises CannotUnseal."""
    try:
        return AESGCM(derive(purpose)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], name.encode())
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal(name) from error
