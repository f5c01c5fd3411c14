"""DKIM signatures (RFC 6376) of RSA over `cryptography`: relaxed headers, simple body.

The body is hashed as it is, without its empty lines at the end; a header is signed with its name in lower case,
unfolded, its white space reduced to single spaces. `From` is named once more than it occurs, so that nobody can add a
second one.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

# What RFC 6376, 5.4.1 recommends, and what mailbox providers act upon (RFC 8058, 4: both headers of unsubscription).
SIGNED = frozenset(
    {
        b"from",
        b"to",
        b"reply-to",
        b"subject",
        b"date",
        b"message-id",
        b"in-reply-to",
        b"references",
        b"mime-version",
        b"content-type",
        b"auto-submitted",
        b"list-id",
        b"list-unsubscribe",
        b"list-unsubscribe-post",
        b"feedback-id",
        b"precedence",
    }
)
_SPACE = re.compile(rb"[ \t]+")
MIN_BITS = 1024  # RFC 8301: verifiers refuse less


class Signer:
    """Signs mails for one domain. `key` is a private key of RSA in PEM; raises ValueError for another."""

    def __init__(self, domain: str, selector: str, key: str) -> None:
        loaded = load_pem_private_key(key.encode(), None)
        if not isinstance(loaded, rsa.RSAPrivateKey) or loaded.key_size < MIN_BITS:
            raise ValueError(f"DKIM takes a key of RSA of {MIN_BITS} bits or more")
        self._key = loaded
        self._start = f"v=1; a=rsa-sha256; c=relaxed/simple; d={domain}; s={selector}; "

    def sign(self, content: bytes) -> bytes:
        """The header line, with its end, to put before `content`: header and body of a mail, each line with CRLF."""
        start = content.index(b"\r\n\r\n") + 2
        end = len(content)
        while content.endswith(b"\r\n", start + 2, end):
            end -= 2
        return self.sign_parts(content[:start], (memoryview(content)[start + 2 : end], b"\r\n"))

    def sign_parts(self, head: bytes, body: Iterable[bytes | memoryview]) -> bytes:
        """The same for a header, and for a body in pieces that ends with exactly one CRLF."""
        digest = hashlib.sha256()
        for piece in body:
            digest.update(piece)
        found: dict[bytes, list[bytes]] = {}
        for line in head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").split(b"\r\n"):
            name, relaxed = _relaxed(line)
            if name in SIGNED:
                found.setdefault(name, []).append(relaxed)
        names = [name for name, lines in found.items() for _ in lines]
        signed = b"".join(line for name in found for line in reversed(found[name]))  # from the bottom up (5.4.2)
        h = b":".join([*names, b"from"]).decode("ascii")
        tags = f"{self._start}h={h}; bh={base64.b64encode(digest.digest()).decode()}; b="
        data = signed + b"dkim-signature:" + tags.encode()
        signature = self._key.sign(data, padding.PKCS1v15(), SHA256())
        return _folded(tags, base64.b64encode(signature).decode())


@lru_cache(maxsize=256)  # most lines are the same in all mails of a campaign
def _relaxed(line: bytes) -> tuple[bytes, bytes]:
    """The name of an unfolded header in lower case, and the header as it is signed (3.4.2)."""
    name, _, value = line.partition(b":")
    lower = name.rstrip().lower()
    return lower, lower + b":" + b" ".join(_SPACE.split(value.strip(b" \t"))) + b"\r\n"


def _folded(tags: str, signature: str) -> bytes:
    """In lines of less than 998 characters (RFC 5322, 2.1.1), broken where relaxed canonicalization sees a space."""
    start = tags.replace("; h=", ";\r\n h=").replace("; bh=", ";\r\n bh=").replace("; b=", ";\r\n b=")
    value = "\r\n ".join(signature[at : at + 72] for at in range(0, len(signature), 72))
    return f"DKIM-Signature: {start}{value}\r\n".encode()
