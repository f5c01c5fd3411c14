"""Addresses that the suite receives mail at: declared in the manifest, signed, checked without a store.

    Mailbox("b.*", check="wsis_notifications.mails.rules.return_path:is_valid", handler="receive_bounce")

A signed address is `<kind>.<payload>.<MAC>@<domain>`: the payload names what the mail is about (a delivery, a thread),
the MAC shows that we made the address. So a forged address is refused at RCPT time, and no bounce is ever sent to a
third party (backscatter).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase

MAC_BYTES = 12  # 96 bits
LOCAL_PART_LIMIT = 64  # RFC 5321, 4.5.3.1.1
_KIND = re.compile(r"[a-z][a-z0-9]{0,7}")
_BASE32 = re.compile(r"[a-z2-7]+")


@dataclass(frozen=True)
class Mailbox:
    """Addresses of one plugin, by the part before the @.

    `pattern` is a shell pattern for the local part in lower case ("b.*"). `check` names a pure function
    `(address, secret) -> bool`, called at RCPT time without a store: False refuses the recipient with 550. No `check`
    accepts every address of the pattern. `handler` is the `@inbound_mail` method of the plugin that gets the mails.
    `max_bytes` limits one mail; the setting WSIS_INBOUND_MAX_BYTES limits all.
    """

    pattern: str
    handler: str
    check: str = ""
    max_bytes: int = 1_000_000

    def matches(self, local_part: str) -> bool:
        """True if the pattern covers the local part, in any case of letters."""
        return fnmatchcase(local_part.lower(), self.pattern)


def sign_address(kind: str, payload: bytes, *, secret: str, domain: str) -> str:
    """The address that carries `payload`, in lower case. `kind` is 1 to 8 letters and digits.

    Raises ValueError when the local part would be longer than 64 characters: a payload has room for 25 bytes under a
    `kind` of one letter.
    """
    if not _KIND.fullmatch(kind) or not payload or not secret:
        raise ValueError("kind, payload and secret must be given")
    local_part = f"{kind}.{_encode(payload)}.{_encode(_mac(kind, payload, secret))}"
    if len(local_part) > LOCAL_PART_LIMIT:
        raise ValueError(f"a local part of {len(local_part)} characters is too long")
    return f"{local_part}@{domain.lower()}"


def read_address(kind: str, address: str, *, secret: str) -> bytes | None:
    """The payload of an address that `sign_address` made for this `kind`, in any case of letters; None for any other.

    The domain is not compared: whoever accepts the mail has done so.
    """
    found, _, rest = address.rpartition("@")[0].lower().partition(".")
    encoded, _, mac = rest.partition(".")
    payload = _decode(encoded)
    if found != kind or not payload or not secret:
        return None
    # Compared as text: base32 has spare bits, and two spellings of one payload must not both be valid.
    expected = f"{_encode(payload)}.{_encode(_mac(kind, payload, secret))}"
    return payload if hmac.compare_digest(expected.encode(), f"{encoded}.{mac}".encode()) else None


def _mac(kind: str, payload: bytes, secret: str) -> bytes:
    message = b"wsis mailbox\0" + kind.encode() + b"\0" + payload
    return hmac.digest(secret.encode(), message, hashlib.sha256)[:MAC_BYTES]


def _encode(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=").lower()


def _decode(text: str) -> bytes | None:
    if not _BASE32.fullmatch(text):
        return None
    try:
        return base64.b32decode(text.upper() + "=" * (-len(text) % 8))
    except binascii.Error:
        return None
