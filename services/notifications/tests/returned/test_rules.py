"""Bounces as mail systems write them: which say that a mail did not arrive, and which do not."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_testkit.raw_mails import HOSTILE, LONG

from wsis_notifications.returned.rules import KINDS, Report, read_complaint, read_report

SAMPLES = Path(__file__).parent / "bounces"

EXPECTED = {
    "postfix-unknown-user": Report("hard", "5.1.1"),
    "postfix-full-mailbox": Report("soft", "5.2.2"),
    "postfix-host-not-found": Report("hard", "5.4.4"),
    "postfix-expired": Report("soft", "4.4.1"),
    "postfix-delayed": Report("delayed", "4.4.1"),
    "postfix-delivered": Report("delivered"),
    "exim-report": Report("hard", "5.0.0"),
    "exim-plain": Report("hard", "5.1.1"),
    "exim-warning": Report("auto_reply"),
    "qmail": Report("hard", "5.1.1"),
    "exchange-unknown-user": Report("hard", "5.1.10"),
    "exchange-refused-by-policy": Report("blocked", "5.7.1"),
    "gmail-unknown-user": Report("hard", "5.1.1"),
    "gmail-disabled-account": Report("hard", "5.2.1"),
    "global-delivery-status": Report("hard", "5.1.1"),
    "several-recipients": Report("soft", "4.2.2"),
    "vacation": Report("auto_reply"),
    "vacation-old": Report("auto_reply"),
    "complaint": Report("complaint"),
    "no-spam": Report("other"),
    "person": Report("other"),
    "forwarded-bounce": Report("other"),
}


def test_every_sample_is_expected() -> None:
    assert {path.stem for path in SAMPLES.glob("*.eml")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_sample_is_read(name: str, line_end: bytes) -> None:
    raw = (SAMPLES / f"{name}.eml").read_bytes().replace(b"\n", line_end)
    assert read_report(raw) == EXPECTED[name]


def test_only_three_kinds_are_bounces() -> None:
    assert [kind for kind in KINDS if Report(kind).is_bounce] == ["hard", "soft", "blocked"]


@pytest.mark.parametrize("name", EXPECTED)
@given(st.data())
def test_broken_report_is_read_without_error(name: str, data: st.DataObject) -> None:
    raw = bytearray((SAMPLES / f"{name}.eml").read_bytes())
    for _ in range(data.draw(st.integers(1, 8))):
        start = data.draw(st.integers(0, len(raw)))
        raw[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=12))
    report = read_report(bytes(raw))
    assert report.kind in KINDS
    assert "@" not in report.status


@given(st.binary(max_size=2000))
def test_any_bytes_are_read_without_error(raw: bytes) -> None:
    assert read_report(raw).kind in KINDS


def test_deep_nesting_is_read_without_error() -> None:
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000))
    assert read_report(raw).kind == "other"


@pytest.mark.parametrize("name", HOSTILE)
def test_no_mail_keeps_the_process_busy_that_sends_codes(name: str) -> None:
    for read in (read_report, read_complaint):
        began = time.process_time()
        read(HOSTILE[name])
        assert time.process_time() - began < 1.0


@pytest.mark.parametrize("name", LONG)
def test_bounce_with_a_long_mail_is_read(name: str) -> None:
    raw = (SAMPLES / "postfix-unknown-user.eml").read_bytes()
    head, middle, tail = raw.partition(b"\nContent-Type: message/rfc822\n\n")
    assert read_report(head + middle + LONG[name] + b"\n" + tail) == Report("hard", "5.1.1")
