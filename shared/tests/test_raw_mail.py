"""What is not parsed, and what is."""

from __future__ import annotations

import time
from email import policy

import pytest
from wsis_shared import raw_mail
from wsis_shared.raw_mail import Unreadable
from wsis_testkit.raw_mails import HOSTILE, LONG, MEGABYTE, nested


@pytest.mark.parametrize("name", HOSTILE)
def test_no_mail_keeps_the_parser_busy(name: str) -> None:
    began = time.process_time()
    try:
        raw_mail.parse(HOSTILE[name])
    except (Unreadable, RecursionError):
        pass
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("name", LONG)
def test_long_mails_are_parsed(name: str) -> None:
    assert len(LONG[name]) <= MEGABYTE
    mail = raw_mail.parse(LONG[name], policy.default)
    assert mail["Subject"] == "The draft"
    assert "takes place on Monday" in str(next(part for part in mail.walk() if not part.is_multipart()).get_payload())


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"A: " + b"b" * raw_mail.MAX_HEADER, "header"),
        (b"A: b\n\n" + b"x\r" * 201_000, "lines"),
        (b"A: b\n\n" + b"--\r" * 201, "parts"),
        (nested(190) + b"x\n" * 11_000, "work"),
        (b"A: b\n\n" + b"\r\n" * 34_000, "work"),
        (b"A: b\n\nCONTENT-Type: a/b" + b"\r \t;" * 1_000, "fields"),
        (b"A: b\n\n" + b"Content-Disposition: inline\r\n" * 2_400, "fields"),
    ],
)
def test_what_is_too_much_has_a_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        raw_mail.parse(raw)
