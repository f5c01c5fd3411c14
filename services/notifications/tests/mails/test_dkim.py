"""DKIM signatures, judged by dkimpy."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from wsis_notifications.mails.rules.dkim import Signer

HEAD = (
    b"From: WSIS <no-reply@wsis.example>\r\nTo: =?utf-8?b?0JDQvdC90LA=?=\r\n <a@b.example>\r\nSubject: a\r\n  b  c\r\n"
    b"List-Unsubscribe: <https://wsis.example/u/1>,\r\n <mailto:u.1@wsis.example>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nMIME-Version: 1.0\r\n"
)


def pem(key: Any) -> str:
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


@cache
def key_and_record() -> tuple[str, bytes]:
    """A private key, and the record of the DNS."""
    key = rsa.generate_private_key(65537, 2048)
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return pem(key), b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)


def verified(content: bytes, record: bytes, at: bytes = b"wsis._domainkey.wsis.example.") -> bool:
    def dns(name: bytes, timeout: int = 5) -> bytes:
        assert name == at
        return record

    return bool(dkim.verify(content, dnsfunc=dns))


@pytest.mark.parametrize("body", [b"", b"\r\n", b"text", b"text\r\n", b"text\r\n\r\n\r\n", b" a  b \r\n\r\n.\r\n"])
def test_a_signature_is_verified(body: bytes) -> None:
    key, record = key_and_record()
    content = HEAD + b"\r\n" + body
    signature = Signer("wsis.example", "wsis", key).sign(content)
    assert verified(signature + content, record)
    assert max(map(len, signature.split(b"\r\n"))) < 300
    if body.strip():
        assert not verified(signature + content.replace(body, b"changed\r\n"), record)


@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=200), st.binary(max_size=200))
def test_any_subject_and_body_is_signed(subject: str, body: bytes) -> None:
    key, record = key_and_record()
    text = base64.encodebytes(body).replace(b"\n", b"\r\n")
    content = (
        b"Subject: " + subject.encode() + b"\r\n" + HEAD.replace(b"Subject: a\r\n  b  c\r\n", b"") + b"\r\n" + text
    )
    assert verified(Signer("wsis.example", "wsis", key).sign(content) + content, record)


@pytest.mark.parametrize("header", [b"List-Unsubscribe:", b"List-Unsubscribe-Post:", b"From:", b"Subject:", b"To:"])
def test_a_header_that_is_changed_or_added_breaks_it(header: bytes) -> None:
    key, record = key_and_record()
    content = HEAD + b"\r\ntext\r\n"
    signature = Signer("wsis.example", "wsis", key).sign(content)
    assert not verified(signature + content.replace(header, header + b" x"), record)
    if header == b"From:":
        assert not verified(b"From: other@evil.example\r\n" + signature + content, record)


def test_other_keys_are_refused() -> None:
    for wrong in (
        "",
        "no key",
        pem(ec.generate_private_key(ec.SECP256R1())),
        pem(ed25519.Ed25519PrivateKey.generate()),
    ):
        with pytest.raises(ValueError, match=r".+"):
            Signer("wsis.example", "wsis", wrong)
