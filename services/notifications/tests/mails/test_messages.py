"""A mail on the wire: addresses beyond ASCII, the return path, headers of the publisher; and when none can be made."""

from __future__ import annotations

import gc
from datetime import UTC, datetime
from email import message_from_string
from email.policy import SMTPUTF8
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wsis_notifications.addresses.rules.spelling import canonical
from wsis_notifications.mails.errors import RenderError
from wsis_notifications.mails.rules import deliveries as rules
from wsis_notifications.mails.rules import message
from wsis_notifications.mails.rules.headers import header_lines
from wsis_notifications.mails.rules.rendering import Written
from wsis_notifications.mails.rules.return_path import delivery_of, is_valid, return_path

SECRET = "a secret of the tests, long enough to be one"
WRITTEN = Written("en", "Subject", "text", "<p>text</p>")
DELIVERY = "5f0c9f0d3c5e5b0d8f6f3f1f4b1c2d3e"


def compose(to: message.Mailbox, **more: Any) -> message.Envelope:
    sender = message.from_setting("WSIS Process <no-reply@wsis.example>")
    options = {"reply_to": None, "message_id": "<1@wsis.example>", "date": datetime(2017, 2, 15, tzinfo=UTC), **more}
    return message.compose(WRITTEN, sender=sender, to=to, **options)


@pytest.mark.parametrize("local", ["jürg", "王芳", "élodie.lefèvre", "анна", "a" * 60 + "é"])
def test_an_address_beyond_ascii_is_composed(local: str) -> None:
    envelope = compose(message.mailbox("Élodie Lefèvre", f"{local}@bücher.example"))
    assert envelope.needs_utf8
    parsed = message_from_string(envelope.content.decode(), policy=SMTPUTF8)
    [to] = parsed["To"].addresses
    assert (to.username, to.domain, to.display_name) == (local, "xn--bcher-kva.example", "Élodie Lefèvre")


def test_no_mail_leaves_what_only_the_collector_frees() -> None:
    def mail() -> None:
        compose(message.mailbox("Élodie Lefèvre", "elodie@people.example"))

    mail()  # what is made once
    gc.collect()
    gc.disable()
    try:
        mail()
        assert gc.collect() == 0
    finally:
        gc.enable()


@given(name=st.text(max_size=80), local=st.text(min_size=1, max_size=64))
def test_whatever_the_address_the_mail_is_composed_or_refused_with_a_reason(name: str, local: str) -> None:
    try:
        to = message.mailbox(name, f"{local}@people.example")
    except RenderError:
        return
    parsed = message_from_string(compose(to).content.decode(), policy=SMTPUTF8)
    assert len(parsed.keys()) == 9
    assert parsed.is_multipart()


@pytest.mark.parametrize(
    "domain",
    [
        "-.example",
        "-host.example",
        "host-.example",
        "a..example",
        ".example",
        "xn--zzzz.example",
        "ab--cd.example",
        "a_b.example",
        "people.example\n",
        f"{'x' * 64}.example",
        "\u0301.example",
    ],
)
def test_an_address_without_a_canonical_spelling_is_refused(domain: str) -> None:
    with pytest.raises(RenderError, match="address_unsafe"):
        message.mailbox("Ama", f"ama@{domain}")


@given(
    local=st.text(st.characters(codec=None), min_size=1, max_size=20),
    domain=st.text(st.sampled_from("ab.-_xn\u00fc\u00df\u0301\u037e\u3002\uff0e1@ \ud800"), min_size=1, max_size=12),
)
@example(local="ama\ud800", domain="people.example")
def test_whoever_can_be_mailed_has_a_key(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    try:
        message.mailbox("Ama", address)
    except RenderError:
        return
    assert canonical(address).encode()


def test_the_return_path_names_the_delivery() -> None:
    path = return_path(DELIVERY, secret=SECRET, domain="mail.wsis.example")
    assert compose(message.mailbox("Ama", "ama@people.example"), return_path=path).sender == path
    assert delivery_of(path, secret=SECRET) == DELIVERY
    assert is_valid(path, SECRET)
    assert not is_valid(path, SECRET + "!")
    assert compose(message.mailbox("Ama", "ama@people.example")).sender == "no-reply@wsis.example"


def test_an_answer_to_a_mail_has_no_return_path() -> None:
    path = return_path(DELIVERY, secret=SECRET, domain="mail.wsis.example")
    envelope = compose(message.mailbox("Ama", "ama@people.example"), return_path=path, auto_reply=True)
    assert envelope.sender == ""
    assert message_from_string(envelope.content.decode())["Auto-Submitted"] == "auto-replied"


def test_headers_of_the_publisher_are_in_the_mail() -> None:
    more = header_lines({"List-Id": "News <news.wsis.example>", "In-Reply-To": "<a@wsis.example>"})
    reply_to = message.reply_address("Secretariat <r.abc@mail.wsis.example>")
    envelope = compose(message.mailbox("Ama", "ama@people.example"), reply_to=reply_to, more=more)
    parsed = message_from_string(envelope.content.decode(), policy=SMTPUTF8)
    assert parsed["List-Id"] == "News <news.wsis.example>"
    assert parsed["In-Reply-To"] == "<a@wsis.example>"
    assert parsed["Reply-To"].addresses[0].addr_spec == "r.abc@mail.wsis.example"


@pytest.mark.parametrize("value", ["", "nobody", "a@b.example, c@d.example", "a@b.example\r\nBcc: spy@evil.example", 7])
def test_a_reply_to_that_is_not_one_address_is_refused(value: Any) -> None:
    with pytest.raises(RenderError):
        message.reply_address(value)


@pytest.mark.parametrize("priority", rules.PRIORITIES)
def test_a_mail_that_cannot_be_composed_is_tried_a_few_times_with_pauses(priority: str) -> None:
    broken = rules.Outcome("broken", "cannot be composed: ValueError")
    tries = [rules.settlement(broken, priority, attempts, repeatable=False) for attempts in (1, 2, 3)]
    assert [now.state for now in tries] == ["queued", "queued", "failed"]
    assert 0 < tries[0].pause < tries[1].pause
    assert tries[2].reason == "cannot be composed: ValueError"
