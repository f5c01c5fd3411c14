"""What a mailbox proves, and what a proof covers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from wsis_shared.errors import Invalid

from wsis_stocktaking.claims import mailboxes, rules

HOLDING: rules.Holding = {
    "name": "ministry of ict",
    "site": "ict.go.ke",
    "contact": "jane@kenyaweb.com",
    "contact_domain": "kenyaweb.com",
}


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("https://www.ict.go.ke/projects?x=1", "ict.go.ke"),
        ("http://ICT.go.KE:8080", "ict.go.ke"),
        ("https://ict.go.ke@evil.example/", "evil.example"),
        ("https://министерство.рф/", "xn--b1afiashkohcid.xn--p1ai"),
        ("https://our-project.blogspot.com", None),
        ("https://www.facebook.com/ministry", None),
        ("https://gmail.com", None),
        ("https://yahoo.example", "yahoo.example"),
        ("https://yahoo.ministry.example", "yahoo.ministry.example"),
        ("https://192.168.0.1/", None),
        ("https://[::1", None),
        ("", None),
        (None, None),
    ],
)
def test_the_domain_of_a_website_is_that_of_one_organization(website: str | None, domain: str | None) -> None:
    assert mailboxes.site_of(website) == domain


@pytest.mark.parametrize(
    ("address", "proof"),
    [
        ("anna@ict.go.ke", rules.DOMAIN),
        ("Anna@ICT.GO.KE", rules.DOMAIN),
        ("other@kenyaweb.com", rules.DOMAIN),
        ("anna@mail.ict.go.ke", None),
        ("anna@go.ke", None),
        ("anna@ict-go.ke", None),
        ("anna@ict.go.ke.evil.example", None),
        ("anna@ıct.go.ke", None),  # a letter that looks alike
        ("ict.go.ke@gmail.com", None),
        ("anna@mailinator.com", None),
    ],
)
def test_equal_domains_prove_and_nothing_near_them_does(address: str, proof: str | None) -> None:
    spelt = mailboxes.normalised(address)
    assert rules.proof_of(spelt, mailboxes.domain_of(spelt), HOLDING) == proof


def test_a_contact_at_a_public_provider_proves_by_its_own_mailbox_alone() -> None:
    holding: rules.Holding = {**HOLDING, "contact": "jane@gmail.com", "contact_domain": None}
    assert rules.proof_of("jane@gmail.com", None, holding) == rules.CONTACT
    assert rules.proof_of("john@gmail.com", None, holding) is None


@pytest.mark.parametrize(
    "domain",
    ["yahoo.co.id", "yahoo.com.ph", "yahoo.in", "hotmail.de", "live.com.mx", "ethionet.et", "sentoo.sn", "att.net"],
)
def test_providers_of_a_country_prove_no_organization(domain: str) -> None:
    """Ministries have contacts there, and so has anybody else."""
    assert mailboxes.domain_of(f"ministry@{domain}") is None


def test_what_is_no_address_is_refused_at_its_field() -> None:
    with pytest.raises(Invalid) as raised:
        mailboxes.normalised("anna@@ict.go.ke")
    assert (raised.value.code, list(raised.value.fields or {})) == ("stocktaking.claim_address_invalid", ["email"])


def test_names_are_equal_without_case_accents_and_punctuation() -> None:
    assert rules.folded("Ministère  de l’Économie, (MINEC)") == rules.folded("MINISTERE DE L'ECONOMIE minec")
    assert rules.folded("وزارة الاتصالات") != rules.folded("وزارة الصحة")


def claim(**changes: Any) -> rules.Claim:
    made: rules.Claim = {
        "_id": "c",
        "account": "ada",
        "entry": "e1",
        "title": "T",
        "organization": "Ministry of ICT",
        "state": rules.PROVED,
        "proof": rules.DOMAIN,
        "asked_at": datetime(2017, 1, 1, tzinfo=UTC),
        "whole": True,
        "address": "anna@ict.go.ke",
    }
    return {**made, **changes}  # type: ignore[typeddict-item]


@pytest.mark.parametrize(
    ("made", "entry", "holding", "given"),
    [
        (claim(), "e2", {}, True),
        (claim(), "e2", {"name": "ministry of health"}, False),
        (claim(), "e2", {"site": None, "contact_domain": None}, False),
        (claim(), "e1", {"name": "ministry of health"}, True),
        (claim(proof=rules.OFFICER, address=None), "e2", {"site": None}, True),
        (claim(proof=rules.OFFICER, address=None), "e2", {"name": "ministry of health"}, False),
        (claim(proof=rules.OFFICER, address=None, whole=False), "e2", {}, False),
    ],
)
def test_a_claim_covers_what_has_the_name_and_what_the_proof_reaches(
    made: rules.Claim, entry: str, holding: dict[str, Any], given: bool
) -> None:
    found: rules.Holding = {**HOLDING, **holding}  # type: ignore[typeddict-item]
    assert rules.covers(made, "ict.go.ke", entry, found) is given
