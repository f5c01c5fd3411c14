"""Mails as bytes: who wrote them, whether a person did, and what hostile ones cost."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from wsis_testkit import raw_mails

from wsis_consultation.discussions.rules import addresses
from wsis_consultation.discussions.rules.addresses import ReplyTarget
from wsis_consultation.replies.rules import mails, senders
from wsis_consultation.replies.rules.mails import Unreadable

SECRET = "a secret of the tests, long enough to be one"
TARGET = ReplyTarget("3f2a77b19d0c4e5f8a6b1c2d3e4f5a6b", 3, "2017-12", 345)
ADDRESS = addresses.address_of(TARGET, secret=SECRET, domain="mail.wsis.example")
OURS = "mx.wsis.example"
PASS = f"{OURS}; spf=pass smtp.mailfrom=ngo.example; dmarc=pass (p=none dis=none) header.from=ngo.example"


def mail(*headers: str, body: str = "I agree.") -> mails.ReceivedMail:
    return mails.read("\r\n".join([*headers, "", body]).encode("utf-8", "surrogateescape"))


# -- the address ---------------------------------------------------------------------------------------------------


def test_address_names_member_discussion_and_comment() -> None:
    assert len(ADDRESS.partition("@")[0]) <= 64
    assert addresses.target_of(ADDRESS.upper(), secret=SECRET) == TARGET
    assert TARGET.edition == "2017"


@given(st.integers(0, len(ADDRESS.partition("@")[0]) - 1), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567."))
def test_no_other_address_is_valid(place: int, letter: str) -> None:
    changed = ADDRESS[:place] + letter + ADDRESS[place + 1 :]
    assert addresses.is_valid(changed, SECRET) == (changed == ADDRESS)
    assert not addresses.is_valid(ADDRESS, "another secret")


@pytest.mark.parametrize(
    ("account", "discussion"), [("nobody", "2017-1"), (TARGET.account, "2017-70000"), (TARGET.account, "x")]
)
def test_ids_that_do_not_fit_are_refused(account: str, discussion: str) -> None:
    with pytest.raises(ValueError, match="fit|badly formed|invalid"):
        addresses.address_of(ReplyTarget(account, 0, discussion), secret=SECRET, domain="mail.wsis.example")


# -- the author ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "author"),
    [
        ("Jane <jane@ngo.example>", "jane@ngo.example"),
        ("jane@ngo.example", "jane@ngo.example"),
        ('"Mwangi, Jane (KICTANet) <x@y>" <jane@ngo.example>', "jane@ngo.example"),
        ("=?utf-8?q?Aminata_N=27Diaye?= <a@b.example>", "a@b.example"),
        ("jane@ngo.example, mallory@evil.example", ""),
        ("jane@ngo.example <mallory@evil.example>", ""),
        ("Jane <jane@ngo.example> <mallory@evil.example>", ""),
        ("Jane <jane@ngo.example>, <mallory@evil.example>", ""),
        ('"<jane@ngo.example>', ""),
        ("jane@ngo.example (mallory@evil.example)", ""),
        ("friends: jane@ngo.example;", ""),
        ("Jane", ""),
        ("", ""),
        (f"{'J' * 1_980} <a@b.example>", "a@b.example"),
        (f"Jane <a@b.example>{' ' * 2_000}", ""),
    ],
)
def test_author_is_the_one_address_in_from(value: str, author: str) -> None:
    assert mail(f"From: {value}").author == author


def test_two_from_headers_name_nobody() -> None:
    assert mail("From: jane@ngo.example", "From: mallory@evil.example").author == ""


@pytest.mark.parametrize(
    ("results", "passes"),
    [
        ([PASS], True),
        ([PASS.replace("dmarc=pass (p=none dis=none)", "DMARC = Pass")], True),
        ([PASS.replace(f"{OURS};", f"{OURS.upper()} 1;")], True),
        ([], False),
        ([PASS.replace("dmarc=pass", "dmarc=fail")], False),
        ([PASS.replace("dmarc=pass", "dmarc=none")], False),
        ([PASS.replace("header.from=ngo.example", "header.from=evil.example")], False),
        ([PASS.replace("header.from=ngo.example", "")], False),
        ([PASS.replace(OURS, "mx.evil.example")], False),
        (["mx.evil.example; dmarc=fail", PASS], True),
        ([f"{OURS}; dmarc=fail header.from=ngo.example", PASS], False),  # a forged one below ours
        ([f"{OURS}; none", PASS], False),
        ([f"{OURS}; dmarc=fail header.from=ngo.example; dmarc=pass header.from=ngo.example"], False),
        ([f'{OURS}; spf=pass smtp.mailfrom="a; dmarc=pass header.from=ngo.example"@x; dmarc=fail'], False),
        ([f"{OURS}; dkim=fail (a (b) ; dmarc=pass header.from=ngo.example) ; dmarc=fail"], False),
        ([PASS.replace("(p=none dis=none)", r"(p=none \) \" dis=none)")], True),  # within a comment
        ([PASS.replace("spf=pass", "spf=pass (" * 2 + "x" + ")" * 2)], True),
        ([PASS.replace("spf=pass", r"spf=pass \(")], False),
        ([PASS + " (never ends"], False),
        ([PASS + ' "never ends'], False),
        ([f"{OURS}; dkim=fail (never closed ; dmarc=pass header.from=ngo.example"], False),
        ([f"{OURS}; x-dmarc=pass header.from=ngo.example"], False),
    ],
)
def test_only_our_own_mta_vouches_for_the_author(results: list[str], passes: bool) -> None:
    read = mail("From: Jane <jane@ngo.example>", *(f"Authentication-Results: {value}" for value in results))
    assert senders.is_authentic(read, OURS) is passes
    assert not senders.is_authentic(read, "")


def test_author_is_compared_without_case() -> None:
    read = mail("From: Jane@NGO.example")
    assert senders.is_author(read, "jane@ngo.example")
    assert not senders.is_author(read, "jane@ngo.example.evil")
    assert not senders.is_author(mail("Subject: x"), "")


# -- robots --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        (["Auto-Submitted: auto-replied"], "auto_submitted"),
        (["Auto-Submitted: auto-generated; owner-email=x"], "auto_submitted"),
        (["Auto-Submitted: no"], None),
        (["Return-Path: <>"], "null_sender"),
        (["List-Id: <x.example>"], "list"),
        (["List-Unsubscribe: <https://x.example>"], "list"),
        (["Precedence: bulk"], "precedence"),
        (["Precedence: Junk"], "precedence"),
        (["Precedence: first-class"], None),
        (["Content-Type: multipart/report; boundary=b"], "report"),
        (["X-Autoreply: yes"], "auto_reply"),
        (["X-Loop: jane@ngo.example"], "auto_reply"),
        (["X-Autorespond: Re"], "auto_reply"),
        (["X-Auto-Response-Suppress: DR, OOF, AutoReply"], "auto_reply"),
        (["X-Auto-Response-Suppress: DR, RN, NRN"], None),
        (["X-Mailer: Microsoft Outlook 16.0"], None),
        (["Subject: Automatic reply: New comment"], "subject"),
        (["Subject: =?utf-8?b?0JDQstGC0L7QvtGC0LLQtdGC?="], "subject"),
        (["Subject: =?utf-8?q?R=C3=A9ponse_automatique_=3A_Commentaire?="], "subject"),
        (["Subject: Re: New comment: automatic reply of machines"], None),
    ],
)
def test_who_is_no_person_gets_no_answer(headers: list[str], reason: str | None) -> None:
    assert senders.reason(mail("From: jane@ngo.example", *headers), "jane@ngo.example") == reason


@pytest.mark.parametrize(
    "sender", ["MAILER-DAEMON@ngo.example", "no-reply@ngo.example", "noreply@x.example", "bounce+1@x.y"]
)
def test_robots_are_known_by_their_name(sender: str) -> None:
    assert senders.reason(mail(f"From: {sender}"), sender) == "robot"


def test_bounce_has_no_sender() -> None:
    assert senders.reason(mail("From: jane@ngo.example"), "") == "null_sender"


BOUNCES = sorted((Path(__file__).parents[3] / "notifications/tests/returned/bounces").glob("*.eml"))


@pytest.mark.parametrize("path", BOUNCES, ids=lambda path: path.stem)
def test_no_bounce_is_taken_for_a_reply(path: Path) -> None:
    of_person = path.stem in ("person", "forwarded-bounce")
    assert (senders.reason(mails.read(path.read_bytes()), "somebody@ngo.example") is None) == of_person


# -- hostile mails -------------------------------------------------------------------------------------------------


def nested(depth: int) -> bytes:
    """A multipart in a multipart in a multipart."""
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (number, number) for number in range(depth)
    )
    return b"From: a@b.example\r\n" + head + b"Content-Type: text/plain\r\n\r\nhello\r\n"


HOSTILE = {
    "nested": nested(1_000),
    "recipients": b"From: a@b.example\r\nTo: "
    + b", ".join(b"u%d@x.example" % n for n in range(20_000))
    + b"\r\n\r\nhi",
    "parts": b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\n" * 120_000,
    "parameters": b"From: a@b.example\r\nContent-Type: text/plain; "
    + b"; ".join(b'a%d="b"' % n for n in range(5_500))
    + b"\r\n\r\nhi",
    "headers": b"X: y\r\n" * 40_000 + b"\r\nhi",
    "no_headers": b"\r\n" * 100_000,
    "comments": b"From: " + b"(" * 60_000 + b"\r\n\r\nhi",
    "spaces": b"From: a" + b" " * 60_000 + b"a\r\n\r\nhi",
    "encoded_words": b"From: a@b.example\r\nSubject: " + b"=?utf-8?q?a?= " * 4_000 + b"\r\n\r\nhi",
    "html": b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<table><tr><td>" * 60_000,
    "idna": b'From: a@b.example\r\nContent-Type: text/plain; charset="idna"\r\n\r\n' + b"\xe4" * 900_000,
    "garbage": b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + bytes(range(256)) * 3_900,
    "nul": b"From: a@b.example\r\nSubject: a\0b\r\n\r\n" + b"\0" * 900_000,
    "base64": b"From: a@b.example\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b"!" * 900_000,
}


ALL_HOSTILE = {**HOSTILE, **raw_mails.HOSTILE}


@pytest.mark.parametrize("name", ALL_HOSTILE)
def test_no_mail_keeps_the_parser_busy(name: str) -> None:
    began = time.process_time()
    try:
        mails.read(ALL_HOSTILE[name])
    except Unreadable:
        pass
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize("name", ["nested", "recipients", "parts", "headers"])
def test_mails_that_nobody_writes_are_refused(name: str) -> None:
    with pytest.raises(Unreadable):
        mails.read(HOSTILE[name])


@pytest.mark.parametrize("name", raw_mails.LONG)
def test_long_mails_are_read(name: str) -> None:
    assert mails.read(raw_mails.LONG[name]).body.startswith("The meeting takes place on Monday")


_LINES = [
    b"From: a@b.example",
    b"Content-Type: multipart/mixed; boundary=b",
    b"Content-Type: text/html",
    b"",
    b"--b",
    b"--b--",
    b"Content-Type: multipart/alternative",
    b"Content-Transfer-Encoding: base64",
    b"Content-Type: message/rfc822",
    b"x",
    b"Content-Disposition: attachment",
    b"Content-Type: multipart/related; boundary=b",
]


@given(st.binary(max_size=500) | st.lists(st.sampled_from(_LINES), max_size=20).map(b"\r\n".join))
def test_any_bytes_are_a_mail_or_unreadable(raw: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert isinstance(mails.read(raw).body, str)


def test_mail_with_an_attachment_alone_says_nothing() -> None:
    raw = (
        "From: jane@ngo.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n"
        'Content-Disposition: attachment; filename="a.txt"\r\n\r\nsecret\r\n--b--\r\n'
    )
    assert mails.read(raw.encode()).body == ""


def test_forwarded_mail_is_not_what_its_sender_wrote() -> None:
    raw = (
        "From: jane@ngo.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: message/rfc822"
        "\r\n\r\nSubject: inner\r\n\r\ninner text\r\n--b\r\n\r\nouter text\r\n--b--\r\n"
    )
    assert mails.read(raw.encode()).body.strip() == "outer text"


@pytest.mark.parametrize("charset", ["idna", "unicode_escape", "zlib", "none", "", "us-ascii"])
def test_charset_that_is_none_does_not_count(charset: str) -> None:
    assert mails.decoded("déjà \\u0041".encode(), charset) == "déjà \\u0041"


def test_what_charset_normalizer_guesses() -> None:
    """Undeclared, in the charsets of old clients; short ones may be guessed wrong."""
    rows = yaml.safe_load((Path(__file__).parent / "mail_replies_mime.yaml").read_text("utf-8"))
    guessed = [row for row in rows if not row.get("declared", True)]
    read = [mails.decoded(row["text"].encode(row.get("charset", "utf-8")), "") for row in guessed]
    assert read == [row["text"] for row in guessed]
    assert len(read) == 3
