"""A raw mail (RFC 5322, MIME) as what the rules of replies ask of it. Nothing in it is trusted. Nothing raises but
`Unreadable`: the parser of the standard library raises almost anything for hostile input."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage, MIMEPart
from typing import cast

from charset_normalizer import from_bytes
from inscriptis.html_engine import Inscriptis  # type: ignore[import-untyped]  # the library has no types
from lxml.etree import ParserError
from lxml.html import document_fromstring
from wsis_shared import raw_mail

# Bytes as text: by the declared charset, else as UTF-8, else by a guess.


_GUESSED_BYTES = 32_768
# Charsets of mails. Python knows further codecs that take long or are none ("idna", "unicode_escape").
_KNOWN = re.compile(
    r"utf-?(?:7|8|16|32)(?:-?[lb]e)?|iso-?8859-?\d{1,2}(?:-[ie])?|windows-?\d{3,4}|cp-?\d{3,4}|koi8-?[rtu]|gb[k\d_-]{1,7}"
    r"|big5(?:-?hkscs)?|hz(?:-gb-2312)?|euc-?(?:jp|kr|cn|tw)|shift[_-]?jis|iso-2022-[a-z]{2}(?:-\d)?|mac-?[a-z]{1,12}|tis-?620"
)
# What senders declare, and what they use.
_MEANT = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "iso-8859-8-i": "iso-8859-8"}


def decoded(raw: bytes, declared: str) -> str:
    """The text. What no charset explains becomes U+FFFD."""
    declared = declared.lower()
    for charset in (_MEANT.get(declared, declared), declared, "utf-8"):
        if not _KNOWN.fullmatch(charset):
            continue
        try:
            return raw.decode(charset).removeprefix("\ufeff")
        except (UnicodeError, LookupError):
            continue
    guess = from_bytes(raw[:_GUESSED_BYTES]).best()
    return raw.decode(guess.encoding if guess is not None else "utf-8", "replace")


# Paragraphs of a mail whose client breaks its lines: format=flowed (RFC 3676).


_SIGNATURE = "-- "


def joined(text: str, *, delsp: bool) -> str:
    """The text with its soft line breaks removed. `delsp`: the space before a soft break is not part of the text."""
    lines: list[str] = []
    soft, depth = False, 0
    for line in text.replace("\r\n", "\n").split("\n"):
        marks = re.match(">*", line)
        quotes = len(marks[0]) if marks else 0
        content = line[quotes:]
        stuffed = content.removeprefix(" ")
        if soft and quotes == depth and stuffed != _SIGNATURE:
            lines[-1] += stuffed
        else:
            lines.append(">" * quotes + (" " if quotes else "") + stuffed)
        soft, depth = stuffed.endswith(" ") and stuffed != _SIGNATURE, quotes
        if soft and delsp:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)


# The text of a mail that is HTML alone. Quotes of clients become lines with ">".


# Stand in the text for the begin and the end of a quote; private characters, which `to_text` removes from the mail.
_BEGIN, _END = "\ue000", "\ue001"
_LIST_ITEM = re.compile(r"\s*(?:[*+o-]|\d+\.) ")
_QUOTES = "//blockquote[@type='cite' or contains(@class, 'quote')]"


def to_text(source: str) -> str:
    """The text as a reader sees it; empty for what is no HTML."""
    source = re.sub(f"[{_BEGIN}{_END}\0]", "", source)
    source = re.sub(r"^\s*<\?xml[^>]*>", "", source)  # lxml refuses text that declares a charset
    try:
        tree = document_fromstring(source)
    except ParserError:  # nothing in it
        return ""
    for quote in tree.xpath(_QUOTES):
        quote.text = f"{_BEGIN} {quote.text or ''}"
        end = quote.makeelement("div")
        end.text = _END
        quote.append(end)
    return "\n".join(_quoted(Inscriptis(tree).get_text()))


def _quoted(text: str) -> list[str]:
    lines, depth = [], 0
    for line in text.split("\n"):
        depth += line.count(_BEGIN)
        plain = line.replace(_BEGIN, "").replace(_END, "").replace("\u00a0", " ").rstrip()
        if depth or not _LIST_ITEM.match(plain):  # an indent is layout, and code in Markdown
            plain = plain.lstrip()
        lines.append(f"{'>' * depth} {plain}" if depth else plain)
        depth = max(0, depth - line.count(_END))
    return lines


MAX_TEXT = 262_144  # characters of a part that are read
_MAX_PARSED = 2_000  # characters of a header that are read: the time of parser and patterns grows with the square
_MAX_COPIES = 20  # of one header
_HEADERS = frozenset(
    ("from", "subject", "message-id", "authentication-results", "auto-submitted", "precedence", "return-path")
)
_ATOMS = r"[^\s<>@\"(),;:\\]+@[^\s<>@\"(),;:\\]+"
# One address with or without a name: what this does not cover, two parsers may read as two different senders.
_AUTHOR = re.compile(rf'(?:(?:\s*"(?:[^"\\]|\\.)*"|[^"<>@,;:()]*)\s*<({_ATOMS})>|\s*({_ATOMS}))\s*')


class Unreadable(ValueError):
    """No mail, or one made to keep a parser busy."""


@dataclass(frozen=True)
class ReceivedMail:
    """What a mail says.

    `headers`: the values of the headers that rules read, by name in lower case, topmost first. `author`: the address in
    From, empty unless it is exactly one. `body`: its text without attachments, empty where it has none.
    """

    message_id: str = ""
    author: str = ""
    subject: str = ""
    content_type: str = "text/plain"
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    body: str = ""

    def all(self, name: str) -> tuple[str, ...]:
        """The values of a header, topmost first."""
        return self.headers.get(name, ())

    def first(self, name: str) -> str:
        """The topmost value of a header, without white space round it; empty where there is none."""
        return next(iter(self.all(name)), "").strip()


def read(raw: bytes) -> ReceivedMail:
    """The mail. Raises Unreadable."""
    try:
        return _read(cast(EmailMessage, raw_mail.parse(raw, _POLICY)))
    except Exception as error:
        raise Unreadable(type(error).__name__) from error


class _Value(str):
    """A header as the parts of a mail are found by it. The library's own parser of values takes milliseconds for one
    that is hostile, and a mail has hundreds."""

    __slots__ = ()

    @property
    def content_disposition(self) -> str:
        """`attachment` or `inline`, of Content-Disposition."""
        return self.partition(";")[0].strip().lower()


def _shortened(_name: str, value: str) -> str:
    return _Value(value[:_MAX_PARSED])


_POLICY = policy.default.clone(header_factory=_shortened)


def _read(message: EmailMessage) -> ReceivedMail:
    headers: dict[str, tuple[str, ...]] = {}
    for name, value in message.raw_items():
        key = name.lower()
        if key in _HEADERS or key.startswith(("list-", "x-")):
            headers[key] = (*headers.get(key, ()), _unfolded(value))[:_MAX_COPIES]
    senders = headers.get("from", ())
    found = _AUTHOR.fullmatch(senders[0]) if len(senders) == 1 else None
    return ReceivedMail(
        message_id=next(iter(headers.get("message-id", ())), "").strip()[:500],
        author=(found[1] or found[2]) if found else "",
        subject=_decoded(next(iter(headers.get("subject", ())), "")),
        content_type=message.get_content_type(),
        headers=headers,
        body=_body(message),
    )


def _unfolded(value: str) -> str:
    """On one line. Empty where it is too long: what is left of a sender or of results could say something else."""
    if len(value) > _MAX_PARSED:
        return ""
    text = value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return re.sub(r"[\r\n\t\0]+", " ", text)


def _decoded(value: str) -> str:
    try:
        return str(make_header(decode_header(value[:_MAX_PARSED])))
    except (ValueError, LookupError):  # an encoded word that is none
        return value[:_MAX_PARSED]


def _body(message: EmailMessage) -> str:
    """Its plain text; else the text of its HTML."""
    plain = message.get_body(("plain",))
    text = _text(plain) if plain is not None else ""
    if plain is not None and plain is not message:  # some clients send what stands below a picture as a second part
        text = "\n\n".join([text, *(_text(part) for part in message.iter_attachments() if _is_shown(part))])
    if text.strip():
        return text[:MAX_TEXT]
    marked_up = message.get_body(("html",))
    return to_text(_text(marked_up)[:MAX_TEXT]) if marked_up is not None else ""


def _is_shown(part: MIMEPart) -> bool:
    return part.get_content_type() == "text/plain" and not part.is_attachment() and not part.get_filename()


def _text(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    text = decoded(payload if isinstance(payload, bytes) else b"", part.get_content_charset("") or "")
    if str(part.get_param("format", "")).lower() == "flowed":
        return joined(text, delsp=str(part.get_param("delsp", "")).lower() == "yes")
    return text
