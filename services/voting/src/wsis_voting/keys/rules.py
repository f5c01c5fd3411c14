"""What is promised to a voter: a commitment to their vote, and a signed receipt that says when it is in the public log.

The commitment hides the vote as long as its nonce, 32 random bytes, is kept secret: nobody can try out the nominees. At
certification the nonce is published with the vote, without a name, and anybody can see that commitment and vote belong
together.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple, NotRequired, TypedDict, TypeVar, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from wsis_shared import clock
from wsis_shared.json_types import Input, JsonObject

BUCKET = 30  # seconds; receipts tell no finer time
# A vote is in the log by the end of this bucket after its own: between 150 and 180 seconds from now (the MMD).
BUCKETS_TO_LOG = 6

RECEIPT, HEAD, RESULT = b"wsis-receipt-v1\n", b"wsis-head-v1\n", b"wsis-result-v1\n"
CERTIFICATION = b"wsis-certification-v1\n"


class Receipt(TypedDict):
    """What a voter can hold against us, signed."""

    v: int
    edition: str
    category: str
    commitment: str
    logged_by: str
    key_id: str
    signature: str


class PublicKey(TypedDict):
    """The public half of a signing key."""

    key_id: str
    algorithm: str
    public_key: str


class PublicKeys(TypedDict):
    """keys.json."""

    edition: str
    keys: list[PublicKey]


class Signed(TypedDict):
    """What a signature adds to a document."""

    key_id: NotRequired[str]
    signature: NotRequired[str]


S = TypeVar("S", bound=Signed)


class Committed(NamedTuple):
    """What a vote's row keeps for the log: `nonce` stays secret until the openings, `commitment` is public at once."""

    commitment: bytes
    bucket: int
    nonce: bytes = b""


NONCE_BYTES = 32


def commitment(edition: str, category: str, project: str, nonce: bytes) -> bytes:
    """SHA-256 over `wsis-vote-v1|<edition>|<category>|<project>|` and the 32 bytes of the nonce. No id holds a `|`."""
    return hashlib.sha256(f"wsis-vote-v1|{edition}|{category}|{project}|".encode() + nonce).digest()


def bucket_of(moment: datetime) -> int:
    """Half a minute, counted from 1970."""
    return int(moment.timestamp()) // BUCKET


def logged_by(bucket: int) -> datetime:
    """By when a vote of that bucket is in the log."""
    return datetime.fromtimestamp((bucket + BUCKETS_TO_LOG) * BUCKET, UTC)


def canonical(document: JsonObject) -> bytes:
    """One form for one content: JSON with sorted keys, no spaces, ASCII; the values are text, whole numbers, lists."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode()


class Signer:
    """The signing key of an edition. What is signed begins with what it is, so that no signature serves two ends."""

    def __init__(self, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.public = private.public_key().public_bytes_raw()
        self.key_id = key_id(self.public)

    def sign(self, kind: bytes, document: S) -> S:
        """The document with `key_id` and `signature`."""
        signed = {**document, "key_id": self.key_id}
        # mypy knows no union of a type and two of its own fields.
        return cast(S, {**signed, "signature": self._private.sign(kind + canonical(signed)).hex()})

    def receipt(self, edition: str, category: str, made: Committed) -> Receipt:
        """The receipt for a stored vote; always the same one for the same vote."""
        c, by = made.commitment.hex(), _logged_by(made.bucket)
        # The canonical form, written out: this is done for every vote. No code or id holds what JSON would escape.
        text = (
            f'{{"category":"{category}","commitment":"{c}","edition":"{edition}","key_id":"{self.key_id}",'
            f'"logged_by":"{by}","v":1}}'
        )
        return {
            "v": 1,
            "edition": edition,
            "category": category,
            "commitment": c,
            "logged_by": by,
            "key_id": self.key_id,
            "signature": self._private.sign(RECEIPT + text.encode()).hex(),
        }


@lru_cache(maxsize=256)
def _logged_by(bucket: int) -> str:
    return clock.iso(logged_by(bucket))


def key_id(public: bytes) -> str:
    """The name of a key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def public_keys(edition: str, signer: Signer) -> PublicKeys:
    """keys.json: the public half of the signing key."""
    key: PublicKey = {"key_id": signer.key_id, "algorithm": "Ed25519", "public_key": signer.public.hex()}
    return {"edition": edition, "keys": [key]}


def verify(kind: bytes, document: Input, public: bytes) -> bool:
    """Is this signed by that key, as that kind of document?"""
    signed = {name: value for name, value in document.items() if name != "signature"}
    try:
        signature = bytes.fromhex(document["signature"])
        if signature.hex() != document["signature"]:  # one spelling: fromhex takes capitals and spaces
            return False
        Ed25519PublicKey.from_public_bytes(public).verify(signature, kind + canonical(signed))
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return False
    return document.get("key_id") == key_id(public)
