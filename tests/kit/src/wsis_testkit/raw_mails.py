"""Mails as anybody may send them: some made to keep a parser busy, and long ones as people and mail systems write them.
Each reader of mails from outside is held against all of them."""

from __future__ import annotations

import base64
from collections.abc import Callable

MEGABYTE = 1_000_000  # what the listener takes


def nested(depth: int, boundary: Callable[[int], str] = "b{}".format) -> bytes:
    """The beginning of a multipart in a multipart in a multipart."""
    names = map(boundary, range(depth))
    return "".join(f'Content-Type: multipart/mixed; boundary="{name}"\n\n--{name}\n' for name in names).encode()


def _parts(part: bytes, count: int) -> bytes:
    return b"Content-Type: multipart/report; boundary=b\n\n" + (b"--b\n" + part + b"\n\nx\n") * count


_MIXED = b"Content-Type: multipart/mixed"
_COMPLAINT = b"Content-Type: message/feedback-report\n\nFeedback-Type: abuse\n"
_STATUS = b"Content-Type: message/delivery-status\n\n"

HOSTILE = {
    name: raw[:MEGABYTE]
    for name, raw in {
        "nested, then empty lines": nested(190) + b"\n" * 900_000,
        "nested, then short lines": nested(190) + b"x\n" * 450_000,
        "nested, just so that it is parsed": nested(90) + b"x\n" * 19_000,
        "boundaries with one prefix": nested(190, lambda level: "p" * 60 + str(level)) + b"\n" * 900_000,
        "boundaries of dashes": nested(190, lambda level: "-" * (level + 1)) + b"\n" * 900_000,
        "boundaries that begin with a blank": nested(190, " {}".format) + b"\n" * 900_000,
        "carriage returns": nested(190).replace(b"\n", b"\r") + b"\r" * 900_000,
        "lines within a header's bound": b"A: b\n\n" + nested(190) + b"\r" * 900_000,
        "empty lines": b"A: b\n\n" + b"\n" * 900_000,
        "empty lines of a delivery status": _STATUS + b"\n" * 900_000,
        "groups of a delivery status": b"Content-Type: message/global-delivery-status\n\n" + b"A: b\n \n" * 120_000,
        "header lines": b"A:\n" * 300_000,
        "header lines of a part": _parts(b"A:\n" * 300_000, 1),
        "a folded header": b"Subject: a" + b"\n x" * 300_000,
        "a folded header of a part": _parts(b"Subject: a" + b"\n x" * 180_000, 1),
        "a folded type": _parts(_MIXED + b"\n ;" * 300_000, 1),
        "parameters": _parts(_MIXED + b";" * 4_900, 190),
        "many parameters": _parts(_MIXED + b";" * 1_900, 190),
        "quoted parameters": _parts(_MIXED + b';"' + b";" * 1_900, 190),
        "a boundary of a megabyte": _parts(_MIXED + b"; boundary=" + b"\n x" * 300_000, 1),
        "parts": _parts(b"A: b", 100_000),
        "mails in mails": b"Content-Type: message/rfc822\n\n" * 33_000,
        "a field of a complaint": _parts(_COMPLAINT + b"Original-Mail-From: " + b"\xe4" * 900_000, 1),
        "a code of a bounce": _parts(_STATUS + b"A: b\n\nAction: failed\nDiagnostic-Code: " + b"5.1.1." * 150_000, 1),
    }.items()
}


def _wrapped(text: bytes, width: int = 72) -> bytes:
    return b"\r\n".join(text[start : start + width] for start in range(0, len(text), width))


_SENTENCES = b"The meeting takes place on Monday in Geneva.\r\n\r\n" * 400
_TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + _SENTENCES
_FILE = base64.encodebytes(bytes(range(256)) * 2_000).replace(b"\n", b"\r\n")  # 690 kB


def _of(kind: str, boundary: str, *parts: bytes) -> bytes:
    begin = f"\r\n--{boundary}\r\n".encode()
    head = f'Content-Type: multipart/{kind};\r\n boundary="{boundary}"\r\n'.encode()
    return head + b"".join(begin + part for part in parts) + f"\r\n--{boundary}--\r\n".encode()


def _attached(number: int, content: bytes) -> bytes:
    name = "%C3%A9" * 40
    head = (
        f"Content-Type: application/pdf; name*=utf-8''{name}{number}.pdf\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; filename*=utf-8''{name}{number}.pdf\r\n\r\n"
    )
    return head.encode() + content


_HTML = b"Content-Type: text/html; charset=utf-8\r\n\r\n<p>" + _SENTENCES + b"</p>"
_PICTURE = _attached(0, _wrapped(b"iVBORw0KGgo" * 3_000))
_HEAD = b"From: Jane <jane@ngo.example>\r\nSubject: The draft\r\nMIME-Version: 1.0\r\n"

LONG = {
    "four levels and a large file": _HEAD
    + _of(
        "signed",
        "s",
        _of("mixed", "m", _of("related", "r", _of("alternative", "a", _TEXT, _HTML), _PICTURE), _attached(1, _FILE)),
        b"Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n-----END PGP SIGNATURE-----",
    ),
    "eighty attachments": _HEAD
    + _of("mixed", "m", _TEXT, *(_attached(number, _FILE[: 78 * 130]) for number in range(80))),
    "a long letter": _HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + _SENTENCES * 50,
    "a thread of a year": _HEAD + _TEXT + b"-----Original Message-----\r\nFrom: Joe\r\n\r\n-- \r\nJoe\r\n" * 90,
}
