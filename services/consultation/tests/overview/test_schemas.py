from __future__ import annotations

import pytest
from marshmallow import ValidationError

from wsis_consultation.overview import schemas


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("stakeholder_type", "robots"),
        ("region", "atlantis"),
        ("country", "XX"),
        ("action_line", "C7"),
        ("sdg", "18"),
        ("kind", "form2"),
        ("state", "lost"),
        ("request_kind", "dance"),
        ("language", "de"),
        ("late", "perhaps"),
        ("received_from", "yesterday"),
        ("limit", "101"),
        ("colour", "red"),
    ],
)
def test_filter_that_is_none_names_its_field(field: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        schemas.SubmissionsQuery().load({field: value})
    assert list(refused.value.messages_dict) == [field]


def test_received_submissions_are_what_is_listed_by_default() -> None:
    assert schemas.SubmissionsQuery().load({})["state"] == "received"


def test_filters_come_as_text() -> None:
    loaded = schemas.SubmissionsQuery().load({"sdg": "3", "late": "false", "merged": "true", "limit": "100"})
    assert (loaded["sdg"], loaded["late"], loaded["merged"], loaded["limit"]) == (3, False, True, 100)
