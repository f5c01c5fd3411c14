from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.document_versions import NumberTooLow, canonical, canonical_parts, next_number, outdated_languages
from wsis_shared.shares import shares

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12,
)  # fmt: skip


@given(st.dictionaries(st.text(), JSON))
def test_the_parts_of_a_model_are_its_canonical_form(model: dict[str, object]) -> None:
    assert b"".join(canonical_parts(model)) == canonical(model)


def test_numbers_rise_and_none_is_given_twice() -> None:
    assert next_number([], None) == "1.0"
    assert next_number(["1.9", "1.10"], None) == "1.11"
    assert next_number(["1.10"], "2.0") == "2.0"
    with pytest.raises(NumberTooLow, match=r"1\.9 is not after 1\.10"):
        next_number(["1.9", "1.10"], "1.9")


def test_languages_are_outdated_until_they_are_rendered_with_the_prose_as_it_is() -> None:
    version = {
        "languages": ["en", "fr", "ar"],
        "prose_revision": 2,
        "files": {"en": {"revision": 2}, "fr": {"revision": 1}},
    }
    assert outdated_languages(version) == ["fr", "ar"]


@given(st.lists(st.integers(0, 10_000), max_size=20))
def test_shares_add_up_to_100(counts: list[int]) -> None:
    assert sum(shares(counts)) == (100 if any(counts) else 0)
