"""Hostile mails through the real listener."""

from __future__ import annotations

import smtplib

import pytest

from ..reply_kit import DOMAIN, MTA, Mails
from .test_rules_mails import nested

GONE = 550


def test_wrong_address_is_refused_at_once(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    local_part = mails.address(who, discussion).partition("@")[0]
    for address in (f"{local_part[:-1]}b@{DOMAIN}", f"r.{'a' * 40}.{'b' * 20}@{DOMAIN}", f"{local_part}@evil.example"):
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refusal:
            mails.deliver(address, mails.raw(who))
        assert refusal.value.recipients[address][0] == GONE


def test_mail_of_25_megabytes_is_refused(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    raw = mails.raw(who) + b"0123456\r\n" * 2_800_000
    with pytest.raises((smtplib.SMTPDataError, smtplib.SMTPSenderRefused)) as refusal:
        mails.deliver(mails.address(who, discussion), raw)
    assert refusal.value.smtp_code == 552


@pytest.mark.parametrize("name", ["nested", "recipients", "garbage", "nul", "no_mail"])
def test_hostile_mail_harms_nobody_after_it(mails: Mails, name: str) -> None:
    who, discussion = mails.member(), mails.discussion()
    head = mails.raw(who, "")[: -len("\r\n\r\n")]
    hostile = {
        "nested": head + nested(1_000),
        "recipients": b"To: " + b",\r\n ".join(b"u%d@x.example" % number for number in range(20_000)) + b"\r\n" + head,
        "garbage": head + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + (bytes(range(128, 256)) + b"\r\n") * 20,
        "nul": head + b"\r\n\r\nI\0 agree\0.\r\n",
        "no_mail": b"\r\n\r\n\r\n",
    }
    mails.send(mails.address(who, discussion), hostile[name])
    mails.send(mails.address(who, discussion), mails.raw(who, "After it."))
    texts = [row["html"] for row in mails.comments(discussion)]
    assert texts[-1] == '<p dir="auto">After it.</p>'
    assert len(texts) == (2 if name in ("nul", "garbage") else 1)
    assert "\0" not in "".join(texts)


def test_html_of_a_reply_is_text(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    html = "<p>I <b>agree</b>.</p><script>alert(1)</script><p>&lt;img src=x onerror=alert(1)&gt;</p>"
    mails.send(mails.address(who, discussion), mails.raw(who, html, "Content-Type: text/html; charset=utf-8"))
    [comment] = mails.comments(discussion)
    assert comment["html"].startswith('<p dir="auto">I agree.</p>')
    assert "<script" not in comment["html"]
    assert "<img" not in comment["html"]


def test_a_forged_result_below_that_of_our_mta_does_not_count(mails: Mails) -> None:
    who, discussion = mails.member(), mails.discussion()
    forged = f"Authentication-Results: {MTA}; dmarc=pass header.from=ngo.example"
    mails.send(mails.address(who, discussion), mails.raw(who, "Vile.", forged, result="fail"))
    assert mails.event("reply_held", who)["discussion"] == discussion
    assert mails.comments(discussion) == []
