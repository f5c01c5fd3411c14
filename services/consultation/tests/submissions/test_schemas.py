from __future__ import annotations

from typing import Any

import pytest
from marshmallow import ValidationError

from wsis_consultation.submissions.schemas.drafts import Answers, Key


def test_texts_are_cleaned_at_every_depth() -> None:
    loaded = Answers().deserialize({"requests": [{"title": "  Cafe\u0301\u202e ", "speakers": [{"remote": True}]}]})
    assert loaded == {"requests": [{"title": "Café", "speakers": [{"remote": True}]}]}


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({"a": "x" * 20_001}, "a"),
        ({"a": ["ok", "nul\x01"]}, "a.1"),
        ({"a": [1] * 101}, "a"),
        ({"a": [[[[[1]]]]]}, "a.0.0.0.0"),
        ({"A b": 1}, "A b"),
        ({"a": "e" + "\u0301" * 31}, "a"),
    ],
)
def test_bad_values_name_their_path(value: Any, path: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Answers().deserialize(value)
    assert list(refused.value.messages) == [path]


@pytest.mark.parametrize("key", ["", "0" * 39, "G" * 40, "0" * 40 + "\n"])
def test_only_keys_of_links_are_keys(key: str) -> None:
    assert Key().validate({"key": key}) == {"key": ["Not the key of a link."]}
