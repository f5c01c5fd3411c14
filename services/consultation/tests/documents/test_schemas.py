from __future__ import annotations

from typing import Any

import pytest
from wsis_shared.rendering import FORMATS

from wsis_consultation.documents import schemas
from wsis_consultation.documents.rules import KINDS, PROSE


def test_schemas_know_the_kinds_texts_and_formats_that_there_are() -> None:
    assert all(schemas.BuildBody().validate({"kind": kind}) == {} for kind in KINDS)
    assert set(schemas.ProseBody().fields) == {name for names in PROSE.values() for name in names}
    assert all(schemas.FileQuery().validate({"format": name}) == {} for name in (*FORMATS, "json"))


def test_a_version_is_built_in_all_languages_by_default() -> None:
    loaded = schemas.BuildBody().load({"kind": "outcomes"})
    assert len(loaded["languages"]) == 7
    assert loaded["merge_academia_technical"] is True


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "outcomes", "version": "1.1.1"}, "version"),
        ({"kind": "outcomes", "version": "v1.1"}, "version"),
        ({"kind": "outcomes", "version": "1.1\n"}, "version"),
        ({"kind": "outcomes", "languages": ["de"]}, "languages"),
        ({"kind": "outcomes", "languages": ["en"] * 8}, "languages"),
        ({"kind": "outcomes", "as_of": "2017"}, "as_of"),
    ],
)
def test_bad_bodies_name_the_field(body: dict[str, Any], field: str) -> None:
    assert set(schemas.BuildBody().validate(body)) == {field}


def test_prose_is_bounded_and_in_known_languages() -> None:
    assert schemas.ProseBody().validate({"executive_summary": {"en": "First.\n\n- one"}}) == {}
    for texts in ({"en": "x" * 20_001}, {"de": "Hallo"}, {"en": "a\x00b"}):
        assert set(schemas.ProseBody().validate({"executive_summary": texts})) == {"executive_summary"}
