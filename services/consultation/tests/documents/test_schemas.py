from __future__ import annotations

from wsis_consultation.documents import schemas
from wsis_consultation.documents.rules import KINDS, PROSE


def test_schemas_know_the_kinds_and_texts_that_there_are() -> None:
    assert all(schemas.BuildBody().validate({"kind": kind}) == {} for kind in KINDS)
    assert set(schemas.ProseBody().fields) == {name for names in PROSE.values() for name in names}


def test_a_version_counts_academia_and_the_technical_community_together_by_default() -> None:
    assert schemas.BuildBody().load({"kind": "outcomes"})["merge_academia_technical"] is True
    assert set(schemas.BuildBody().validate({"kind": "outcomes", "as_of": "2017"})) == {"as_of"}
