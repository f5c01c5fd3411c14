"""Rows are loaded by functions that are made of the schema: with its results, its refusals, and seldom itself."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError
from wsis_shared.compiled import load_of

from wsis_stocktaking.register.schemas import ContentBody

from .. import generated

GENERATED = list(generated.contents(200))
LOAD, SCHEMA = load_of(ContentBody()), ContentBody()
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 20),
    st.floats(0, 20),
    st.text(max_size=9),
    st.sampled_from(
        [
            "",
            " en ",
            "NO",
            "no",
            "C1",
            "C7",
            "8.1",
            "europe",
            "national",
            "2014-03-01",
            "x" * 301,
            "e\u0301",
            "\u202e",
            "https://itu.int/",
            "a\nb",
            "a\r\nb",
            [],
            {},
            [None],
            ["NO", "NO"],
            {"en": "Radio"},
            {"xx": "Radio"},
            {"line": "C1"},
            [{"line": "C1", "sub_themes": ["partnerships"]}],
            [1, True, 1.0],
        ]
    ),
)


class Untouched(ContentBody):
    def load(self, *_: Any, **__: Any) -> Any:
        raise AssertionError("marshmallow was asked")


def outcome(load: Any, value: Any) -> Any:
    try:
        return load(copy.deepcopy(value))
    except ValidationError as error:
        return error.normalized_messages()


def test_rows_of_a_register_need_no_marshmallow() -> None:
    load = load_of(Untouched())
    assert [load(content) for content in GENERATED] == [SCHEMA.load(content) for content in GENERATED]


@given(
    content=st.sampled_from(GENERATED),
    changes=st.dictionaries(st.sampled_from([*SCHEMA.fields, "colour"]), VALUES, min_size=1, max_size=2),
    missing=st.sets(st.sampled_from(list(SCHEMA.fields)), max_size=1),
)
def test_whatever_is_loaded_has_the_outcome_of_the_schema(content: Any, changes: Any, missing: Any) -> None:
    changed = {name: value for name, value in {**content, **changes}.items() if name not in missing}
    mine, its = outcome(LOAD, changed), outcome(SCHEMA.load, changed)
    assert mine == its
    assert repr(mine) == repr(its), "types too, and the order of fields"


@pytest.mark.parametrize("value", [None, [], "text", {"title": None}, {1: 2}])
def test_what_is_no_content_is_refused_as_by_the_schema(value: Any) -> None:
    assert outcome(LOAD, value) == outcome(SCHEMA.load, value)
