"""Signed addresses: what we made is read back, anything else is refused without a store."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.mailboxes import LOCAL_PART_LIMIT, Mailbox, read_address, sign_address

SECRET = "a secret of the tests, long enough to be one"
DELIVERY = bytes.fromhex("5f0c9f0d3c5e5b0d8f6f3f1f4b1c2d3e")


def signed(payload: bytes = DELIVERY, kind: str = "b") -> str:
    return sign_address(kind, payload, secret=SECRET, domain="Mail.WSIS.example")


@given(st.binary(min_size=1, max_size=25))
def test_payload_is_read_back(payload: bytes) -> None:
    assert read_address("b", signed(payload), secret=SECRET) == payload


@given(st.binary(min_size=1, max_size=25))
def test_address_is_one_that_every_relay_takes(payload: bytes) -> None:
    local_part, _, domain = signed(payload).partition("@")
    assert domain == "mail.wsis.example"
    assert len(local_part) <= LOCAL_PART_LIMIT
    assert set(local_part) <= set(string.ascii_lowercase + string.digits + ".")


def test_relay_may_change_the_case_of_letters() -> None:
    assert read_address("b", signed().upper(), secret=SECRET) == DELIVERY


@given(st.integers(min_value=0), st.sampled_from(string.ascii_lowercase + "234567"))
def test_no_character_can_be_changed(place: int, letter: str) -> None:
    local_part, _, domain = signed().partition("@")
    place %= len(local_part)
    changed = local_part[:place] + letter + local_part[place + 1 :]
    if changed != local_part:
        assert read_address("b", f"{changed}@{domain}", secret=SECRET) is None


@pytest.mark.parametrize(
    "address",
    [
        "",
        "@",
        "b@wsis.example",
        "b..@wsis.example",
        "b.aaaa.@wsis.example",
        "b.a.b.c@wsis.example",
        "b.\u00e9.aaaa@wsis.example",
        "postmaster@wsis.example",
        "b.=======.x@wsis.example",
        "b." + "a" * 9000,
    ],
)
def test_any_other_address_is_refused(address: str) -> None:
    assert read_address("b", address, secret=SECRET) is None


def test_address_of_another_kind_or_another_secret_is_refused() -> None:
    assert read_address("r", signed(), secret=SECRET) is None
    assert read_address("r", "r" + signed()[1:], secret=SECRET) is None
    assert read_address("b", signed(), secret=SECRET + "!") is None
    assert read_address("b", signed(), secret="") is None


def test_address_without_secret_or_with_a_long_payload_is_not_made() -> None:
    with pytest.raises(ValueError, match="secret"):
        sign_address("b", DELIVERY, secret="", domain="wsis.example")
    with pytest.raises(ValueError, match="too long"):
        signed(bytes(26))
    with pytest.raises(ValueError, match="kind"):
        signed(kind="B.")


def test_mailbox_covers_its_pattern_in_any_case() -> None:
    mailbox = Mailbox("b.*", handler="receive_bounce")
    assert mailbox.matches("b.aaaa.bbbb")
    assert mailbox.matches("B.AAAA.BBBB")
    assert not mailbox.matches("bb.aaaa")
