"""A written mail as the bytes that go over the wire (RFC 5322, MIME)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import policy
from email.headerregistry import Address, BaseHeader, HeaderRegistry
from email.utils import format_datetime, getaddresses, parseaddr
from functools import lru_cache

from wsis_shared import languages

from wsis_notifications.addresses.rules.spelling import ascii_domain
from wsis_notifications.mails.errors import RenderError
from wsis_notifications.mails.rules.dkim import Signer
from wsis_notifications.mails.rules.headers import subject_line
from wsis_notifications.mails.rules.rendering import Written, header_text, header_value

# No white space, control characters, lone surrogates, brackets or second @ in what goes into MAIL and RCPT: the address
# is validated by whoever stores it, and is checked again by whoever would be misused.
_LOCAL = re.compile(r"[^\s\x00-\x20\x7f<>()\[\],;:\\\"@\u2028\u2029\ud800-\udfff]{1,64}\Z")

# A name that needs neither encoding nor folding.
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z '.-]{0,60}")
_ASCII = bytes(range(128))
_HEADERS = HeaderRegistry()


@dataclass(frozen=True)
class Mailbox:
    """A person's name and address; `address` has an ASCII domain."""

    name: str
    address: str

    @property
    def needs_utf8(self) -> bool:
        """True where the relay must offer SMTPUTF8 (RFC 6531)."""
        return not self.address.isascii()


@dataclass(frozen=True)
class Envelope:
    """What the relay gets. `content` never shows in a log: it has no repr."""

    sender: str
    recipient: str
    content: bytes
    needs_utf8: bool = False

    def __repr__(self) -> str:
        return f"Envelope({len(self.content)} bytes)"


def mailbox(name: object, address: str) -> Mailbox:
    """Raises RenderError for an address that SMTP would misread, or that has no canonical spelling and so no list to
    leave (addresses/rules/spelling.py), and for a name that would break a header."""
    local, at, domain = address.rpartition("@")
    try:
        if not at or not _LOCAL.match(local) or len(address) > 254:
            raise ValueError
        host = ascii_domain(domain)
        if not re.fullmatch(r"[a-z0-9.-]{1,253}", host):
            raise ValueError
    except ValueError:
        raise RenderError("address_unsafe") from None
    return Mailbox(header_value(full_name(name)), f"{local}@{host}")


def full_name(names: object) -> str:
    """The name to greet with, from text or from {"given_name": ..., "family_name": ...}."""
    if isinstance(names, Mapping):
        return languages.full_name(*(str(names.get(key) or "") for key in ("given_name", "family_name")))
    return str(names or "")


def from_setting(text: str) -> Mailbox:
    """ "WSIS Process <no-reply@wsis.example>" as a mailbox."""
    name, address = parseaddr(text)
    return mailbox(name, address)


def reply_address(value: object) -> Mailbox:
    """A Reply-To of a publisher, "Name <address>" or the address alone. Raises RenderError."""
    if not isinstance(value, str) or not value.isprintable():
        raise RenderError("header_unsafe", "Reply-To")
    addresses = getaddresses([value])
    if len(addresses) != 1:
        raise RenderError("header_unsafe", "Reply-To")
    return mailbox(*addresses[0])


def compose(
    written: Written,
    *,
    sender: Mailbox,
    reply_to: Mailbox | None,
    to: Mailbox,
    message_id: str,
    date: datetime,
    return_path: str = "",
    auto_reply: bool = False,
    more: Sequence[str] = (),
) -> Envelope:
    """One mail to one person, text and HTML. Nobody answers to an automatic mail automatically (RFC 3834).

    `return_path` is the envelope's sender, by default the address in From; a mail that answers a mail (`auto_reply`)
    has none. `more` are further header lines, folded.

    Headers are folded and encoded by Python's email package; the parts are put together here, which takes a quarter of
    the time of an EmailMessage.
    """
    # What neither quoted-printable nor base64 contains cannot end a part early (RFC 2045, 6.7).
    boundary = f"=_{message_id.strip('<>').partition('@')[0]}"
    utf8 = to.needs_utf8
    head = [
        _address_line("From", sender, utf8),
        _address_line("To", to, utf8),
        _address_line("Reply-To", reply_to, utf8) if reply_to is not None else "",
        subject_line(header_text(written.subject)),
        f"Date: {format_datetime(date)}\r\n",
        f"Message-ID: {message_id}\r\n",
        f"Auto-Submitted: {'auto-replied' if auto_reply else 'auto-generated'}\r\n",
        *more,
        f"Content-Language: {written.locale}\r\n",
        "MIME-Version: 1.0\r\n",
        f'Content-Type: multipart/alternative; boundary="{boundary}"\r\n',
    ]
    content = b"".join(
        [
            "".join(head).encode(),
            f"\r\n--{boundary}\r\n".encode(),
            _part("plain", written.text),
            f"\r\n--{boundary}\r\n".encode(),
            _part("html", written.html),
            f"\r\n--{boundary}--\r\n".encode(),
        ]
    )
    return Envelope("" if auto_reply else return_path or sender.address, to.address, content, utf8)


def signed(mail: Envelope, signer: Signer) -> Envelope:
    """The mail with its DKIM signature."""
    return replace(mail, content=signer.sign(mail.content) + mail.content)


def shared_lines(sender: Mailbox, reply_to: Mailbox | None, subject: str, locale: str) -> str:
    """The header lines that all mails of one text have in common."""
    return "".join(
        [
            _address_line("From", sender, utf8=False),
            _address_line("Reply-To", reply_to, utf8=False) if reply_to is not None else "",
            subject_line(header_text(subject)),
            f"Content-Language: {locale}\r\n",
        ]
    )


def _part(subtype: str, text: str) -> bytes:
    raw = text.replace("\n", "\r\n").encode()
    # Six bytes of quoted-printable for a letter of two, against four of base64 for three.
    if len(raw.translate(None, _ASCII)) * 6 < len(raw):
        encoding, body = "quoted-printable", binascii.b2a_qp(raw, istext=True)
    else:
        encoding, body = "base64", base64.encodebytes(raw).replace(b"\n", b"\r\n")
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + body


def _address_line(name: str, box: Mailbox, utf8: bool) -> str:
    if _PLAIN_NAME.fullmatch(box.name) and not utf8:
        return f'{name}: "{box.name}" <{box.address}>\r\n'
    # By its parts: Address refuses a whole address whose local part is not ASCII, which RFC 6532 allows.
    username, _, domain = box.address.rpartition("@")
    address = Address(display_name=box.name, username=username, domain=domain)
    return _fold(name, address, utf8)


def _fold(name: str, value: object, utf8: bool) -> str:
    rules = policy.SMTPUTF8 if utf8 else policy.SMTP
    return str(_header_type(name)(name, value).fold(policy=rules))


@lru_cache(64)
def _header_type(name: str) -> type[BaseHeader]:
    """Kept, since the registry makes a new class for each header: garbage that only a collection frees."""
    return _HEADERS[name]
