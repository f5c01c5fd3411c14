from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsis_shared.document_versions import NumberTooLow, canonical, canonical_parts, next_number, outdated_languages
from wsis_shared.published_documents.schemas import FileQuery, languages_of_version, version_number
from wsis_shared.rendering import FORMATS
from wsis_shared.schemas import RequestSchema
from wsis_shared.shares import shares

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON))
def test_the_parts_of_a_model_are_its_canonical_form(model: dict[str, object]) -> None:
    assert b"".join(canonical_parts(model)) == canonical(model)


def test_numbers_rise_and_none_is_given_twice() -> None:
    assert next_number([], None) == "1.0"
    assert next_number(["1.9", "1.10"], None) == "1.11"
    assert next_number(["1.10"], "2.0") == "2.0"
    assert next_number(["1.1"], "01.2") == "1.2"
    for wanted in ("1.9", "1.10", "0.99"):
        with pytest.raises(NumberTooLow, match=rf"{wanted} is not after 1\.10"):
            next_number(["1.9", "1.10"], wanted)


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


class Build(RequestSchema):
    version, languages = version_number(), languages_of_version()


def test_a_version_is_built_in_all_languages_by_default_with_the_next_number() -> None:
    loaded = Build().load({})
    assert (len(loaded["languages"]), loaded["version"]) == (7, None)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", "1.1.1"),
        ("version", "v1.1"),
        ("version", "1.1\n"),
        ("languages", ["de"]),
        ("languages", ["en"] * 8),
    ],
)
def test_bad_bodies_name_the_field(name: str, value: object) -> None:
    assert set(Build().validate({name: value})) == {name}


def test_a_file_is_of_a_format_that_is_rendered_or_the_model() -> None:
    assert all(FileQuery().validate({"format": name}) == {} for name in (*FORMATS, "json"))
    assert set(FileQuery().validate({"format": "exe"})) == {"format"}
