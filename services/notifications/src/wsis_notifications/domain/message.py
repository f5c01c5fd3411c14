"""A written mail as the bytes that go over the wire (RFC 5322, MIME)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Any

import idna

from wsis_notifications.domain.rendering import Written, header_value
from wsis_notifications.errors import CannotWrite

# No white space, control characters, brackets or second @ in what goes into MAIL and RCPT: the address is validated by
# whoever keeps it, and is checked again by whoever would be misused.
_LOCAL = re.compile(r"[^\s\x00-\x20\x7f<>()\[\],;:\\\"@\u2028\u2029]{1,64}\Z")


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


def mailbox(name: Any, address: str) -> Mailbox:
    """Raises CannotWrite for an address that SMTP would misread and for a name that would break a header."""
    local, at, domain = address.rpartition("@")
    try:
        if not at or not _LOCAL.match(local) or len(address) > 254:
            raise ValueError
        ascii_domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
        if not re.fullmatch(r"[A-Za-z0-9.-]{1,253}", ascii_domain):
            raise ValueError
    except (ValueError, UnicodeError):
        raise CannotWrite("address_unsafe") from None
    return Mailbox(header_value(full_name(name)), f"{local}@{ascii_domain}")


def full_name(names: Any) -> str:
    """The name to greet with, from text or from {"given_name": ..., "family_name": ...}."""
    if isinstance(names, Mapping):
        return " ".join(str(names[key]) for key in ("given_name", "family_name") if names.get(key))
    return str(names or "")


def from_setting(text: str) -> Mailbox:
    """ "WSIS Process <no-reply@wsis.example>" as a mailbox."""
    name, address = parseaddr(text)
    return mailbox(name, address)


def compose(
    written: Written, *, sender: Mailbox, reply_to: Mailbox | None, to: Mailbox, message_id: str, date: datetime
) -> Envelope:
    """One mail to one person, text and HTML. Nobody answers to an automatic mail automatically (RFC 3834)."""
    rules = policy.SMTPUTF8 if to.needs_utf8 else policy.SMTP
    message = EmailMessage(policy=rules)
    message["From"] = _address(sender)
    message["To"] = _address(to)
    if reply_to is not None:
        message["Reply-To"] = _address(reply_to)
    message["Subject"] = header_value(written.subject)
    message["Date"] = format_datetime(date)
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(written.text)
    message.add_alternative(written.html, subtype="html")
    message["Content-Language"] = written.locale  # after the parts: making them moves Content headers into the first
    return Envelope(sender.address, to.address, message.as_bytes(), to.needs_utf8)


def _address(box: Mailbox) -> Address:
    return Address(display_name=box.name, addr_spec=box.address)
