"""Addresses: which can be mailed, and which are one mailbox."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.errors import Invalid
from wsis_shared.mail_quotas import behind_tag
from wsis_testkit import refused

from wsis_accounts.rules.mailbox import canonical, domain_of, mailable

LOCALS = st.from_regex(r"\A[A-Za-z0-9_]{1,12}([.-][A-Za-z0-9_]{1,12}){0,2}\Z")


INTERNATIONAL = st.text(st.characters(categories=("Ll", "Lu", "Lo", "Nd")), min_size=1, max_size=12)


DOMAINS = st.sampled_from(["ngo.example", "gmail.com", "Outlook.com", "bücher.example", "yandex.ru", "zoho.com"])


def test_an_address_beyond_ascii_is_mailable_where_the_relay_says_so():
    assert mailable("Jürg@ngo.example", smtputf8=True) == "Jürg@ngo.example"
    assert mailable("jane@bücher.example", smtputf8=False) == "jane@bücher.example"
    with refused("accounts.email_not_mailable"):
        mailable("Jürg@ngo.example", smtputf8=False)


def canonical_or_none(address):
    try:
        return canonical(address)
    except Invalid:
        return None


@given(st.one_of(LOCALS, INTERNATIONAL), DOMAINS)
def test_canonical_form_is_its_own_canonical_form(local, domain):
    form = canonical_or_none(f"{local}@{domain}")
    if form is not None:
        assert canonical(form) == form


@given(LOCALS, DOMAINS)
def test_case_never_makes_another_mailbox(local, domain):
    address = f"{local}@{domain}"
    assert canonical(address) == canonical(address.upper()) == canonical(address.lower())


@given(st.from_regex(r"\A[a-z0-9]{2,12}\Z"), st.from_regex(r"\A[a-z0-9]{1,9}\Z"), st.data())
def test_aliases_of_gmail_are_one_mailbox(local, tag, data):
    cut = data.draw(st.integers(1, len(local) - 1))
    dotted = f"{local[:cut]}.{local[cut:]}"
    assert canonical(f"{dotted}+{tag}@googlemail.com") == canonical(f"{local}@GMail.com") == f"{local}@gmail.com"


def test_other_providers_may_tell_dots_and_tags_apart():
    assert len({canonical(f"{local}@ngo.example") for local in ("ab", "a.b", "ab+x")}) == 3
    assert canonical("a.b+x@outlook.com") == "a.b@outlook.com" != canonical("ab@outlook.com")


def test_international_domains_have_one_form():
    assert canonical("Jane@BÜCHER.example") == canonical("jane@xn--bcher-kva.example") == "jane@xn--bcher-kva.example"
    assert domain_of("Jane@BÜCHER.example") == "xn--bcher-kva.example"


@pytest.mark.parametrize(
    "address", ["", "jane", "jane@", "@x.org", "a b@x.org", "jane@localhost", "a@[127.0.0.1]", "\ud800@x.org"]
)
def test_what_is_no_address_is_refused(address):
    with refused("accounts.email_invalid") as refusal:
        canonical(address)
    assert refusal.value.fields["email"]


def test_the_mailbox_behind_a_tag():
    assert behind_tag(canonical("Jane+7@NGO.example")) == behind_tag("jane+8+9@ngo.example") == "jane@ngo.example"
    assert behind_tag("jane@ngo.example") is None
    assert behind_tag(canonical("j.ane+7@gmail.com")) is None, "one mailbox already"
