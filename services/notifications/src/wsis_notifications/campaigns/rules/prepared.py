"""A mail to many, prepared once per language and format: only the personal slots are encoded for each reader.

The texts have the tokens of SLOTS in them. A part is quoted-printable where most of it is ASCII: soft line breaks stand
round a slot. Else it is base64: what stands between two slots is encoded beforehand for each of the three phases in
which it can begin, and only the bytes at its ends are joined with the slots.
No line of a part begins with a dot, so that nothing needs to be doubled (RFC 5321, 4.5.2).
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from wsis_notifications.issues.rules.layout import SLOTS

_SLOT = re.compile("%%(" + "|".join(SLOTS) + ")%%")
_ASCII = bytes(range(128))
_DOTS = re.compile(rb"^(\.+)", re.MULTILINE)
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")

Values = Mapping[str, str]


class QuotedPrintable:
    """A part with soft line breaks round its slots (RFC 2045, 6.7)."""

    name = "quoted-printable"

    def __init__(self, pieces: Sequence[bytes]) -> None:
        last = len(pieces) - 1
        self._literals = []
        for number, piece in enumerate(pieces):
            before = b"" if number == 0 or piece.startswith(b"\r\n") else b"=\r\n"
            after = b"" if number == last or piece.endswith(b"\r\n") or not piece else b"=\r\n"
            self._literals.append(before + _quoted(piece, text=True) + after)

    def fill(self, values: Sequence[bytes]) -> list[bytes]:
        """The encoded part, with a value in each slot."""
        filled = [self._literals[0]]
        for value, literal in zip(values, self._literals[1:], strict=True):
            filled += (_quoted(value, text=False), literal)
        return filled


class Base64:
    """A part in three phases (RFC 2045, 6.8): decoders skip the line breaks between its pieces."""

    name = "base64"

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = pieces
        self._phases = [[_in_phase(piece, phase) for phase in range(3)] for piece in pieces]

    def fill(self, values: Sequence[bytes]) -> list[bytes]:
        """The encoded part, with a value in each slot."""
        filled: list[bytes] = []
        rest = b""
        for piece, phases, value in zip(self._pieces, self._phases, [*values, b""], strict=True):
            phase = phases[len(rest) % 3]
            if phase is None:
                rest += piece + value
            else:
                head, encoded, tail = phase
                filled += (_lines(rest + head), encoded)
                rest = tail + value
        return [*filled, _lines(rest)]


@dataclass(frozen=True)
class Part:
    """One text of a mail. `slots` name the values between its literals."""

    head: bytes
    slots: tuple[str, ...]
    is_html: bool
    encoding: QuotedPrintable | Base64

    def fill(self, values: Values) -> list[bytes]:
        """Its content, encoded; values are escaped in HTML, and stay on one line."""
        texts = (_UNPRINTABLE.sub(" ", values[slot]) for slot in self.slots)
        escaped = (html.escape(text) if self.is_html else text for text in texts)
        return self.encoding.fill([text.encode() for text in escaped])


@dataclass(frozen=True)
class Prepared:
    """A body: `head` are the header lines that describe it."""

    head: bytes
    parts: tuple[Part, ...]
    boundary: bytes

    def fill(self, values: Values) -> list[bytes]:
        """The pieces of the body for one reader; they end with one CRLF."""
        if not self.boundary:
            return self.parts[0].fill(values)
        body = []
        for part in self.parts:
            body += [b"--" + self.boundary + b"\r\n" + part.head + b"\r\n", *part.fill(values), b"\r\n"]
        return [*body, b"--" + self.boundary + b"--\r\n"]


def prepare(text: str, html_page: str | None) -> Prepared:
    """The body with both texts, or the plain one alone where `html_page` is None."""
    plain = _part("plain", text)
    if html_page is None:
        return Prepared(b"MIME-Version: 1.0\r\n" + plain.head, (plain,), b"")
    # What neither encoding contains cannot end a part early.
    boundary = b"=_wsis_newsletter"
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="' + boundary + b'"\r\n'
    return Prepared(head, (plain, _part("html", html_page)), boundary)


def _part(subtype: str, text: str) -> Part:
    pieces = _SLOT.split(text.replace("\r\n", "\n").rstrip("\n") + "\n")
    literals = [piece.replace("\n", "\r\n").encode() for piece in pieces[::2]]
    raw = b"".join(literals)
    # Six bytes of quoted-printable for a letter of two, against four of base64 for three.
    latin = len(raw.translate(None, _ASCII)) * 6 < len(raw)
    encoding = QuotedPrintable(literals) if latin else Base64(literals)
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding.name}\r\n'
    return Part(head.encode(), tuple(pieces[1::2]), subtype == "html", encoding)


def _quoted(raw: bytes, *, text: bool) -> bytes:
    encoded = binascii.b2a_qp(raw, istext=text)
    if b"=\n" in encoded:
        encoded = encoded.replace(b"=\n", b"=\r\n")
    return _DOTS.sub(lambda dots: b"=2E" * len(dots[1]) + b"=\r\n", encoded)


def _in_phase(piece: bytes, phase: int) -> tuple[bytes, bytes, bytes] | None:
    """What of a piece joins `phase` bytes before it, the rest encoded, and what is left; None where it is too short."""
    begin = (3 - phase) % 3
    if len(piece) < begin:
        return None
    end = begin + (len(piece) - begin) // 3 * 3
    return piece[:begin], _lines(piece[begin:end]), piece[end:]


def _lines(raw: bytes) -> bytes:
    return base64.encodebytes(raw).replace(b"\n", b"\r\n")
