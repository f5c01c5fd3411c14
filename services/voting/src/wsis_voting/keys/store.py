"""The two secrets of each edition: the one under which a vote's id is made, and the one that signs.

A vote row names no account: its `_id` can be computed from edition, category and account by whoever has the first key,
and from the row alone nobody finds back. Once that key is shredded, nobody does at all.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pymongo.errors import DuplicateKeyError
from wsis_shared import clock, keys
from wsis_shared.collection_specs import CollectionSpec
from wsis_shared.mongo_connection import Database

from wsis_voting.keys.rules import Signer

COLLECTIONS = (CollectionSpec("contest_keys"),)
PURPOSE = "voting contest key"


class Shredded(LookupError):
    """The key of the edition was destroyed: votes cannot be found by account any more."""


class Keys:
    """Keys by edition, kept in `contest_keys` sealed with a key derived from WSIS_SECRET."""

    def __init__(self, db: Database) -> None:
        self._keys = db["contest_keys"]  # outside of transactions: a key that is in use must not be rolled back
        self._known: dict[str, bytes] = {}
        self._signers: dict[str, Signer] = {}

    def of(self, edition: str) -> bytes:
        """The key of an edition, made when it is first asked for. Raises Shredded."""
        known = self._known.get(edition)
        if known is None:
            known = self._known[edition] = self._get(edition)
        return known

    def signer(self, edition: str) -> Signer:
        """The signing key, which outlives the other: receipts and heads must be checked for years."""
        known = self._signers.get(edition)
        if known is None:
            private = Ed25519PrivateKey.from_private_bytes(self._get(f"{edition}|signing"))
            known = self._signers[edition] = Signer(private)
        return known

    def vote_id(self, key: bytes, edition: str, category: str, account: str) -> bytes:
        """`_id` of the vote of `account` in `category`."""
        return hmac.digest(key, f"vote|{edition}|{category}|{account}".encode(), hashlib.sha256)

    def labels(self, edition: str, cluster: str) -> bytes:
        """Draws the labels under which the review of fraud shows the nominees of a cluster. Raises Shredded."""
        return hmac.digest(self.of(edition), f"labels|{edition}|{cluster}".encode(), hashlib.sha256)

    def shred(self, edition: str) -> None:
        """Destroy the key that leads from an account to its votes; that it was, and when, is kept."""
        gone = {"$unset": {"nonce": 1, "sealed": 1}, "$set": {"shredded_at": clock.now()}}
        self._keys.update_one({"_id": edition, "shredded_at": None}, gone, upsert=False)
        self._known.pop(edition, None)

    def shredded_at(self, edition: str) -> datetime | None:
        """When the key was destroyed."""
        kept = self._keys.find_one({"_id": edition}, {"shredded_at": 1})
        return kept.get("shredded_at") if kept else None

    def forget(self) -> None:
        """Drop from memory the keys that another process has shredded."""
        for edition in list(self._known):
            if self.shredded_at(edition):
                self._known.pop(edition, None)

    def _get(self, name: str) -> bytes:
        return self._read(name) or self._make(name)

    def _read(self, name: str) -> bytes | None:
        kept = self._keys.find_one({"_id": name})
        if kept is None:
            return None
        if "sealed" not in kept:
            raise Shredded(name)
        # Keys that were stored before the nonce became part of what is sealed have it in a field of its own.
        return keys.unseal(PURPOSE, name, kept.get("nonce", b"") + kept["sealed"])

    def _make(self, name: str) -> bytes:
        key = os.urandom(32)
        sealed = keys.seal(PURPOSE, name, key)
        try:
            self._keys.insert_one({"_id": name, "sealed": sealed, "made_at": clock.now()})
        except DuplicateKeyError:  # another process was faster
            return self._read(name) or key
        return key
