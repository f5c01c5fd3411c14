"""Addresses as keys, links that unsubscribe, and when an address is suppressed."""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared import clock, keys

from wsis_notifications.addresses.rules import suppression
from wsis_notifications.addresses.rules.spelling import canonical
from wsis_notifications.addresses.store.keys import address_key
from wsis_notifications.mails.rules import unsubscription
from wsis_notifications.mails.rules.unsubscription import Unsubscription

SECRET = "a secret of the mailboxes"
LINKS = st.builds(
    Unsubscription,
    st.sampled_from(["account", "subscriber", "address"]),
    st.binary(min_size=1, max_size=16).map(bytes.hex),
    st.from_regex(r"[a-z][a-z0-9]{0,11}", fullmatch=True),
)


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("WSIS_SECRET", "k" * 32)
    keys.derive.cache_clear()
    yield
    keys.derive.cache_clear()  # other tests of this process have the secret of their services


@pytest.mark.parametrize(
    ("written", "same"),
    [
        ("Ama@People.Example", "ama@people.example"),
        ("éva@x.example", "e\u0301va@x.example"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        (" a@x.example. ", "A@X.EXAMPLE"),
        ("STRASSE@x.example", "straße@x.example"),
    ],
)
def test_spellings_of_an_address_are_one_key(written: str, same: str) -> None:
    assert canonical(written) == canonical(same)
    assert address_key(written) == address_key(same)
    assert len(address_key(written)) == 64


@pytest.mark.parametrize(
    ("one", "other"),
    [("a+x@x.example", "a@x.example"), ("a.b@x.example", "ab@x.example"), ("a@x.example", "a@y.example")],
)
def test_other_addresses_have_other_keys(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


@pytest.mark.parametrize("text", ["", "a", "@x.example", "a@", "a@-.example"])
def test_what_is_no_address_has_no_key(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- idna's errors are ValueErrors of their own
        address_key(text)


@given(local=st.text(string.ascii_letters + "éßæǅİ.+-", min_size=1, max_size=20))
def test_the_canonical_spelling_is_its_own(local: str) -> None:
    once = canonical(f"{local}@x.example")
    assert canonical(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(link=LINKS)
def test_a_token_names_its_link(link: Unsubscription) -> None:
    made = unsubscription.token(link, SECRET)
    assert set(made) <= set(string.ascii_lowercase + string.digits + ".")
    assert len(made) <= 61
    assert unsubscription.read(made, SECRET) == unsubscription.read(made.upper(), SECRET) == link
    assert unsubscription.link_of(f"U.{made}@mail.example", SECRET) == link
    assert unsubscription.read(made, "another secret") is None
    assert not unsubscription.is_valid(f"b.{made}@mail.example", SECRET)


@given(link=LINKS, position=st.integers(0, 60), letter=st.sampled_from(string.ascii_lowercase + string.digits))
def test_a_changed_token_is_refused(link: Unsubscription, position: int, letter: str) -> None:
    made = unsubscription.token(link, SECRET)
    position %= len(made)
    changed = made[:position] + letter + made[position + 1 :]
    assert changed == made or unsubscription.read(changed, SECRET) is None


@given(text=st.text(max_size=70))
def test_no_text_is_a_token(text: str) -> None:
    assert unsubscription.read(text, SECRET) is None


@pytest.mark.parametrize("name", ["", "News", "saved_searches", "1st", "averylongname"])
def test_a_list_has_a_short_name(name: str) -> None:
    with pytest.raises(ValueError, match="no name of a list"):
        unsubscription.token(Unsubscription("account", "3f2a", name), SECRET)


def test_headers_offer_a_page_and_a_mail() -> None:
    link = Unsubscription("account", "3f" * 16, "reminders")
    more = {"secret": SECRET, "public_url": "https://wsis.example/", "host": "WSIS.example"}
    token = unsubscription.token(link, SECRET)
    assert unsubscription.headers(link, domain="mail.example", **more) == {
        "List-Unsubscribe": f"<https://wsis.example/v1/unsubscriptions/{token}>, "
        f"<mailto:u.{token}@mail.example?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "List-Id": "<reminders.wsis.example>",
    }
    assert "mailto" not in unsubscription.headers(link, domain="", **more)["List-Unsubscribe"]
    assert unsubscription.bulk_headers(link) == {
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "All",
        "Feedback-ID": ":reminders:account:wsis-suite",
    }


@pytest.mark.parametrize(
    ("kind", "status", "days", "reason"),
    [
        ("hard", "5.1.1", 0, "hard_bounce"),
        ("hard", "5.2.1", 0, "hard_bounce"),
        ("hard", "5.4.4", 1, None),
        ("soft", "4.2.2", 4, None),
        ("soft", "4.2.2", 5, "hard_bounce"),
        ("blocked", "5.7.1", 9, None),
        ("complaint", "", 0, "complaint"),
        ("delayed", "4.4.1", 9, None),
        ("auto_reply", "", 9, None),
    ],
)
def test_what_suppresses_an_address(kind: str, status: str, days: int, reason: str | None) -> None:
    assert suppression.reason_of_bounce(kind, status, days) == reason


def test_old_soft_bounces_do_not_count() -> None:
    now = clock.parse("2017-05-01T12:00:00Z")
    days = [(now - timedelta(days=age)).date().isoformat() for age in (0, 1, suppression.SOFT_DAYS, 90)]
    assert suppression.recent_days(days, now) == 2


def test_who_left_the_newsletter_gets_other_mail() -> None:
    assert [suppression.blocks_mail(reason) for reason in (None, *suppression.REASONS)] == [
        False,
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("reason", "replaced"),
    [
        ("unsubscribed", {"lifted"}),
        ("complaint", {"lifted", "unsubscribed"}),
        ("hard_bounce", {"lifted", "unsubscribed"}),
        ("officer", {"lifted", "unsubscribed", "complaint", "hard_bounce"}),
    ],
)
def test_which_reasons_a_new_one_replaces(reason: str, replaced: set[str]) -> None:
    assert set(suppression.replaced_by(reason)) == replaced
