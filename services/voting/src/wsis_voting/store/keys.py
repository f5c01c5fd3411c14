"""The secret of each edition, under which a vote's id is made.

A vote row names no account: its `_id` can be computed from edition, category and account by whoever has the key, and
from the row alone nobody finds back. Once the key is shredded, nobody does at all.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from wsis_shared import clock
from wsis_shared.settings import Suite


class Keys:
    """Keys by edition, kept in `contest_keys` sealed with a key derived from WSIS_SECRET."""

    def __init__(self, db: Database[dict[str, Any]]) -> None:
        self._kept = db["contest_keys"]  # outside of transactions: a key that is in use must not be rolled back
        self._known: dict[str, bytes] = {}

    def of(self, edition: str) -> bytes:
        """The key of an edition, made when it is first asked for."""
        known = self._known.get(edition)
        if known is None:
            known = self._known[edition] = self._read(edition) or self._make(edition)
        return known

    def vote_id(self, key: bytes, edition: str, category: str, account: str) -> bytes:
        """`_id` of the vote of `account` in `category`."""
        return hmac.digest(key, f"vote|{edition}|{category}|{account}".encode(), hashlib.sha256)

    def _read(self, edition: str) -> bytes | None:
        kept = self._kept.find_one({"_id": edition})
        return AESGCM(_sealing_key()).decrypt(kept["nonce"], kept["sealed"], edition.encode()) if kept else None

    def _make(self, edition: str) -> bytes:
        key, nonce = os.urandom(32), os.urandom(12)
        sealed = AESGCM(_sealing_key()).encrypt(nonce, key, edition.encode())
        try:
            self._kept.insert_one({"_id": edition, "nonce": nonce, "sealed": sealed, "made_at": clock.now()})
        except DuplicateKeyError:  # another process was faster
            return self._read(edition) or key
        return key


def _sealing_key() -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"wsis voting contest key").derive(Suite.load().secret.encode())
