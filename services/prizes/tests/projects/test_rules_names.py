"""Spellings of one organization and of others."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsis_prizes.projects.rules import names


@pytest.mark.parametrize(
    "spellings",
    [
        ("Société Générale S.A.", "SOCIETE GENERALE", "Societe  générale, SARL", "La Société Générale Ltd."),
        ("Ministry of Health of Rwanda", "Rwanda: Ministry of Health", "MINISTRY OF HEALTH (RWANDA)"),
        ("ООО «Ромашка»", "Ромашка"),
        ("Straßenbau GmbH", "STRASSENBAU"),
        ("A.B.C.", "ABC Inc."),
        ("Ｔｅｌｅｃｏｍ", "Telecom"),
        ("وِزارَة الصِّحّة", "وزارة الصحة"),
    ],
)
def test_spellings_of_one_entity(spellings: tuple[str, ...]) -> None:
    assert len({names.entity(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ministry of Health", "Ministry of Labour"), ("卫生部", "教育部"), ("Coop", "Corp of Engineers"), ("Inc", "Ltd")],
)
def test_different_entities_stay_different(one: str, other: str) -> None:
    assert names.entity(one) != names.entity(other)


@given(st.text(min_size=1, max_size=40))
def test_every_name_has_a_canonical_form_that_stays(text: str) -> None:
    assert names.entity(text) or not text.strip()
    assert names.title(text) or not text.strip()
