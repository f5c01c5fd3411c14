"""Headers of one mail: what may be set, how it is folded, and that nothing can be smuggled in."""

from __future__ import annotations

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_notifications.mails.errors import RenderError
from wsis_notifications.mails.rules import message
from wsis_notifications.mails.rules.headers import GRAMMARS, header_lines, subject_line
from wsis_notifications.mails.rules.rendering import header_text

GOOD = {
    "List-Id": "WSIS Stocktaking <newsletter.wsis.example>",
    "List-Unsubscribe": "<https://wsis.example/u/abc>, <mailto:u.abc@mail.wsis.example?subject=stop>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "References": "<a.1@wsis.example> <b.2@wsis.example>",
    "In-Reply-To": "<b.2@wsis.example>",
}


def parsed(headers: dict[str, Any]) -> Message:
    return message_from_bytes("".join(header_lines(headers)).encode() + b"\r\nbody", policy=SMTP)


def test_what_is_set_is_what_a_reader_sees() -> None:
    assert dict(parsed(GOOD).items()) == GOOD
    assert set(GOOD) == set(GRAMMARS)


def test_long_values_are_folded_between_their_items() -> None:
    ids = [f"<{number:032x}@mail.wsis.example>" for number in range(40)]
    raw = "".join(header_lines({"References": " ".join(ids)}))
    assert max(len(line) for line in raw.split("\r\n")) <= 78
    assert str(parsed({"References": " ".join(ids)})["References"]).split() == ids


def test_a_url_is_never_cut() -> None:
    url = f"<https://wsis.example/{'x' * 600}>"
    assert str(parsed({"List-Unsubscribe": url})["List-Unsubscribe"]) == url


@pytest.mark.parametrize("name", ["Bcc", "From", "Subject", "reply-to", "X-Anything", "List-Id\r\nBcc", ""])
def test_other_headers_are_refused(name: str) -> None:
    with pytest.raises(RenderError) as refused:
        header_lines({name: "<a@b.example>"})
    assert refused.value.reason == "header_not_allowed"


@pytest.mark.parametrize("name", GRAMMARS)
@pytest.mark.parametrize(
    "tail",
    ["\r\nBcc: spy@evil.example", "\nBcc: spy@evil.example", "\r", "\r\n\r\nbody", "\u2028x", "\0", " <", "\u00e9"],
)
def test_a_line_break_in_a_value_is_refused(name: str, tail: str) -> None:
    with pytest.raises(RenderError) as refused:
        header_lines({name: GOOD[name] + tail})
    assert refused.value.reason == f"header_unsafe {name}"


@pytest.mark.parametrize("name", GRAMMARS)
@given(value=st.text(max_size=80))
def test_no_text_makes_a_header_of_its_own(name: str, value: str) -> None:
    try:
        seen = parsed({name: value})
    except RenderError:
        return
    assert seen.keys() == [name]
    assert seen.get_payload() == "body"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("List-Unsubscribe", "<http://wsis.example>"),
        ("List-Unsubscribe", "<javascript:x>"),
        ("List-Unsubscribe", ""),
        ("List-Unsubscribe-Post", "yes"),
        ("References", "a@b"),
        ("In-Reply-To", 7),
        ("List-Id", "<nodots>"),
        ("References", f"<{'a' * 1000}@b.example>"),
    ],
)
def test_values_outside_the_grammar_are_refused(name: str, value: Any) -> None:
    with pytest.raises(RenderError):
        header_lines({name: value})


ANY = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=300)
WORDS = st.sampled_from(["Призы", "ВВУИО", "2017", "WSIS", "=?", "", "峰会", "x" * 80])


@given(text=ANY | st.lists(WORDS, max_size=40).map(" ".join))
def test_a_subject_is_read_as_it_was_written(text: str) -> None:
    subject = header_text(text)
    line = subject_line(subject)
    assert line.isascii()
    assert all(len(part) <= 78 or " " not in part.strip() for part in line.split("\r\n")[1:])
    mail = line.encode() + b"\r\nbody"
    assert message_from_bytes(mail, policy=SMTP)["Subject"] == subject
    assert str(make_header(decode_header(message_from_bytes(mail)["Subject"].replace("\r\n", "")))) == subject
    assert message_from_bytes(mail).keys() == ["Subject"]


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ama",
        "@people.example",
        "ama@",
        "a b@x.example",
        "ama@x.example>",
        "<ama@x.example",
        "a\r\nb@x.example",
        "ama@x.example\r\nRCPT TO:<spy@evil.example>",
        "a@b@c.example",
        '"a b"@x.example',
        "a" * 65 + "@x.example",
        "ama@" + "x" * 260 + ".example",
        "ama@x_y.example",
    ],
)
def test_unsafe_addresses_are_refused(address: str) -> None:
    with pytest.raises(RenderError, match="address_unsafe"):
        message.mailbox("Ama", address)


def test_international_addresses() -> None:
    assert message.mailbox("Jörg", "joerg@bücher.example").address == "joerg@xn--bcher-kva.example"
    assert not message.mailbox("Jörg", "joerg@bücher.example").needs_utf8
    assert message.mailbox("Jörg", "jörg@bücher.example").needs_utf8


def test_names_come_as_text_or_in_parts() -> None:
    assert message.full_name({"given_name": "Ama", "family_name": "Mensah"}) == "Ama Mensah"
    assert message.full_name("Ama Mensah") == "Ama Mensah"
    assert message.full_name(None) == ""
