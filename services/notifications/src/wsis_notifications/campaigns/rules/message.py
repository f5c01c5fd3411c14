"""The mail of a campaign to one reader: header, signature, body (RFC 5322, 2369, 8058)."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from wsis_notifications.campaigns.rules.prepared import Prepared, Values
from wsis_notifications.mails.rules.dkim import Signer
from wsis_notifications.mails.rules.message import Envelope, Mailbox

_PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 '.-]{0,60}\Z")
_WORD_BYTES = 42  # of UTF-8 in one encoded word: 75 characters (RFC 2047, 2)


@dataclass(frozen=True)
class Personal:
    """What of a mail is one reader's: where it goes, its return path and id, its slots and the headers of the list."""

    to: Mailbox
    return_path: str
    message_id: str
    values: Values
    headers: Mapping[str, str]


def row_message_id(row: str, domain: str) -> str:
    """Fixed per row, so that a relay or a mailbox can tell a second copy."""
    return f"<{row_key(row)}@{domain}>"


def row_key(row: str) -> str:
    """What stands in the Message-ID of a row before the @."""
    return hashlib.sha256(row.encode()).hexdigest()[:32]


def compose(head: bytes, prepared: Prepared, personal: Personal, at: datetime, signer: Signer | None) -> Envelope:
    """One mail. `head` are the header lines that all readers of a language get."""
    own = [
        to_line(personal.to),
        f"Date: {format_datetime(at)}\r\n",
        f"Message-ID: {personal.message_id}\r\n",
        *(f"{name}: {value}\r\n" for name, value in personal.headers.items()),
    ]
    header = b"".join((head, "".join(own).encode(), prepared.head))
    body = prepared.fill(personal.values)
    signature = signer.sign_parts(header, body) if signer else b""
    content = b"".join((signature, header, b"\r\n", *body))
    return Envelope(personal.return_path, personal.to.address, content, personal.to.needs_utf8)


def to_line(to: Mailbox) -> str:
    """The header To, with a name in encoded words where it is not plain (RFC 2047), or raw with a raw address (RFC
    6532)."""
    if not to.name:
        return f"To: {to.address}\r\n"
    if _PLAIN_NAME.match(to.name):
        return f'To: "{to.name}" <{to.address}>\r\n'
    if to.needs_utf8:
        name = to.name.replace("\\", "\\\\").replace('"', '\\"')
        return f'To: "{name}"\r\n <{to.address}>\r\n'
    return f"To: {encoded_words(to.name)}\r\n <{to.address}>\r\n"


def encoded_words(text: str) -> str:
    """`text` as encoded words in base64, folded between them: a reader joins them without spaces."""
    words, chunk = [], b""
    for char in text:
        letter = char.encode()
        if len(chunk) + len(letter) > _WORD_BYTES:
            words.append(chunk)
            chunk = b""
        chunk += letter
    words.append(chunk)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)
